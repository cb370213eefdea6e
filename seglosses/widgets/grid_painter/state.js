// What the grid painter shows of two masks. No DOM.
import { counts, fractions, outcome } from "../kit/losses.js";
import { plain } from "../kit/numbers.js";
/** @import { Counts, Outcome } from "../kit/losses.js" */

/** @typedef {"prediction" | "target"} Subject */

/** @typedef {"dice" | "iou"} Score */
/** @typedef {"overlap" | "twice" | "X" | "Y" | "sum" | "union"} Term */
/**
 * A piece of a formula: its text and, where it counts pixels, the term that it is.
 * @typedef {{ text: string, term?: Term }} Part
 */

/**
 * How often each term counts a pixel of each outcome.
 * @type {Record<Term, Partial<Record<Outcome, number>>>}
 */
export const TIMES = {
  overlap: { tp: 1 },
  twice: { tp: 2 },
  X: { tp: 1, fp: 1 },
  Y: { tp: 1, fn: 1 },
  sum: { tp: 2, fp: 1, fn: 1 },
  union: { tp: 1, fp: 1, fn: 1 },
};

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
 * "2·19 + 1 over 19 + 20 + 1": the formula with the grid's own numbers in it, smooth only where there is one; and then
 * what that is, "39 over 40".
 * @type {(counts: Counts, smooth: number) => Record<Score, [top: Part[], bottom: Part[]][]>}
 */
function substituted({ tp, fp, fn }, smooth) {
  const [X, Y] = [tp + fp, tp + fn];
  const plus = smooth ? [{ text: ` + ${plain(smooth)}` }] : [];
  /** @type {(term: Term, n: number | string) => Part} */
  const part = (term, n) => ({ term, text: typeof n === "string" ? n : plain(n) });
  const sizes = [part("X", X), { text: " + " }, part("Y", Y)];
  const overlap = part("overlap", tp);
  return {
    dice: [
      [[part("twice", `2·${tp}`), ...plus], [...sizes, ...plus]],
      [[part("twice", 2 * tp + smooth)], [part("sum", X + Y + smooth)]],
    ],
    iou: [
      [[overlap, ...plus], [...sizes, { text: " − " }, overlap, ...plus]],
      [[part("overlap", tp + smooth)], [part("union", X + Y - tp + smooth)]],
    ],
  };
}

/**
 * A stretch of a bar: the outcome of its pixels (or smooth), the row, where it starts and ends in pixels, and the terms
 * that it is part of.
 * @typedef {{ kind: Outcome | "smooth", row: "top" | "bottom", from: number, to: number, terms: Term[] }} Stretch
 */

/**
 * The fractions as bars, and how many pixels long the longest may be. X ends where Y begins, with the overlap on both
 * sides of that seam; so twice the overlap stands over the two overlaps that X and Y hold.
 * @param {Counts} counts
 * @param {number} smooth
 */
export function bars({ tp, fp, fn }, smooth) {
  const [X, both, union] = [fp + tp, fp + tp + tp + fn, fp + tp + fn];
  let room = 10;
  while (room < both + smooth) room *= 2;
  /** @type {(kind: Stretch["kind"], row: Stretch["row"], from: number, length: number, ...terms: Term[]) => Stretch} */
  const one = (kind, row, from, length, ...terms) => ({ kind, row, from, to: from + length, terms });
  /** @type {Record<Score, Stretch[]>} */
  const stretches = {
    dice: [
      one("tp", "top", fp, tp, "twice", "overlap"),
      one("tp", "top", X, tp, "twice", "overlap"),
      one("smooth", "top", both, smooth),
      one("fp", "bottom", 0, fp, "X", "sum", "union"),
      one("tp", "bottom", fp, tp, "X", "sum", "union", "overlap", "twice"),
      one("tp", "bottom", X, tp, "Y", "sum", "overlap", "twice"),
      one("fn", "bottom", X + tp, fn, "Y", "sum", "union"),
      one("smooth", "bottom", both, smooth),
    ],
    iou: [
      one("tp", "top", fp, tp, "overlap", "twice"),
      one("smooth", "top", union, smooth),
      one("fp", "bottom", 0, fp, "union", "sum", "X"),
      one("tp", "bottom", fp, tp, "union", "sum", "X", "Y", "overlap", "twice"),
      one("fn", "bottom", X, fn, "union", "sum", "Y"),
      one("smooth", "bottom", union, smooth),
    ],
  };
  return { room, seam: X, stretches };
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

/**
 * Dice as a function of IoU, without smooth.
 * @param {number} iou
 */
export const diceOf = (iou) => (2 * iou) / (1 + iou);
