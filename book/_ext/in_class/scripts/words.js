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
};

/** @typedef {typeof TEXTS["en"]} Texts */

/** @type {() => Texts} */
export const texts = () =>
  /** @type {Record<string, Texts>} */ (TEXTS)[document.documentElement.lang.slice(0, 2)] ?? TEXTS.en;
