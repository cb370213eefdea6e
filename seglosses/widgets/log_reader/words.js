// Every word that the log reader itself adds to what it says of a log, in both languages.
import { WORDS } from "../kit/words.js";
/** @import { Words } from "../kit/words.js" */
/** @satisfies {Record<"en" | "zh", Words>} */
export const STRINGS = {
  en: {
    ...WORDS.en,
    log: "The losses of your log",
    hint: "Numbers, with nan and inf, or the log itself: what stands behind the word “loss” is read.",
    examples: "Try",
    name: (/** @type {string} */ name) => `${name[0].toUpperCase()}${name.slice(1)}.`,
    read: (/** @type {number} */ n) => n === 1 ? "1 value read." : `${n} values read.`,
    check: "Check:",
    more: "More on this",
    line: (/** @type {string} */ low, /** @type {string} */ high) => `The losses, between ${low} and ${high}`,
    stays: "It stays in this page.",
  },
  zh: {
    ...WORDS.zh,
    log: "日志中的损失",
    hint: "数值（可含 nan 和 inf），或日志原文：读取 “loss” 一词之后的数。",
    examples: "试一试",
    name: (/** @type {string} */ name) => `${name}。`,
    read: (/** @type {number} */ n) => `读到 ${n} 个值。`,
    check: "检查：",
    more: "详细说明",
    line: (/** @type {string} */ low, /** @type {string} */ high) => `损失，在 ${low} 与 ${high} 之间`,
    stays: "内容只留在本页。",
  },
};
