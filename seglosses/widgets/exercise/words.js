// Every word that the form itself adds to an exercise, in both languages.
/** @import { Words } from "../kit/ui.js" */
/** @satisfies {Record<"en" | "zh", Words>} */
export const STRINGS = {
  en: {
    lang: "en",
    answer: "Your answer",
    forms: "0.25, 1/4 and 25 % are the same.",
    question: (/** @type {number} */ n) => `${n}.`,
    check: "Check my answer",
    stays: "It stays on this device.",
    forget: "Forget my answer",
    first: "Give an answer first.",
    right: "Right.",
    wrong: "Not yet.",
    done: (/** @type {number} */ n, /** @type {number} */ all) =>
      `${n} of ${all} of this chapter done on this device.`,
    jupyter: "Answer this one in Jupyter.",
  },
  zh: {
    lang: "zh-CN",
    answer: "你的答案",
    forms: "0.25、1/4 与 25 % 是同一个数。",
    question: (/** @type {number} */ n) => `${n}.`,
    check: "检查答案",
    stays: "答案只保存在本设备上。",
    forget: "清除我的答案",
    first: "请先作答。",
    right: "正确。",
    wrong: "还不对。",
    done: (/** @type {number} */ n, /** @type {number} */ all) => `本章 ${all} 题，本设备上已完成 ${n} 题。`,
    jupyter: "这道题请在 Jupyter 中作答。",
  },
};
