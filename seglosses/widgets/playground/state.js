// What the playground shows of its trainings: settings, scores at a threshold, curves, colours. No DOM.
import { areas, contour, marks } from "../kit/cells.js";
import { outcome } from "../kit/losses.js";
import looks from "../kit/looks.json" with { type: "json" };
import { THRESHOLDS } from "./learner.js";
import { PIXELS, SIDE } from "./network.js";
/** @import { Look, Recorded, Source } from "./engine.js" */
/** @import { Patients, Setup } from "./learner.js" */

/** @typedef {"left" | "right"} Side */
/** @typedef {"dice" | "loss" | "recall" | "calibration" | "largest" | "length"} Measure */
/** @typedef {(name: string) => any} Get what the model holds */

/** @type {Side[]} */
export const SIDES = ["left", "right"];
/** @type {Measure[]} */
export const MEASURES = ["loss", "dice", "recall", "calibration", "largest", "length"];
export const OWN = ["loss", "smooth", "dice_weight", "alpha", "gamma", "regions", "prior", "seed"];
export const COMMON = ["task", "optimizer", "learning_rate", "batch_size", "spread", "empty"];
export const LONGEST = 1000; // steps
const TRAINING = 16; // patients; the others are held out
export const SHOWN = 4; // of those held out

/**
 * What the training of a side depends on.
 * @type {(get: Get, side: Side) => Setup}
 */
export const setupOf = (get, side) => /** @type {any} */ (Object.fromEntries([
  ...COMMON.map((name) => [name, get(name)]),
  ...OWN.map((name) => [name, get(`${side}_${name}`)]),
]));

/**
 * Which of a side's settings its loss takes notice of.
 * @param {string} loss
 */
export const settingsOf = (loss) => {
  const region = ["smooth", "regions"];
  return {
    bce: [],
    dice: region,
    iou: region,
    bce_dice: ["dice_weight", ...region],
    focal: ["alpha", "gamma"],
  }[
    loss
  ] ?? [];
};

/** @param {string} text base64 */
const bytes = (text) => Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));

/**
 * The weights in base64, as little-endian float64, and back.
 * @param {string} text
 */
export const unpacked = (text) => new Float64Array(bytes(text).buffer);
/** @param {Float64Array} weights */
export const packed = (weights) =>
  btoa(Array.from(new Uint8Array(weights.buffer), (byte) => String.fromCharCode(byte)).join(""));

/** @type {(get: Get) => Patients} */
export function patientsOf(get) {
  const { films, nodules, truth } = get("_patients");
  return { films: bytes(films), nodules: bytes(nodules), truth: bytes(truth), training: TRAINING };
}

/**
 * Whether Python has recorded a side's training, with the settings that it has now.
 * @type {(get: Get, side: Side) => boolean}
 */
export function isRecorded(get, side) {
  const held = get("_recorded")[side];
  return Boolean(held) &&
    Object.entries(setupOf(get, side)).every(([name, value]) => held.setup[name] === value);
}

/**
 * That recording, if there is one.
 * @type {(get: Get, side: Side) => Recorded | null}
 */
function recordedOf(get, side) {
  if (!isRecorded(get, side)) return null;
  const held = get("_recorded")[side];
  const [weights, each] = [unpacked(held.weights), held.steps.length];
  const size = weights.length / each;
  return {
    steps: held.steps,
    weights: held.steps.map((/** @type {number} */ _, /** @type {number} */ i) =>
      weights.slice(i * size, (i + 1) * size)
    ),
    losses: held.losses.map(Number),
    lengths: held.lengths.map(Number),
  };
}

/**
 * The trainings of both sides: each with its seed and those after it; a recording is one by itself.
 * @type {(get: Get) => Source[][]}
 */
export const sourcesOf = (get) =>
  SIDES.map((side) => {
    const [setup, recorded] = [setupOf(get, side), recordedOf(get, side)];
    return recorded ? [{ setup, recorded }] : Array.from({ length: get("runs") }, (_, i) => ({
      setup: { ...setup, seed: (setup.seed + i) % 1000 },
      recorded: null,
    }));
  });

// ---- scores ------------------------------------------------------------------------------------------------

/**
 * Dice and recall at a threshold in hundredths, each the mean over the images held out.
 * @type {(look: Look, hundredths: number) => { dice: number, recall: number }}
 */
export function scoresAt({ counts, sizes }, hundredths) {
  let [dice, recall] = [0, 0];
  sizes.forEach((size, n) => {
    const at = 2 * (n * THRESHOLDS + hundredths - 1);
    const [invented, found] = [counts[at], counts[at + 1]];
    dice += 2 * found / (invented + found + size);
    recall += found / size;
  });
  return { dice: dice / sizes.length, recall: recall / sizes.length };
}

/**
 * One measure of a look, by name.
 * @type {(look: Look, measure: Measure, hundredths: number) => number}
 */
export const measured = (look, measure, hundredths) =>
  measure === "dice" || measure === "recall" ? scoresAt(look, hundredths)[measure] : look[measure];

/**
 * A measure over the steps, from 0 to the end of the axis as 0 to 1; numbers that are none are left out.
 * @type {(looks: Look[], measure: Measure, hundredths: number, end: number) => [number, number][]}
 */
export const curveOf = (looks, measure, hundredths, end) =>
  looks.map((
    look,
  ) => /** @type {[number, number]} */ ([look.step / end, measured(look, measure, hundredths)]))
    .filter(([, value]) => Number.isFinite(value));

const ENDS = [50, 100, 200, 300, 500, LONGEST];
/**
 * Where the axis of the steps ends.
 * @param {number} step
 */
export const endOf = (step) => ENDS.find((end) => end >= step) ?? LONGEST;

const HEIGHTS = [1e-3, 2e-3, 5e-3, 1e-2, 2e-2, 5e-2, 0.1, 0.2, 0.25, 0.5, 1, 1.25, 2.5, 5, 10, 25, 100];
/**
 * The vertical axis of some curves: from where to where, and whether logarithmic, as lengths of gradients are.
 * @type {(measure: Measure, values: number[]) => { from: number, to: number, log: boolean }}
 */
export function axisOf(measure, values) {
  const most = Math.max(0, ...values);
  if (measure === "length") {
    const power = Math.max(-2, Math.min(6, Math.ceil(Math.log10(most || 1))));
    return { from: 10 ** (power - 6), to: 10 ** power, log: true };
  }
  if (measure === "loss" || measure === "calibration") {
    return { from: 0, to: HEIGHTS.find((height) => height >= most) ?? most, log: false };
  }
  return { from: 0, to: 1, log: false };
}

/** The steps after which the trainings are looked at while they play. */
export const EVERY = 5;
/**
 * The next of them.
 * @param {number} step
 */
export const nextLook = (step) => Math.min(LONGEST, (Math.floor(step / EVERY) + 1) * EVERY);

// ---- pictures ----------------------------------------------------------------------------------------------

/**
 * A picture's pixels as red, green, blue and alpha: black, as strong as each value says.
 * @type {(values: ArrayLike<number>) => Uint8ClampedArray<ArrayBuffer>}
 */
export function shaded(values) {
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) pixels[4 * i + 3] = 255 * values[i];
  return pixels;
}

/**
 * A film as grey levels, the darkest and the brightest of it black and white.
 * @type {(values: ArrayLike<number>) => Uint8ClampedArray<ArrayBuffer>}
 */
export function greys(values) {
  const all = Array.from(values);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const pixels = new Uint8ClampedArray(4 * all.length);
  all.forEach((value, i) => {
    const grey = 255 * (value - low) / (high - low || 1);
    pixels.set([grey, grey, grey, 255], 4 * i);
  });
  return pixels;
}

/**
 * The edge of a mask, as the data of a path.
 * @param {ArrayLike<number>} mask
 */
export function edgeOf(mask) {
  const flat = Array.from(mask);
  return contour(Array.from({ length: SIDE }, (_, r) => flat.slice(r * SIDE, (r + 1) * SIDE)));
}

/**
 * Pixels found, missed and invented, as the data of paths by the kind of each, and marks on the latter two.
 * @type {(maps: Float64Array, n: number, mask: ArrayLike<number>, threshold: number) => Record<string, string>}
 */
export function outcomesOf(maps, n, mask, threshold) {
  const kinds = Array.from(
    { length: PIXELS },
    (_, i) => outcome(Number(maps[n * PIXELS + i] > threshold), mask[i]),
  );
  const { tp = "", fp = "" } = areas(kinds, SIDE);
  const { fn, fp: cross } = looks.small_marks;
  return {
    tp,
    fp,
    "mark-fp": marks(kinds, SIDE, "fp", cross.d),
    "mark-fn": marks(kinds, SIDE, "fn", fn.d),
  };
}
