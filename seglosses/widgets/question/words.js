// Every word that a question itself adds to its own text, in both languages.
import { WORDS } from "../kit/words.js";
/** @import { Words } from "../kit/words.js" */
/** @satisfies {Record<"en" | "zh", Words>} */
export const STRINGS = {
  en: {
    ...WORDS.en,
    first: "Predict first",
    value: "Your value",
    commit: "Commit my answer",
    stays: "It stays on this device.",
    chooseFirst: "Choose one answer first.",
    typeFirst: (low, high) => {
      if (low !== null && high !== null) return `Type a number from ${low} to ${high} first.`;
      if (low !== null) return `Type a number of at least ${low} first.`;
      return high !== null ? `Type a number of at most ${high} first.` : "Type a number first.";
    },
    feedback: "What the answer is, and why",
    right: "Right.",
    wrong: "Not this one.",
    near: (tolerance) => `Right, within ${tolerance}.`,
    far: (off) => `Off by ${off}.`,
    yours: "your answer",
    truth: "the answer",
    trueValue: "The value",
    slips: "Values that others land on",
    own: "Your answer",
    inClass: "The reasons are for the discussion in class.",
    again: "Forget my answer",
    covered: "Covered until you have answered the question above.",
    anyway: "Show it anyway",
    opened: "What was covered is open now.",
  },
  zh: {
    ...WORDS.zh,
    first: "先预测",
    value: "你的数值",
    commit: "提交答案",
    stays: "答案只保存在本设备上。",
    chooseFirst: "请先选择一个答案。",
    typeFirst: (low, high) => {
      if (low !== null && high !== null) return `请先输入 ${low} 到 ${high} 之间的数。`;
      if (low !== null) return `请先输入不小于 ${low} 的数。`;
      return high !== null ? `请先输入不大于 ${high} 的数。` : "请先输入一个数。";
    },
    feedback: "答案与理由",
    right: "正确。",
    wrong: "不是这一个。",
    near: (tolerance) => `正确，误差在 ${tolerance} 以内。`,
    far: (off) => `相差 ${off}。`,
    yours: "你的答案",
    truth: "正确答案",
    trueValue: "实际数值",
    slips: "常见的其他数值",
    own: "你的答案",
    inClass: "理由留待课堂讨论。",
    again: "清除我的答案",
    covered: "回答上面的问题后才会显示这里的内容。",
    anyway: "直接显示",
    opened: "被遮住的内容现已显示。",
  },
};
