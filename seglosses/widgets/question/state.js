// What is an answer, and whether it is right. No DOM.
import { plain } from "../kit/numbers.js";

/** @typedef {{ unit?: string, low: number | null, high: number | null, tolerance: number }} Asked */
/** @typedef {string | number} Answer */
/**
 * What is asked: one of the `choices`, each with what there is to say of it, or where `number` is not null, a number.
 * @typedef {{ choices: [any, ...string[]][], number: Asked | null }} Asking
 */
/**
 * `right` is the answer; each of the `choices` has its reason.
 * @typedef {{ right: any, choices: [any, string][], number: Asked | null }} Question
 */

/** @type {(question: Asking, answer: unknown) => answer is Answer} */
export const isAnswer = ({ number, choices }, answer) =>
  number
    ? typeof answer === "number" && Number.isFinite(answer) && inRange(number, answer)
    : choices.some(([text]) => text === answer);

/** @type {(number: Asked, x: number) => boolean} */
const inRange = ({ low, high }, x) => (low === null || x >= low) && (high === null || x <= high);

/** @type {(question: Asking, answer: any, value: any) => boolean} */
export const matches = ({ number }, answer, value) =>
  number
    ? Math.abs(answer - value) <= number.tolerance + 1e-12 * Math.max(1, Math.abs(value))
    : answer === value;

/**
 * Four decimals at most, as everywhere in the book.
 * @param {number} x
 */
export const short = (x) => plain(Number(x.toFixed(4)));

/**
 * The same, with "≈" where that is not all of them.
 * @param {number} x
 */
export const shortEquals = (x) => `${Math.abs(x - Number(x.toFixed(4))) < 1e-12 ? "" : "≈ "}${short(x)}`;
