// The five losses on the way from a wrong to a right prediction. No DOM.
import { FINE } from "../kit/cells.js";
import {
  bce,
  bce_dice,
  bce_diceGradient,
  bceGradient,
  dice,
  diceGradient,
  focal,
  focalGradient,
  iou,
  iouGradient,
  logit,
} from "../kit/losses.js";

/** @typedef {"dice" | "iou" | "bce" | "bce_dice" | "focal"} Name */
/** @typedef {"loss" | "length" | "angle"} Quantity */
/** @typedef {{ smooth: number, dice_weight: number, alpha: number | null, gamma: number }} Settings */
/** @typedef {(p: number[], y: number[], settings: Settings) => number} Value */
/** @typedef {(z: number[], y: number[], settings: Settings) => number[]} Gradient */

/** @type {Name[]} */
export const NAMES = ["dice", "iou", "bce", "bce_dice", "focal"];

/**
 * Of probabilities p for values, where a sure mistake costs infinity, and of logits z for gradients.
 * @type {Record<Name, { value: Value, gradient: Gradient }>}
 */
const LOSSES = {
  dice: {
    value: (p, y, { smooth }) => 1 - dice(p, y, smooth),
    gradient: (z, y, { smooth }) => diceGradient(z, y, smooth),
  },
  iou: {
    value: (p, y, { smooth }) => 1 - iou(p, y, smooth),
    gradient: (z, y, { smooth }) => iouGradient(z, y, smooth),
  },
  bce: { value: (p, y) => bce(p, y), gradient: (z, y) => bceGradient(z, y) },
  bce_dice: {
    value: (p, y, { smooth, dice_weight }) => bce_dice(p, y, smooth, dice_weight),
    gradient: (z, y, { smooth, dice_weight }) => bce_diceGradient(z, y, smooth, dice_weight),
  },
  focal: {
    value: (p, y, { alpha, gamma }) => focal(p, y, alpha, gamma),
    gradient: (z, y, { alpha, gamma }) => focalGradient(z, y, alpha, gamma),
  },
};

const ON_THE_WAY = Array.from({ length: 51 }, (_, i) => i / 50);

/**
 * Straight from one map to the other, and exactly each of them at its end.
 * @type {(wrong: number[], right: number[], position: number) => number[]}
 */
export const between = (wrong, right, position) =>
  wrong.map((p, i) => (1 - position) * p + position * right[i]);

/**
 * The predictions along the way.
 * @type {(wrong: number[], right: number[]) => number[][]}
 */
export const wayOf = (wrong, right) => ON_THE_WAY.map((position) => between(wrong, right, position));

/** @type {(name: Name, way: number[][], y: number[], settings: Settings) => number[]} */
export const valuesOf = (name, way, y, settings) => way.map((p) => LOSSES[name].value(p, y, settings));

/**
 * What lengths and angles are made of, for each prediction on the way: the products of a loss's gradient with itself and
 * with that of BCE. Unlike lengths and angles, these add up.
 * @typedef {{ squares: number[], alongBce: number[] }} Pulls
 */

/** @type {(name: Name, way: number[][], y: number[], settings: Settings) => Pulls} */
export function pullsOf(name, way, y, settings) {
  /** @type {Pulls} */
  const pulls = { squares: [], alongBce: [] };
  for (const p of way) {
    const z = p.map(logit);
    const gradient = LOSSES[name].gradient(z, y, settings);
    pulls.squares.push(dot(gradient, gradient));
    pulls.alongBce.push(dot(gradient, LOSSES.bce.gradient(z, y, settings)));
  }
  return pulls;
}

/**
 * Those of BCE plus `weight` times Dice, from theirs: moving the weight is then as fast as moving the position.
 * @type {(bce: Pulls, dice: Pulls, weight: number) => Pulls}
 */
export const sumOfPulls = (bce, dice, weight) => ({
  squares: bce.squares.map((bb, i) => bb + 2 * weight * dice.alongBce[i] + weight ** 2 * dice.squares[i]),
  alongBce: bce.squares.map((bb, i) => bb + weight * dice.alongBce[i]),
});

/** @param {Pulls} pulls */
export const lengthsOf = ({ squares }) => squares.map(Math.sqrt);

/**
 * The angles to BCE's gradient, in degrees.
 * @type {(pulls: Pulls, bce: Pulls) => number[]}
 */
export const anglesOf = ({ squares, alongBce }, bce) =>
  alongBce.map((product, i) => degrees(product / Math.sqrt(squares[i] * bce.squares[i])));

/**
 * The curve through values at the predictions of the way.
 * @type {(values: number[]) => [number, number][]}
 */
export const curveThrough = (values) => values.map((value, i) => [ON_THE_WAY[i], value]);

/**
 * The angle with that cosine, which may be a rounding above 1.
 * @param {number} cosine
 */
export const degrees = (cosine) => (180 / Math.PI) * Math.acos(Math.max(-1, Math.min(1, cosine)));

/** @type {(a: number[], b: number[]) => number} */
function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
/** @param {number[]} a */
const norm = (a) => Math.sqrt(dot(a, a));

/**
 * What some of the losses are at a prediction: the value, the gradient, its norm, and its cosine with that of BCE.
 * @type {(names: Name[], p: number[], y: number[], settings: Settings) =>
 *   { name: Name, gradient: number[], value: number, norm: number, cosine: number }[]}
 */
export function measured(names, p, y, settings) {
  const z = p.map(logit);
  const bces = LOSSES.bce.gradient(z, y, settings);
  return names.map((name) => {
    const gradient = LOSSES[name].gradient(z, y, settings);
    const cosine = dot(gradient, bces) / (norm(gradient) * norm(bces));
    return { name, gradient, value: LOSSES[name].value(p, y, settings), norm: norm(gradient), cosine };
  });
}

// ---- triangles ----------------------------------------------------------------------------------------------

// A triangle as an SVG path from the middle of its pixel, in fortieths of a pixel: of each side, up or down.
const TRIANGLES = [-1, 1].map((way) =>
  Array.from(
    { length: 37 },
    (_, side) => `m${-side / 2} ${(-way * side) / 2}h${side}l${-side / 2} ${way * side}z`,
  )
);

/**
 * Triangles for what a loss pulls up and for what it pulls down, as two paths; `middles` say where each stands.
 * @type {(pulls: number[], middles: string[], smallest: number) => string[]}
 */
export function triangles(pulls, middles, smallest) {
  const largest = pulls.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  /** @type {string[][]} */
  const paths = [[], []];
  pulls.forEach((pull, i) => {
    const down = pull > 0 ? 1 : 0; // descent: where the gradient is positive, the logit falls
    const side = Math.round(36 * Math.sqrt(Math.abs(pull) / largest));
    if (side >= smallest) paths[down].push(middles[i] + TRIANGLES[down][side]);
  });
  return paths.map((parts) => parts.join(""));
}

const ACROSS = 16; // triangles on a fine grid: one in each pixel could not be seen, and stands for a block of them

/**
 * How pixels go together in blocks: the side of one in pixels, how many there are in a column and in a row, the middle of
 * each in fortieths of its side, and `together(gradient)`, the sums over them.
 * @param {number} rows
 * @param {number} cols
 */
export function blocksOf(rows, cols) {
  const side = cols > FINE ? Math.ceil(cols / ACROSS) : 1;
  const [down, across] = [rows, cols].map((length) => Math.ceil(length / side));
  /** @param {number} i */
  const blockOf = (i) => Math.floor(i / cols / side) * across + Math.floor((i % cols) / side);
  const places = Array.from({ length: rows * cols }, (_, i) => blockOf(i));
  const middles = Array.from(
    { length: down * across },
    (_, i) => `M${40 * (i % across) + 20} ${40 * Math.floor(i / across) + 20}`,
  );
  /** @param {number[]} gradient */
  const together = (gradient) => {
    const sums = Array(down * across).fill(0);
    for (let i = 0; i < gradient.length; i++) sums[places[i]] += gradient[i];
    return sums;
  };
  return { side, across, middles, together };
}
