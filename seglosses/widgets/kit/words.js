// The words that several widgets use, in both languages.

/**
 * A widget's words in one language: texts, texts by what they name, and sentences with something put in.
 * @typedef {Record<string, string | Record<string | number, string> | ((...given: any[]) => string)>} Words
 */

export const WORDS = {
  en: {
    lang: "en",
    undo: "Undo",
    redo: "Redo",
    reset: "Reset",
    play: "Play",
    pause: "Pause",
    presets: "Start from",
    show: "Show",
    axis: "Axis",
    scales: { linear: "Linear", log: "Log" },
    undefined: "undefined (0/0)",
  },
  zh: {
    lang: "zh-CN",
    undo: "撤销",
    redo: "重做",
    reset: "还原",
    play: "播放",
    pause: "暂停",
    presets: "起点",
    show: "显示",
    axis: "坐标轴",
    scales: { linear: "线性", log: "对数" },
    undefined: "无定义（0/0）",
  },
};
