// Recorded predictions, from the text that stores them to what a grid shows. No DOM.
import { counts, outcome } from "../kit/losses.js";

/**
 * The n numbers from 0 to 15 in a frame's base64 text, two to a byte; from 8 on, a pixel is predicted.
 * @param {string} text
 * @param {number} n
 */
export function unpack(text, n) {
  const bytes = atob(text);
  return Array.from({ length: n }, (_, i) => (bytes.charCodeAt(i >> 1) >> (i % 2 ? 0 : 4)) & 15);
}

/**
 * Each pixel's outcome against the true mask, how many there are of each, and the Dice coefficient.
 * @param {number[]} levels
 * @param {number[]} mask
 */
export function judge(levels, mask) {
  const predicted = levels.map((level) => Number(level > 7));
  const kinds = predicted.map((x, i) => outcome(x, mask[i]));
  const count = counts(predicted, mask);
  const sizes = 2 * count.tp + count.fp + count.fn;
  return { kinds, ...count, dice: sizes ? (2 * count.tp) / sizes : 1 };
}
