// Every word of the codes and of their tally, by language.

const TEXTS = {
  en: {
    title: "Your guesses as a code",
    guesses: (/** @type {number} */ n, /** @type {number} */ all) => `${n} of ${all} guesses of this page.`,
    holds: "The code holds what you committed and a number drawn by chance. It says nothing of you.",
    first: "Commit a guess first. The code holds what you have committed on this page.",
    forgetful: "This browser keeps no answers, so there is nothing to make a code of.",
    copy: "Copy the code",
    copied: "Copied.",
    byHand: "Copy the selected code:",
    qr: "Show as QR code",
    noQr: "Hide the QR code",
    qrOf: (/** @type {string} */ code) => `QR code of ${code}`,

    codes: "Codes, one a line",
    stays: "They stay on this device.",
    chapter: "Chapter",
    most: "the one that most codes are from",
    example: "Forty codes made up",
    clear: "Clear all codes",
    counted: (/** @type {number} */ n, /** @type {string} */ title) =>
      `${n} ${n === 1 ? "device" : "devices"} counted: ${title}.`,
    nothing: "No code yet.",
    lines: (/** @type {number} */ n) => n === 1 ? "One line does not count:" : `${n} lines do not count:`,
    line: (/** @type {number} */ line, /** @type {string} */ why) => `Line ${line}: ${why}`,
    why: {
      letter: (/** @type {any} */ it) =>
        `“${it}” is in no code. The letters are 2 to 9 and A to Z, without I, L and O.`,
      short: () => "too short for a code. Its end may be missing.",
      check: () => "damaged. A letter is wrong, missing, too many, or in another's place.",
      version: () => "made by another version of these codes.",
      edition: () => "from another edition of the book. Let its reader reload the page.",
      chapter: (/** @type {any} */ title) => `from another chapter, “${title}”.`,
      again: (/** @type {any} */ line) => `the code of line ${line} again, counted once.`,
      replaced: (/** @type {any} */ line) => `replaced by line ${line}, from the same device.`,
    },
    none: "no answer",
    share: (/** @type {number} */ n, /** @type {number} */ all) =>
      all ? `${Math.round(100 * n / all)} %` : "–",
    show: "Show the right answer",
    hide: "Hide the right answer",
    right: "right",
    truth: (/** @type {string} */ value) => `The right answer: ${value}`,
  },
  zh: {
    title: "把我的猜测变成课堂短码",
    guesses: (/** @type {number} */ n, /** @type {number} */ all) => `本页${all}道猜测题，已答${n}道。`,
    holds: "短码里只有你选定的答案和一个随机抽取的数，与你本人无关。",
    first: "请先选定一个猜测。短码里是你在本页选定的答案。",
    forgetful: "这个浏览器不保存答案，没有东西可以变成短码。",
    copy: "复制短码",
    copied: "已复制。",
    byHand: "请复制选中的短码：",
    qr: "显示为二维码",
    noQr: "收起二维码",
    qrOf: (/** @type {string} */ code) => `${code}的二维码`,

    codes: "短码，一行一个",
    stays: "它们只留在本设备上。",
    chapter: "章节",
    most: "短码最多的那一章",
    example: "编造的四十个短码",
    clear: "清空全部短码",
    counted: (/** @type {number} */ n, /** @type {string} */ title) => `已统计${n}台设备：${title}。`,
    nothing: "还没有短码。",
    lines: (/** @type {number} */ n) => `有${n}行不计入：`,
    line: (/** @type {number} */ line, /** @type {string} */ why) => `第${line}行：${why}`,
    why: {
      letter: (/** @type {any} */ it) => `短码里没有“${it}”。能用的是2到9，以及除I、L、O之外的A到Z。`,
      short: () => "太短，不成短码。末尾可能缺了一段。",
      check: () => "已损坏。有字母错了、缺了、多了，或换了位置。",
      version: () => "由另一个版本的短码生成。",
      edition: () => "来自本书的另一个版本。请让这位读者重新载入页面。",
      chapter: (/** @type {any} */ title) => `来自另一章“${title}”。`,
      again: (/** @type {any} */ line) => `与第${line}行的短码相同，只计一次。`,
      replaced: (/** @type {any} */ line) => `已被第${line}行顶替，两者来自同一台设备。`,
    },
    none: "未作答",
    share: (/** @type {number} */ n, /** @type {number} */ all) =>
      all ? `${Math.round(100 * n / all)} %` : "–",
    show: "显示正确答案",
    hide: "隐藏正确答案",
    right: "正确",
    truth: (/** @type {string} */ value) => `正确答案：${value}`,
  },
};

/** @typedef {typeof TEXTS["en"]} Texts */

/** @type {() => Texts} */
export const texts = () =>
  /** @type {Record<string, Texts>} */ (TEXTS)[document.documentElement.lang.slice(0, 2)] ?? TEXTS.en;
