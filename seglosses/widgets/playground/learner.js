// One training: a network, its images, a loss, an optimizer, and what it scores on images held out. No DOM.
// tests/widgets/test_playground_equal.py holds each step equal to seglosses/training/dilated.py.
import {
  bce_diceGradient,
  bce_diceLoss,
  bceGradient,
  bceLoss,
  diceGradient,
  diceLoss,
  focalGradient,
  focalLoss,
  iouGradient,
  iouLoss,
  sigmoid,
} from "../kit/losses.js";
import { draws, sample } from "./draws.js";
import { backward, firstWeights, forward, PIXELS, room, SIDE, WEIGHTS } from "./network.js";

/** @typedef {"dice" | "iou" | "bce" | "bce_dice" | "focal"} LossName */
/**
 * What a training depends on; the names are those of `Setup` in seglosses/training/dilated.py, which explains them.
 * @typedef {{ task: "lungs" | "nodules", loss: LossName, smooth: number, dice_weight: number, alpha: number | null,
 *   gamma: number, regions: "image" | "batch", prior: number, optimizer: "adam" | "sgd", learning_rate: number,
 *   batch_size: number, spread: number, empty: number, seed: number }} Setup
 */
/** The patients as they travel: one byte a pixel, one patient after the other. */
/** @typedef {{ films: Uint8Array, nodules: Uint8Array, truth: Uint8Array, training: number }} Patients */
/** @typedef {{ images: Float64Array[], masks: Float64Array[], shares: Float64Array[] }} Examples */
/** @typedef {(z: number[], y: number[], setup: Setup) => number} Value */
/** @typedef {(z: number[], y: number[], setup: Setup) => number[]} Gradient */

/** @type {Record<LossName, { value: Value, gradient: Gradient }>} */
const LOSSES = {
  dice: {
    value: (z, y, { smooth }) => diceLoss(z, y, smooth),
    gradient: (z, y, { smooth }) => diceGradient(z, y, smooth),
  },
  iou: {
    value: (z, y, { smooth }) => iouLoss(z, y, smooth),
    gradient: (z, y, { smooth }) => iouGradient(z, y, smooth),
  },
  bce: { value: (z, y) => bceLoss(z, y), gradient: (z, y) => bceGradient(z, y) },
  bce_dice: {
    value: (z, y, { smooth, dice_weight }) => bce_diceLoss(z, y, smooth, dice_weight),
    gradient: (z, y, { smooth, dice_weight }) => bce_diceGradient(z, y, smooth, dice_weight),
  },
  focal: {
    value: (z, y, { alpha, gamma }) => focalLoss(z, y, alpha, gamma),
    gradient: (z, y, { alpha, gamma }) => focalGradient(z, y, alpha, gamma),
  },
};

// ---- images ------------------------------------------------------------------------------------------------

/**
 * An image whose pixels are on average 0, from its bytes.
 * @param {Uint8Array} bytes
 */
function centred(bytes) {
  const mean = bytes.reduce((sum, byte) => sum + byte, 0) / PIXELS; // a whole number over a power of 2: exact
  const image = new Float64Array(PIXELS);
  for (let i = 0; i < PIXELS; i++) image[i] = (bytes[i] - mean) / 255;
  return image;
}

/**
 * The share of observers who paint each pixel: the mask, blurred along its rows and columns, its edge continued.
 * @type {(mask: Float64Array, spread: number) => Float64Array}
 */
export function sharesOf(mask, spread) {
  if (spread === 0) return mask;
  const reach = Math.ceil(3 * spread);
  const bell = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-0.5 * ((i - reach) / spread) ** 2));
  const total = bell.reduce((sum, one) => sum + one, 0);
  /** @param {number} at */
  const inside = (at) => Math.max(0, Math.min(SIDE - 1, at));
  /** @type {(from: Float64Array, place: (line: number, at: number) => number) => Float64Array} */
  const along = (from, place) => {
    const to = new Float64Array(PIXELS);
    for (let line = 0; line < SIDE; line++) {
      for (let at = 0; at < SIDE; at++) {
        let sum = 0;
        for (let i = -reach; i <= reach; i++) {
          sum += bell[i + reach] / total * from[place(line, inside(at + i))];
        }
        to[place(line, at)] = sum;
      }
    }
    return to;
  };
  const rows = along(mask, (line, at) => line * SIDE + at);
  return along(rows, (line, at) => at * SIDE + line).map((share) => Math.max(0, Math.min(1, share)));
}

/**
 * One patient's image and true mask, with or without the nodule that a task is after.
 * @type {(patients: Patients, n: number, task: Setup["task"], healthy?: boolean) =>
 *   { image: Float64Array, mask: Float64Array }}
 */
export function patient({ films, nodules, truth }, n, task, healthy = false) {
  const [from, to] = [n * PIXELS, (n + 1) * PIXELS];
  const ill = task === "nodules" && !healthy;
  const film = films.slice(from, to);
  const bit = task === "lungs" ? 1 : ill ? 2 : 0;
  const mask = new Float64Array(PIXELS);
  for (let i = 0; i < PIXELS; i++) { // a loop: the page itself makes some of these, and must not stand still for it
    if (ill) film[i] += nodules[from + i]; // modulo 256
    mask[i] = truth[from + i] & bit ? 1 : 0;
  }
  return { image: centred(film), mask };
}

/**
 * What a training learns from, and what is held out of it. Each image to learn from has an observer of its own.
 * @type {(patients: Patients, setup: Setup) => { learned: Examples, held: Examples }}
 */
export function examplesOf(patients, { task, spread, empty, seed }) {
  const { films, training } = patients;
  const ill = training - (task === "nodules" ? Math.round(empty * training) : 0); // the others come last
  const draw = draws(seed, "observers");
  /** @type {{ learned: Examples, held: Examples }} */
  const found = {
    learned: { images: [], masks: [], shares: [] },
    held: { images: [], masks: [], shares: [] },
  };
  for (let n = 0; n < films.length / PIXELS; n++) {
    const { image, mask } = patient(patients, n, task, n >= ill && n < training);
    const shares = sharesOf(mask, spread);
    const level = n < training && spread ? draw() : NaN;
    const { images, masks, shares: all } = n < training ? found.learned : found.held;
    images.push(image);
    all.push(shares);
    masks.push(Number.isNaN(level) ? mask : shares.map((share) => Number(share > level)));
  }
  return found;
}

// ---- learning ----------------------------------------------------------------------------------------------

const [RATE, SQUARES, TINY] = [0.9, 0.999, 1e-8]; // Adam's, as torch has them

/**
 * Moves the weights by one step of the optimizer.
 * @type {(setup: Setup) => (weights: Float64Array, gradient: Float64Array) => void}
 */
function optimizerOf({ optimizer, learning_rate }) {
  if (optimizer === "sgd") {
    return (weights, gradient) => {
      for (let i = 0; i < WEIGHTS; i++) weights[i] -= learning_rate * gradient[i];
    };
  }
  const [mean, square] = [new Float64Array(WEIGHTS), new Float64Array(WEIGHTS)];
  let step = 0;
  return (weights, gradient) => {
    step++;
    const [rate, root] = [learning_rate / (1 - RATE ** step), Math.sqrt(1 - SQUARES ** step)];
    for (let i = 0; i < WEIGHTS; i++) {
      const g = gradient[i];
      mean[i] += (g - mean[i]) * (1 - RATE);
      square[i] = square[i] * SQUARES + (1 - SQUARES) * g * g;
      weights[i] -= rate * mean[i] / (Math.sqrt(square[i]) / root + TINY);
    }
  };
}

/**
 * The loss of a batch, and its slope in each logit, image by image. Regions are those of one image, whose losses are
 * averaged, or the whole batch as one. A generator that stops between its parts, like `step`.
 * @type {(setup: Setup, logits: ArrayLike<number>[], masks: ArrayLike<number>[]) =>
 *   Generator<void, { loss: number, slopes: number[][] }>}
 */
export function* lossOf(setup, logits, masks) {
  const { value, gradient } = LOSSES[setup.loss];
  const [z, y] = [logits, masks].map((all) => all.map((one) => Array.from(one)));
  if (setup.regions === "batch") {
    const [flat, truth] = [z.flat(), y.flat()];
    yield;
    const slope = gradient(flat, truth, setup);
    yield;
    const slopes = z.map((_, i) => slope.slice(i * PIXELS, (i + 1) * PIXELS));
    return { loss: value(flat, truth, setup), slopes };
  }
  const [share, slopes] = [1 / z.length, /** @type {number[][]} */ ([])];
  let loss = 0;
  for (const [i, one] of z.entries()) {
    yield;
    loss += share * value(one, y[i], setup);
    slopes.push(gradient(one, y[i], setup).map((g) => share * g));
  }
  return { loss, slopes };
}

/** @param {Float64Array} values */
const allFinite = (values) => values.every(Number.isFinite);
/** @param {Float64Array} values */
const lengthOf = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));

/**
 * A training, step by step. `step()` is a generator that stops between images, so that whoever shares a thread with it
 * may go on in between. `overflow` is the step whose numbers no longer fit, or 0; from then on nothing is learned.
 * @param {Patients} patients
 * @param {Setup} setup
 */
export function learner(patients, setup) {
  const { learned, held } = examplesOf(patients, setup);
  const weights = firstWeights(setup.seed, setup.prior);
  const [order, update] = [draws(setup.seed, "order"), optimizerOf(setup)];
  const rooms = Array.from({ length: setup.batch_size }, room);
  const own = {
    weights,
    held,
    steps: 0,
    overflow: 0,
    loss: NaN,
    length: NaN,
    step,
    gradient: new Float64Array(),
  };

  /** @returns {Generator<void, void>} */
  function* step() {
    own.steps++;
    if (own.overflow) return;
    const batch = sample(order, learned.images.length, setup.batch_size);
    for (const [i, n] of batch.entries()) {
      forward(weights, learned.images[n], rooms[i]);
      yield;
    }
    const masks = batch.map((n) => learned.masks[n]);
    const { loss, slopes } = yield* lossOf(setup, rooms.map(({ logits }) => logits), masks);
    const gradient = new Float64Array(WEIGHTS);
    for (const [i, one] of rooms.entries()) {
      yield;
      backward(weights, one, slopes[i], gradient);
    }
    Object.assign(own, { loss, length: lengthOf(gradient), gradient });
    if (Number.isFinite(loss) && allFinite(gradient)) update(weights, gradient);
    if (!Number.isFinite(own.length) || !allFinite(weights)) own.overflow = own.steps;
  }
  return own;
}

/**
 * What a generator ends with, without a stop on the way.
 * @template Value
 * @param {Generator<void, Value>} work
 * @returns {Value}
 */
export function drained(work) {
  for (;;) {
    const { done, value } = work.next();
    if (done) return value;
  }
}

// ---- scores ------------------------------------------------------------------------------------------------

export const THRESHOLDS = 99; // 0.01, 0.02, ..., 0.99
const BINS = 10; // of the calibration error

/**
 * What a network makes of the images held out: its probabilities, and what scores need of them. `counts` has, for each
 * image and each threshold, how many pixels above it are invented and how many are found.
 * @typedef {{ maps: Float64Array, counts: Uint16Array, sizes: number[], largest: number, calibration: number }} Scores
 */
/**
 * Looks at the images held out; a generator that stops between them, like `step`.
 * @type {(weights: Float64Array, held: Examples) => Generator<void, Scores>}
 */
export function* scored(weights, { images, masks, shares }) {
  const count = images.length;
  const own = room();
  const maps = new Float64Array(count * PIXELS);
  const counts = new Uint16Array(count * THRESHOLDS * 2);
  const gaps = new Float64Array(BINS);
  let largest = 0;
  for (let n = 0; n < count; n++) {
    forward(weights, images[n], own);
    for (let i = 0; i < PIXELS; i++) {
      const p = sigmoid(own.logits[i]);
      maps[n * PIXELS + i] = p;
      largest = Math.max(largest, p); // NaN stays NaN
      gaps[Math.min(BINS - 1, Math.floor(p * BINS))] += p - shares[n][i];
      let above = Math.min(THRESHOLDS, Math.floor(100 * p) + 1);
      while (above > 0 && !(p > above / 100)) above--; // the highest threshold that it passes, without rounding
      if (above > 0) counts[2 * (n * THRESHOLDS + above - 1) + masks[n][i]]++;
    }
    // Whoever passes a threshold has passed the lower ones.
    for (let at = 2 * (n + 1) * THRESHOLDS - 3; at >= 2 * n * THRESHOLDS; at--) counts[at] += counts[at + 2];
    yield;
  }
  const calibration = gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / (count * PIXELS);
  const sizes = masks.map((mask) => mask.reduce((sum, one) => sum + one, 0));
  return { maps, counts, sizes, largest, calibration };
}
