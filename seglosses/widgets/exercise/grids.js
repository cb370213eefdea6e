// What an exercise says of a painted grid, by the rules that Python's check reads as well. No DOM.
import { counts, dice, sigmoid, softplus } from "../kit/losses.js";
/** @import { GridExercise, Verdict } from "./state.js" */

export const RELATIONS = {
  "=": (/** @type {any} */ a, /** @type {any} */ b) => a === b,
  ">": (/** @type {any} */ a, /** @type {any} */ b) => a > b,
  "<": (/** @type {any} */ a, /** @type {any} */ b) => a < b,
};

/** @type {(a: number, b: number) => number} */
const divisor = (a, b) => (b ? divisor(b, a % b) : a);

/** @type {(top: number, bottom: number) => string} */
function lowestTerms(top, bottom) {
  const common = divisor(top, bottom);
  return bottom === common ? String(top / common) : `${top / common}/${bottom / common}`;
}

/**
 * The mask that a grid stands for: 1 where it is positive.
 * @param {number[][]} rows
 */
export const maskOf = (rows) => JSON.stringify(rows.map((row) => row.map((x) => Number(x > 0))));

/**
 * What rules may ask of a grid, each computed when it is asked; `named` is the name of a mask that is known.
 * @param {Pick<GridExercise, "holds" | "target" | "smooth">} exercise
 * @param {number[][]} rows
 * @param {() => string} named
 * @returns {Record<string, () => string | number>}
 */
export function featuresOf(exercise, rows, named) {
  const [z, y] = [rows.flat(), exercise.target.flat()];
  if (exercise.holds === "mask") {
    const n = counts(z, y);
    return {
      mask: named,
      tp: () => n.tp,
      fp: () => n.fp,
      fn: () => n.fn,
      predicted: () => n.tp + n.fp,
      dice: () => lowestTerms(2 * n.tp, 2 * n.tp + n.fp + n.fn),
    };
  }
  const count = (/** @type {(x: number) => boolean} */ such) => z.filter(such).length;
  return {
    nan: () => count(Number.isNaN),
    infinite: () => count((x) => Math.abs(x) === Infinity),
    others: () => count((x) => x !== 0 && x !== 1),
    positive: named,
    bce: () => z.reduce((sum, x, i) => sum + softplus(x) - x * y[i], 0) / z.length,
    dice: () => 1 - dice(z.map(sigmoid), y, exercise.smooth),
  };
}

/**
 * What the exercise says of the rows of a grid; null is none yet.
 * @type {(exercise: GridExercise, rows: number[][] | null) => Verdict}
 */
export function judgeGrid(exercise, rows) {
  if (rows === null) return { right: null, reason: "" };
  const named = () =>
    Object.entries(exercise.masks).find(([, known]) => JSON.stringify(known) === maskOf(rows))?.[0] ?? "";
  const features = featuresOf(exercise, rows, named);
  const rule = exercise.rules.find(({ when }) =>
    when.every(([name, relation, value]) => RELATIONS[relation](features[name](), value))
  );
  const reason = (rule?.reason ?? "").replace(/\{(\w+)\}/g, (_, name) => {
    const feature = features[name]();
    return exercise.holds === "logits" ? Number(feature).toFixed(4) : String(feature);
  });
  return { right: rule?.right ?? false, reason };
}
