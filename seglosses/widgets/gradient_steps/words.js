// Every word of the gradient steps, shown or said, in both languages.
import { TINT_WORDS } from "../kit/tints_words.js";
import { WORDS } from "../kit/words.js";
/** @import { Words } from "../kit/words.js" */
/** @satisfies {Record<"en" | "zh", Words>} */
export const STRINGS = {
  en: {
    ...WORDS.en,
    ...TINT_WORDS.en,
    grid: (side, rows, cols) =>
      `${side} loss, ${rows} by ${cols} pixels. Arrow keys move; Space paints the start, and so do 0 to 9, plus and minus.`,
    sides: { left: "Left", right: "Right" },
    loss: { left: "Left loss", right: "Right loss" },
    truths: "Truth",
    rate: "Learning rate",
    step: "Step",
    walk: "Gradient steps",
    back: "Back",
    next: "Step",
    value: "Loss",
    length: "Length of the gradient",
    part: (loss) => `– of ${loss}`,
    both: "Both",
    plot: "p of the pixel over the steps, with either loss; the text above has its values.",
    steps: "steps",
    start: (y, p) => `y = ${y}, start p = ${p}`,
    now: (side, loss, p) => `${side}, ${loss}: p = ${p}`,
    hint:
      "The logits learn, each by itself. Solid line: truth. Dotted line: p ≥ 0.5. Paint on a grid to change the start of both.",
    at: (step) => `Step ${step}.`,
    names: {},
  },
  zh: {
    ...WORDS.zh,
    ...TINT_WORDS.zh,
    grid: (side, rows, cols) =>
      `${side}损失，${rows} 行 ${cols} 列像素。方向键移动；空格键、数字键 0 到 9 和加减号修改起点。`,
    sides: { left: "左", right: "右" },
    loss: { left: "左侧损失", right: "右侧损失" },
    truths: "真值",
    rate: "学习率",
    step: "步数",
    walk: "梯度步",
    back: "上一步",
    next: "下一步",
    value: "损失",
    length: "梯度的长度",
    part: (loss) => `其中 ${loss}`,
    both: "两者",
    plot: "该像素的 p 随步数的变化，两种损失各一条曲线；数值见上方文字。",
    steps: "步",
    start: (y, p) => `y = ${y}，起点 p = ${p}`,
    now: (side, loss, p) => `${side}，${loss}：p = ${p}`,
    hint: "学习的是 logit，每个像素各自学习。实线：真值。点线：p ≥ 0.5。在网格上涂画会改变两侧共同的起点。",
    at: (step) => `第 ${step} 步。`,
    names: {},
  },
};
