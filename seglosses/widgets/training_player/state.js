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

/** @typedef {"left" | "right"} Side */
/** @typedef {{ frames: string[][], dice: number[][], loss: number[] }} Run */

/**
 * A run's curve over the steps, from 0 to the last as 0 to 1: the loss of each batch, or the Dice of one image.
 * @type {(run: Run, curve: "dice" | "loss", image: number, steps: number[]) => [number, number][]}
 */
export function curveOf(run, curve, image, steps) {
  const last = steps[steps.length - 1];
  return curve === "loss"
    ? run.loss.map((value, i) => [(i + 1) / last, value])
    : run.dice[image].map((value, i) => [steps[i] / last, value]);
}

const ENDS = [0.05, 0.1, 0.2, 0.25, 0.5, 1, 1.25, 2.5, 5]; // of the loss axis, each a fifth of which is a short number

/**
 * Where the loss axis ends.
 * @param {[number, number][]} points
 */
export function highest(points) {
  const most = Math.max(...points.map(([, value]) => value));
  return ENDS.find((end) => end >= most) ?? most;
}
