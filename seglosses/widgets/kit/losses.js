// The losses of the book once more, for the page. Pure functions of flat arrays: no DOM, no state, nothing imported.
// Names and definitions are those of seglosses/losses; tests/widgets/test_losses_js.py holds the two together.

/** @typedef {"tp" | "fp" | "fn" | "tn"} Outcome */
/** @typedef {Record<Outcome, number>} Counts */

// Plain loops: every other way is many times slower here.
/** @type {(p: number[], term: (i: number) => number) => number} */
function sumOf(p, term) {
  let total = 0;
  for (let i = 0; i < p.length; i++) total += term(i);
  return total;
}
/** @type {(z: number[], term: (i: number) => number) => number[]} */
function eachOf(z, term) {
  const values = [];
  for (let i = 0; i < z.length; i++) values.push(term(i));
  return values;
}
/** @type {(values: number[]) => number} */
const sum = (values) => sumOf(values, (i) => values[i]);
/** @type {(p: number[], term: (i: number) => number) => number} */
const meanOf = (p, term) => sumOf(p, term) / p.length;

// 0/0 means that there is nothing to find and nothing was found: a perfect score. NaN stays NaN.
/** @type {(top: number, bottom: number) => number} */
const ratio = (top, bottom) => (top === 0 && bottom === 0 ? 1 : top / bottom);

// Both forms of each function are exact for logits of any size: no exp() ever overflows.
/** @type {(z: number) => number} */
export const sigmoid = (z) => (z >= 0 ? 1 / (1 + Math.exp(-z)) : Math.exp(z) / (1 + Math.exp(z)));
/** @type {(z: number) => number} */
export const softplus = (z) => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)));

// 0 log 0 is 0: a term that is not there costs nothing, however small its probability.
/** @type {(weight: number, p: number) => number} */
const timesLog = (weight, p) => (weight === 0 ? 0 : weight * Math.log(p));

// ---- hard masks -------------------------------------------------------------------------------------------

/**
 * How many pixels of two 0/1 masks are true and false positives and negatives.
 * @type {(prediction: number[], target: number[]) => Counts}
 */
export function counts(prediction, target) {
  /** @type {Counts} */
  const n = { tp: 0, fp: 0, fn: 0, tn: 0 };
  prediction.forEach((x, i) => n[outcome(x, target[i])]++);
  return n;
}

/**
 * What one pixel is: its prediction x against its target y.
 * @type {(x: number, y: number) => Outcome}
 */
export const outcome = (x, y) => (y ? (x ? "tp" : "fn") : x ? "fp" : "tn");

/**
 * The scores of such counts, each as [numerator, denominator] so that a page can show the fraction itself.
 * @param {Counts} counts
 * @returns {Record<"dice" | "iou" | "precision" | "recall" | "accuracy", [number, number]>}
 */
export function fractions({ tp, fp, fn, tn }, smooth = 0) {
  const [X, Y] = [tp + fp, tp + fn];
  return {
    dice: [2 * tp + smooth, X + Y + smooth],
    iou: [tp + smooth, X + Y - tp + smooth],
    precision: [tp, X],
    recall: [tp, Y],
    accuracy: [tp + tn, tp + fp + fn + tn],
  };
}

// ---- region scores of probabilities (or masks) ------------------------------------------------------------

/** @type {(p: number[], y: number[], smooth?: number) => number} */
export function dice(p, y, smooth = 0) {
  const overlap = sumOf(p, (i) => p[i] * y[i]);
  return ratio(2 * overlap + smooth, sum(p) + sum(y) + smooth);
}

/** @type {(p: number[], y: number[], smooth?: number) => number} */
export function iou(p, y, smooth = 0) {
  const overlap = sumOf(p, (i) => p[i] * y[i]);
  return ratio(overlap + smooth, sum(p) + sum(y) - overlap + smooth);
}

// ---- pixel losses of probabilities ------------------------------------------------------------------------

/** @type {(p: number[], y: number[]) => number} */
export const bce = (p, y) => meanOf(p, (i) => -timesLog(y[i], p[i]) - timesLog(1 - y[i], 1 - p[i]));

/**
 * What a pixel of each class counts: [alpha of y = 0, alpha of y = 1]. Without alpha (null) both count fully.
 * @type {(alpha: number | null) => [number, number]}
 */
export const classWeights = (alpha) => (alpha === null ? [1, 1] : [1 - alpha, alpha]);

/** @type {(p: number[], y: number[], alpha?: number | null, gamma?: number) => number} */
export const focal = (p, y, alpha = 0.25, gamma = 2) => {
  const [background, foreground] = classWeights(alpha);
  return meanOf(p, (i) =>
    -timesLog(foreground * y[i] * (1 - p[i]) ** gamma, p[i]) -
    timesLog(background * (1 - y[i]) * p[i] ** gamma, 1 - p[i]));
};

/**
 * `dice_weight` times the Dice loss is added to BCE.
 * @type {(p: number[], y: number[], smooth?: number, dice_weight?: number) => number}
 */
export const bce_dice = (p, y, smooth = 0, dice_weight = 1) =>
  bce(p, y) + dice_weight * (1 - dice(p, y, smooth));

// One pixel of a hard mask by p_t, the probability of its true class, and without alpha: cross-entropy with gamma 0.
/** @type {(pt: number, gamma?: number) => number} */
export const pixelLoss = (pt, gamma = 0) => -timesLog((1 - pt) ** gamma, pt);
/** @type {(pt: number, gamma?: number) => number} */
export const pixelPull = (pt, gamma = 0) => (1 - pt) ** gamma * (1 - pt - gamma * timesLog(pt, pt)); // |dL/dz|

// ---- the five losses, of logits z -------------------------------------------------------------------------

/** @type {(z: number[]) => number[]} */
const probabilities = (z) => eachOf(z, (i) => sigmoid(z[i]));

/** @type {(z: number[], y: number[], smooth?: number) => number} */
export const diceLoss = (z, y, smooth = 1) => 1 - dice(probabilities(z), y, smooth);
/** @type {(z: number[], y: number[], smooth?: number) => number} */
export const iouLoss = (z, y, smooth = 1) => 1 - iou(probabilities(z), y, smooth);
// softplus(z) - z y, in the order that keeps the digits of a nearly perfect prediction.
/** @type {(z: number[], y: number[]) => number} */
export const bceLoss = (z, y) =>
  meanOf(z, (i) => Math.max(z[i], 0) - z[i] * y[i] + Math.log1p(Math.exp(-Math.abs(z[i]))));
/** @type {(z: number[], y: number[], smooth?: number, dice_weight?: number) => number} */
export const bce_diceLoss = (z, y, smooth = 1, dice_weight = 1) =>
  bceLoss(z, y) + dice_weight * diceLoss(z, y, smooth);

/** @type {(z: number[], y: number[], alpha?: number | null, gamma?: number) => number} */
export const focalLoss = (z, y, alpha = 0.25, gamma = 2) => {
  const [background, foreground] = classWeights(alpha);
  return meanOf(z, (i) => {
    const [p, q] = [sigmoid(z[i]), sigmoid(-z[i])]; // q is 1 - p without its loss of digits
    return foreground * y[i] * q ** gamma * softplus(-z[i]) +
      background * (1 - y[i]) * p ** gamma * softplus(z[i]);
  });
};

// ---- their gradients with respect to z, one entry a pixel -------------------------------------------------

/**
 * The logit of p, kept finite: at p = 0 and 1 a gradient is what it tends to, since sigmoid(-800) is 0.
 * @type {(p: number) => number}
 */
export const logit = (p) => Math.max(-800, Math.min(800, Math.log(p) - Math.log1p(-p)));

/** @type {(z: number) => number} */
const slope = (z) => sigmoid(z) * sigmoid(-z); // dp/dz

/** @type {(z: number[], y: number[], smooth?: number) => number[]} */
export function diceGradient(z, y, smooth = 1) {
  const p = probabilities(z);
  const top = 2 * sumOf(p, (i) => p[i] * y[i]) + smooth;
  const bottom = sum(p) + sum(y) + smooth;
  return eachOf(z, (i) => (bottom === 0 ? 0 : (top / bottom - 2 * y[i]) / bottom * slope(z[i])));
}

/** @type {(z: number[], y: number[], smooth?: number) => number[]} */
export function iouGradient(z, y, smooth = 1) {
  const p = probabilities(z);
  const overlap = sumOf(p, (i) => p[i] * y[i]);
  const bottom = sum(p) + sum(y) - overlap + smooth;
  const score = (overlap + smooth) / bottom;
  return eachOf(z, (i) => (bottom === 0 ? 0 : (score * (1 - y[i]) - y[i]) / bottom * slope(z[i])));
}

/** @type {(z: number[], y: number[]) => number[]} */
export const bceGradient = (z, y) => eachOf(z, (i) => (sigmoid(z[i]) - y[i]) / z.length);

/** @type {(z: number[], y: number[], smooth?: number, dice_weight?: number) => number[]} */
export function bce_diceGradient(z, y, smooth = 1, dice_weight = 1) {
  const [pixel, region] = [bceGradient(z, y), diceGradient(z, y, smooth)];
  return eachOf(z, (i) => pixel[i] + dice_weight * region[i]);
}

/** @type {(z: number[], y: number[], alpha?: number | null, gamma?: number) => number[]} */
export function focalGradient(z, y, alpha = 0.25, gamma = 2) {
  const [background, foreground] = classWeights(alpha);
  return eachOf(z, (i) => {
    const [p, q] = [sigmoid(z[i]), sigmoid(-z[i])];
    const positive = -foreground * y[i] * q ** gamma * (q + gamma * p * softplus(-z[i]));
    const negative = background * (1 - y[i]) * p ** gamma * (p + gamma * q * softplus(z[i]));
    return (positive + negative) / z.length;
  });
}
