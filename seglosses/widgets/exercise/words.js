// Every word that the form itself adds to an exercise, in both languages.
import { WORDS } from "../kit/words.js";
/** @import { Words } from "../kit/words.js" */
/** @satisfies {Record<"en" | "zh", Words>} */
export const STRINGS = {
  en: {
    ...WORDS.en,
    answer: "Your answer",
    forms: "0.25, 1/4 and 25 % are the same.",
    question: (/** @type {number} */ n) => `${n}.`,
    check: "Check my answer",
    keep: "Keep my answer",
    stays: "It stays on this device.",
    forget: "Forget my answer",
    first: "Answer first.",
    right: "Right.",
    wrong: "Not yet.",
    hint: "Hint",
    jupyter: "Answer this one in Jupyter.",
    inJupyter: "in Jupyter",
    entry: (/** @type {number} */ level, /** @type {number} */ minutes) =>
      `${"★".repeat(level)}, ${minutes} minutes`,
    states: { right: "done", tried: "not yet right" },
    done: (/** @type {number} */ n, /** @type {number} */ all) => `${n} of ${all} done on this device`,
    forgetAll: "Forget all answers of this list",
    painting: "Your painting",
    startAgain: "Start again",
    paintAll: "Paint all pixels",
    brush: "Logit of the brush",
    mask: (/** @type {number} */ rows, /** @type {number} */ cols) => `Your mask, ${rows} by ${cols} pixels`,
    logits: (/** @type {number} */ rows, /** @type {number} */ cols) =>
      `Your logits, ${rows} by ${cols} pixels`,
    cell: (/** @type {number} */ row, /** @type {number} */ col, /** @type {string} */ what) =>
      `Row ${row}, column ${col}: ${what}`,
    painted: { 0: "not painted", 1: "painted" },
    maskHint:
      "Click or drag to paint and to erase, or use the arrow keys and Space. The line is the true mask.",
    logitsHint: "Choose a logit, then click or drag, or use the arrow keys and Space.",
  },
  zh: {
    ...WORDS.zh,
    answer: "你的答案",
    forms: "0.25、1/4 与 25 % 是同一个数。",
    question: (/** @type {number} */ n) => `${n}.`,
    check: "检查答案",
    keep: "保存答案",
    stays: "答案只保存在本设备上。",
    forget: "清除我的答案",
    first: "请先作答。",
    right: "正确。",
    wrong: "还不对。",
    hint: "提示",
    jupyter: "这道题请在 Jupyter 中作答。",
    inJupyter: "在 Jupyter 中作答",
    entry: (/** @type {number} */ level, /** @type {number} */ minutes) =>
      `${"★".repeat(level)}，${minutes} 分钟`,
    states: { right: "已完成", tried: "还不对" },
    done: (/** @type {number} */ n, /** @type {number} */ all) => `本设备上已完成 ${n} / ${all} 题`,
    forgetAll: "清除此列表的全部答案",
    painting: "你的绘制",
    startAgain: "重新开始",
    paintAll: "涂满所有像素",
    brush: "画笔的 logit",
    mask: (/** @type {number} */ rows, /** @type {number} */ cols) => `你的掩膜，${rows} × ${cols} 像素`,
    logits: (/** @type {number} */ rows, /** @type {number} */ cols) => `你的 logit，${rows} × ${cols} 像素`,
    cell: (/** @type {number} */ row, /** @type {number} */ col, /** @type {string} */ what) =>
      `第 ${row} 行第 ${col} 列：${what}`,
    painted: { 0: "未涂", 1: "已涂" },
    maskHint: "点击或拖动即可涂画或擦除，也可用方向键和空格键。线条是真实掩膜的轮廓。",
    logitsHint: "先选择 logit，再点击或拖动，也可用方向键和空格键。",
  },
};
