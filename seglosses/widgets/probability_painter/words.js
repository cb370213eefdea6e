// Every word the probability painter shows or says, in both languages.
import { TINT_WORDS } from "../kit/tints_words.js";
import { WORDS } from "../kit/words.js";
/** @import { Words } from "../kit/words.js" */
/** @satisfies {Record<"en" | "zh", Words>} */
export const STRINGS = {
  en: {
    ...WORDS.en,
    ...TINT_WORDS.en,
    grid: (rows, cols) =>
      `Probabilities, ${rows} by ${cols} pixels. Arrow keys move, Space paints, 0 to 9 set 0.0 to 0.9, plus and minus change by 0.05.`,
    hint: "Click or drag to paint. By keyboard: arrows, Space; 0–9 set 0.0–0.9; + and − change by 0.05.",
    noMap: (loss) => `${loss} has no loss per pixel, only one for the whole grid`,
    loss: "Loss function",
    names: {},
    all: (n) => `All ${n} pixels`,
    sum: "Sum",
    mean: "Mean",
    value: (loss) => `${loss} loss, smooth 1`,
    share: { loss: "Who carries the loss?", gradient: "Who pulls on the model?" },
    classes: { positive: "foreground", negative: "background" },
    pixels: (n, of) => `${n} of ${of} pixels`,
    nothing: "Nothing to share: it is 0 everywhere.",
    infinite: (
      n,
    ) => (n === 1
      ? "1 pixel is certain and wrong: that alone makes the loss infinite."
      : `${n} pixels are certain and wrong: any one of them makes the loss infinite.`),
    price: "The price of this pixel",
    priced: { price: "Price", plain: "Price in BCE", pull: "Gradient", share: "Share" },
    curve:
      "What a pixel of each class costs against its p. Drag the line to change the p of the pixel; plus and minus on the grid do the same.",
    threshold: "Threshold t",
    mask: (threshold) => `Solid line: truth. Dotted line: p ≥ ${threshold}.`,
    scores: { dice: "Dice", precision: "Precision", recall: "Recall" },
    bothEmpty: "1 (both empty)",
  },
  zh: {
    ...WORDS.zh,
    ...TINT_WORDS.zh,
    grid: (rows, cols) =>
      `概率图，${rows} 行 ${cols} 列像素。方向键移动，空格键涂画，数字键 0 到 9 设为 0.0 到 0.9，加减号每次改变 0.05。`,
    hint: "单击或拖动来涂画。键盘：方向键和空格键；0–9 设为 0.0–0.9；+ 和 − 每次改变 0.05。",
    noMap: (loss) => `${loss} 没有逐像素的损失，整幅网格只有一个值`,
    loss: "损失函数",
    names: { start: "初始" },
    all: (n) => `全部 ${n} 个像素`,
    sum: "总和",
    mean: "均值",
    value: (loss) => `${loss} 损失，smooth 为 1`,
    share: { loss: "损失由谁承担？", gradient: "谁在牵引模型？" },
    classes: { positive: "前景", negative: "背景" },
    pixels: (n, of) => `${of} 个像素中的 ${n} 个`,
    nothing: "处处为 0，无从分配。",
    infinite: (n) => `${n} 个像素确信却错误：只要有一个，损失就是无穷大。`,
    price: "该像素的损失",
    priced: { price: "损失", plain: "BCE 损失", pull: "梯度", share: "份额" },
    curve: "两类像素的损失随 p 的变化。拖动竖线可改变该像素的 p；在网格上按加减号也可以。",
    threshold: "阈值 t",
    mask: (threshold) => `实线：真值。点线：p ≥ ${threshold}。`,
    scores: { dice: "Dice", precision: "精确率", recall: "召回率" },
    bothEmpty: "1（两者皆空）",
  },
};
