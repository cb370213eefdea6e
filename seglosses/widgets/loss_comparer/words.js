// Every word the loss comparer shows or says, in both languages.
import { WORDS } from "../kit/words.js";
/** @import { Words } from "../kit/words.js" */
/** @satisfies {Record<"en" | "zh", Words>} */
export const STRINGS = {
  en: {
    ...WORDS.en,
    position: "Prediction, wrong to right",
    wrong: "wrong",
    right: "right",
    dice_weight: "Dice's weight in BCE-Dice",
    plot:
      "Five losses on the way from the wrong to the right prediction; the table below has their values here.",
    loss: "loss",
    here: (position) => `Here, at ${position}`,
    names: { dice: "Dice", iou: "IoU", bce: "BCE", bce_dice: "BCE-Dice", focal: "Focal" },
    columns: { value: "loss", norm: "‖∂L/∂z‖", cosine: "cos with BCE" },
    cosine:
      "cos: 1 when a loss pulls the pixels in the same proportions as BCE does, 0 when the two have nothing in common.",
    maps: "What each loss asks of each pixel",
    prediction: "prediction p",
    map: (name, raised, lowered) => `${name}: raises ${raised} pixels, lowers ${lowered}`,
    predictionMap: "The prediction: the darker, the more probable; the line is the edge of the truth",
    legend:
      "▲ raise p, ▼ lower p; the area is |∂L/∂z|, each map by its own largest pixel. The line is the edge of the truth.",
    block: (n) => `On a grid this fine, each triangle is for ${n} × ${n} pixels, their gradients added up.`,
    note: "On the way, every probability goes straight from its wrong value to its right one.",
  },
  zh: {
    ...WORDS.zh,
    position: "预测，从错到对",
    wrong: "错",
    right: "对",
    dice_weight: "BCE-Dice 中 Dice 的权重",
    plot: "从错误预测到正确预测的路上，五种损失的变化；当前值见下方表格。",
    loss: "损失",
    here: (position) => `当前位置 ${position}`,
    names: { dice: "Dice", iou: "IoU", bce: "BCE", bce_dice: "BCE-Dice", focal: "Focal" },
    columns: { value: "损失", norm: "‖∂L/∂z‖", cosine: "与 BCE 的 cos" },
    cosine: "cos：为 1 时，该损失对各像素的梯度与 BCE 成同一比例；为 0 时，两者毫无共同之处。",
    maps: "每种损失对每个像素的要求",
    prediction: "预测 p",
    map: (name, raised, lowered) => `${name}：调高 ${raised} 个像素，调低 ${lowered} 个`,
    predictionMap: "预测：颜色越深概率越大；粗线是真值区域的边界",
    legend: "▲ 调高 p，▼ 调低 p；面积为 |∂L/∂z|，各图以自身最大的像素为准。粗线是真值区域的边界。",
    block: (n) => `网格这样细时，每个三角形代表 ${n} × ${n} 个像素的梯度之和。`,
    note: "一路上，每个概率从错误值沿直线变到正确值。",
  },
};
