// A cut over a model's probabilities, from counts to what a page shows. No DOM.
import { fractions } from "../kit/losses.js";
/** @import { Counts } from "../kit/losses.js" */

/** @typedef {"dice" | "iou" | "precision" | "recall"} Score */
/** @type {Score[]} */
export const SCORES = ["dice", "iou", "precision", "recall"];

/**
 * One reading of a model: how many pixels of object and of background are above each hundredth, and the mean scores of
 * the images there, where there are several.
 * @typedef {{ above: [number[], number[]], means: Partial<Record<Score, number[]>> }} Reading
 */
/** @typedef {{ pixels: [object: number, background: number], images: number, readings: { raw: Reading, translated?: Reading } }} Held */

/** @type {(held: Held, name: "raw" | "translated") => Reading} */
export const readingOf = ({ readings }, name) => readings[name] ?? readings.raw;

/** @type {(pixels: Held["pixels"], reading: Reading, cut: number) => Counts} */
function countsAt([actual, others], { above: [found, invented] }, cut) {
  const [tp, fp] = [found[cut], invented[cut]];
  return { tp, fp, fn: actual - tp, tn: others - fp };
}

/** @type {(fraction: [number, number]) => number} */
export const valueOf = ([top, bottom]) => top / bottom; // 0/0 has no value: NaN

/**
 * The counts at a cut in hundredths, the scores as fractions and, where there are several images, in the mean; and half
 * the Dice coefficient.
 * @type {(held: Held, reading: Reading, cut: number) => { cut: number, counts: Counts, images: number,
 *   scores: Record<Score, [number, number]>, means: Partial<Record<Score, number>>, half: number }}
 */
export function judged({ pixels, images }, reading, cut) {
  const counts = countsAt(pixels, reading, cut);
  const scores = fractions(counts);
  const means = Object.fromEntries(Object.entries(reading.means).map(([name, all]) => [name, all[cut]]));
  return { cut, counts, images, scores, means, half: valueOf(scores.dice) / 2 };
}
/** @typedef {ReturnType<typeof judged>} State */

/**
 * The curve of each score over the cut, from 0 to 1.
 * @type {(held: Held, reading: Reading) => Record<Score, [number, number][]>}
 */
export function scoreCurves({ pixels }, reading) {
  const all = reading.above[0].map((_, cut) => fractions(countsAt(pixels, reading, cut)));
  /** @type {(name: Score) => [number, number][]} */
  const curve = (name) => all.map((scores, cut) => [cut / 100, valueOf(scores[name])]);
  return { dice: curve("dice"), iou: curve("iou"), precision: curve("precision"), recall: curve("recall") };
}

/**
 * The pixels of a class in each hundredth, the first of which holds 0 as well.
 * @type {(above: number[], total: number) => number[]}
 */
const binsOf = (above, total) => above.slice(1).map((n, k) => (k === 0 ? total : above[k]) - n);

/**
 * Both classes as bars, in hundredths to the right and in hundredths of the highest bar up, the object's above the line
 * and the background's below it; and the numbers of pixels to mark, as [height, text].
 * @type {(held: Held, reading: Reading, scale: "linear" | "log") => { object: string, background: string, ticks: [number, string][] }}
 */
export function distributions({ pixels }, { above }, scale) {
  const [object, background] = above.map((one, i) => binsOf(one, pixels[i]));
  const most = Math.max(...object, ...background);
  /** @param {number} n */
  const height = (n) => 100 * (scale === "log" ? Math.log1p(n) / Math.log1p(most) : n / most);
  /** @type {(bins: number[], up: 1 | -1) => string} */
  const bars = (bins, up) =>
    bins.map((n, k) => n ? `M${k} 0v${(-up * height(n)).toFixed(2)}h1V0z` : "").join("");
  const powers = Array.from({ length: 1 + Math.floor(Math.log10(most)) }, (_, power) => 10 ** power);
  const marked = scale === "log" ? powers : [most];
  return {
    object: bars(object, 1),
    background: bars(background, -1),
    ticks: marked.map((n) => [height(n), String(n)]),
  };
}
