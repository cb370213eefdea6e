// What alpha and gamma make of pixels, one by one and all together. No DOM.
import { classWeights, pixelLoss, pixelPull } from "../kit/losses.js";

/** @typedef {"y1" | "y0"} ClassName */
/** @typedef {"negatives" | "positives" | "hard"} GroupName */
/** @typedef {{ y: number, pt: number, count: number }} Pixels */
/** @typedef {{ mean: number, of: Record<GroupName, number> }} Share */
/** @typedef {{ alpha: number | null, gamma: number, view: "loss" | "gradient" }} Settings */

/** @type {GroupName[]} */
export const GROUPS = ["negatives", "positives", "hard"];

/** The p_t at which curves are computed. */
export const POINTS = Array.from({ length: 121 }, (_, i) => Math.max(1e-3, Math.min(1 - 1e-6, i / 120)));

/**
 * The pixels that have the same class and, to so many decimals, the same p_t: `{ y, pt, count }`.
 * @type {(probabilities: number[][], target: number[][], digits: number) => Pixels[]}
 */
export function alike(probabilities, target, digits) {
  const groups = new Map();
  target.forEach((row, r) =>
    row.forEach((y, c) => {
      const p = probabilities[r][c];
      const pt = Number((y ? p : 1 - p).toFixed(digits));
      const key = `${y} ${pt}`;
      groups.set(key, { y, pt, count: (groups.get(key)?.count ?? 0) + 1 });
    })
  );
  return [...groups.values()];
}

/** @type {(pixel: Pixels) => GroupName} */
const groupOf = ({ y, pt }) => (pt < 0.5 ? "hard" : y ? "positives" : "negatives");

/**
 * The mean over all pixels and each group's share of it, of `worth(pixel)`.
 * @type {(pixels: Pixels[], worth: (pixel: Pixels) => number) => Share}
 */
function sharesOf(pixels, worth) {
  const sums = { negatives: 0, positives: 0, hard: 0 };
  let count = 0;
  for (const pixel of pixels) {
    sums[groupOf(pixel)] += pixel.count * worth(pixel);
    count += pixel.count;
  }
  const total = sums.negatives + sums.positives + sums.hard;
  const of = {
    negatives: sums.negatives / total,
    positives: sums.positives / total,
    hard: sums.hard / total,
  };
  return { mean: total / count, of };
}

/**
 * What the settings make of a pixel: `plain(p_t)` by cross-entropy, `focal(y)(p_t)` by focal loss, in size of loss or of
 * gradient; `weight(y)` is the class's part in that.
 * @param {Settings} settings
 */
export function worth({ alpha, gamma, view }) {
  const value = view === "loss" ? pixelLoss : pixelPull;
  const weights = classWeights(alpha);
  /** @param {number} y */
  const weight = (y) => weights[y];
  /** @param {number} pt */
  const plain = (pt) => value(pt);
  /** @type {(y: number) => (pt: number) => number} */
  const focal = (y) => (pt) => weights[y] * value(pt, gamma);
  /** @param {number} pt */
  const factor = (pt) => value(pt, gamma) / value(pt);
  return {
    weight,
    plain,
    focal,
    factor,
    heavier: weights[1] >= weights[0] ? 1 : 0,
    even: weights[0] === weights[1],
  };
}

/**
 * Who carries what: the numbers of pixels, cross-entropy and focal loss.
 * @type {(pixels: Pixels[], settings: Settings) => Record<"pixels" | "bce" | "focal", Share>}
 */
export function rows(pixels, settings) {
  const { plain, focal } = worth(settings);
  return {
    pixels: sharesOf(pixels, () => 1),
    bce: sharesOf(pixels, ({ pt }) => plain(pt)),
    focal: sharesOf(pixels, ({ y, pt }) => focal(y)(pt)),
  };
}

/**
 * Where the first function is the larger: [from, to] in p_t to six digits, or null.
 * @type {(first: (pt: number) => number, second: (pt: number) => number) => [number, number] | null}
 */
export function larger(first, second) {
  /** @param {number} pt */
  const above = (pt) => first(pt) > second(pt);
  /** @type {(out: number, within: number) => number} */
  const edge = (out, within) => {
    for (let i = 0; i < 40; i++) {
      const middle = (out + within) / 2;
      if (above(middle)) within = middle;
      else out = middle;
    }
    return within;
  };
  const inside = POINTS.filter(above);
  if (!inside.length) return null;
  const [low, high] = [inside[0], inside[inside.length - 1]];
  return [low === POINTS[0] ? 0 : edge(low - 1 / 120, low), edge(Math.min(1, high + 1 / 120), high)];
}
