// What the grid painter shows of two masks. No DOM.
import { counts, fractions, outcome } from "../kit/losses.js";
import { plain } from "../kit/numbers.js";
/** @import { Counts } from "../kit/losses.js" */

/** @typedef {"prediction" | "target"} Subject */

/**
 * Each pixel's outcome, and whether it is painted in the mask that the brush paints; how many there are of each; and
 * the scores as [numerator, denominator], `plain` ones without smooth.
 * @param {{ target: number[][], prediction: number[][], smooth: number, subject: Subject }} model
 */
export function judged({ target, prediction, smooth, subject }) {
  const [y, x] = [target.flat(), prediction.flat()];
  const n = counts(x, y);
  return {
    subject,
    smooth,
    kinds: x.map((one, i) => outcome(one, y[i])),
    painted: subject === "target" ? y : x,
    counts: n,
    scores: fractions(n, smooth),
    unsmoothed: fractions(n),
    formulas: substituted(n, smooth),
  };
}

/** @typedef {ReturnType<typeof judged>} State */

/**
 * "2·19 + 1 over 19 + 20 + 1": the formula with the grid's own numbers in it, smooth only where there is one.
 * @type {(counts: Counts, smooth: number) => Record<"dice" | "iou", [string, string]>}
 */
function substituted({ tp, fp, fn }, smooth) {
  const [X, Y, plus] = [tp + fp, tp + fn, smooth ? ` + ${plain(smooth)}` : ""];
  return {
    dice: [`2·${tp}${plus}`, `${X} + ${Y}${plus}`],
    iou: [`${tp}${plus}`, `${X} + ${Y} − ${tp}${plus}`],
  };
}

/**
 * The value of a score; two empty masks are agreed to match.
 * @param {[number, number]} fraction
 */
export const valueOf = ([top, bottom]) => bottom ? top / bottom : 1;

/**
 * Dice and IoU of either half of the grid, cut between its columns or between its rows.
 * @type {(model: { target: number[][], prediction: number[][], smooth: number }, cut: "columns" | "rows") =>
 *   Record<"dice" | "iou", [number, number]>}
 */
export function perHalf({ target, prediction, smooth }, cut) {
  /** @type {(grid: number[][], half: 0 | 1) => number[]} */
  const halfOf = (grid, half) => {
    const middle = Math.floor((cut === "rows" ? grid.length : grid[0].length) / 2);
    /** @type {(line: any[]) => any[]} */
    const part = (line) => (half ? line.slice(middle) : line.slice(0, middle));
    return cut === "rows" ? part(grid).flat() : grid.flatMap(part);
  };
  const [one, other] = /** @type {const} */ ([0, 1]).map((half) =>
    fractions(counts(halfOf(prediction, half), halfOf(target, half)), smooth)
  );
  return {
    dice: [valueOf(one.dice), valueOf(other.dice)],
    iou: [valueOf(one.iou), valueOf(other.iou)],
  };
}
