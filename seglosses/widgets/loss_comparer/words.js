// Every word the loss comparer shows or says, in both languages.
import { WORDS } from "../kit/words.js";
/** @import { Words } from "../kit/words.js" */
/** @satisfies {Record<"en" | "zh", Words>} */
export const STRINGS = {
  en: {
    ...WORDS.en,
    position: (wrong, right) => `Prediction, ${wrong} to ${right}`,
    ends: {},
    dice_weight: "Dice's weight in BCE-Dice",
    plot:
      "Five losses on the way of the prediction, as far as the dial was turned; the table below has their values here.",
    quantities: { loss: "Loss", length: "Length of the gradient", angle: "Angle to BCE's" },
    axes: {
      loss: "loss",
      length: "length of the gradient, ‖∂L/∂z‖",
      angle: "angle between the gradient and BCE's",
    },
    here: (position) => `Here, at ${position}`,
    names: { dice: "Dice", iou: "IoU", bce: "BCE", bce_dice: "BCE-Dice", focal: "Focal" },
    columns: { value: "loss", norm: "‖∂L/∂z‖", cosine: "cos with BCE" },
    cosine:
      "cos: of the angle between a loss's gradient and BCE's. 1 (0°): it pulls the pixels in the same proportions as BCE. 0 (90°): the two have nothing in common.",
    maps: "What each loss asks of each pixel",
    prediction: "prediction p",
    map: (name, raised, lowered) => `${name}: raises ${raised} pixels, lowers ${lowered}`,
    predictionMap: "The prediction: the darker, the more probable; the line is the edge of the truth",
    legend:
      "▲ raise p, ▼ lower p; the area is |∂L/∂z|, each map by its own largest pixel. The line is the edge of the truth.",
    block: (n) => `On a grid this fine, each triangle is for ${n} × ${n} pixels, their gradients added up.`,
    note:
      "On the way, every probability goes straight from its value at one end to that at the other. The curves are drawn as far as the dial has been turned.",
  },
  zh: {
    ...WORDS.zh,
    position: (wrong, right) => `预测，从${wrong}到${right}`,
    ends: { wrong: "错", right: "对" },
    dice_weight: "BCE-Dice 中 Dice 的权重",
    plot: "预测一路变化时的五种损失，画到旋钮转到过的地方为止；当前值见下方表格。",
    quantities: { loss: "损失", length: "梯度长度", angle: "与 BCE 的夹角" },
    axes: { loss: "损失", length: "梯度长度 ‖∂L/∂z‖", angle: "梯度与 BCE 梯度的夹角" },
    here: (position) => `当前位置 ${position}`,
    names: { dice: "Dice", iou: "IoU", bce: "BCE", bce_dice: "BCE-Dice", focal: "Focal" },
    columns: { value: "损失", norm: "‖∂L/∂z‖", cosine: "与 BCE 的 cos" },
    cosine:
      "cos：该损失的梯度与 BCE 梯度夹角的余弦。为 1（0°）时，它对各像素的梯度与 BCE 成同一比例；为 0（90°）时，两者毫无共同之处。",
    maps: "每种损失对每个像素的要求",
    prediction: "预测 p",
    map: (name, raised, lowered) => `${name}：调高 ${raised} 个像素，调低 ${lowered} 个`,
    predictionMap: "预测：颜色越深概率越大；粗线是真值区域的边界",
    legend: "▲ 调高 p，▼ 调低 p；面积为 |∂L/∂z|，各图以自身最大的像素为准。粗线是真值区域的边界。",
    block: (n) => `网格这样细时，每个三角形代表 ${n} × ${n} 个像素的梯度之和。`,
    note: "一路上，每个概率从一端的值沿直线变到另一端的值。曲线画到旋钮转到过的地方为止。",
  },
};
