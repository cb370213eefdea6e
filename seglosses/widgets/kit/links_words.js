// The words of the share buttons, in both languages.
import { WORDS } from "./words.js";
/** @import { Words } from "./words.js" */
/** @satisfies {Record<"en" | "zh", Words>} */
export const SHARE_STRINGS = {
  en: {
    ...WORDS.en,
    share: "Share this state",
    link: "Copy link",
    linkDone: "Link copied.",
    python: "Copy as Python",
    pythonDone: "Python copied.",
    refused: "Copy the selected text:",
    text: "Text to copy",
    bad: "The link to this page holds a state that does not fit here. The page shows its own instead.",
  },
  zh: {
    ...WORDS.zh,
    share: "分享当前状态",
    link: "复制链接",
    linkDone: "链接已复制。",
    python: "复制为 Python",
    pythonDone: "Python 代码已复制。",
    refused: "请复制选中的文本：",
    text: "待复制的文本",
    bad: "链接中的状态不适用于此处，页面显示原有状态。",
  },
};
