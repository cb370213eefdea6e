// What the class painter shows of two maps of classes: counts, scores and their averages as exact fractions. No DOM.
import { counts, fractions } from "../kit/losses.js";
/** @typedef {"dice" | "iou"} Score */
/** @typedef {"left out" | "1" | "0"} Absent */
/**
 * A fraction in lowest terms, [above the bar, below it]; null where there is nothing to divide.
 * @typedef {[number, number] | null} Ratio
 */
/** @typedef {{ target: number[][], prediction: number[][], score: Score, absent: Absent }} Shown */

export const IGNORED = 255;
const CLASSES = [0, 1, 2];

/** @type {(a: number, b: number) => number} */
const divisor = (a, b) => (b ? divisor(b, a % b) : a);
/** @type {(top: number, bottom: number) => Ratio} */
const reduced = (top, bottom) => {
  const common = divisor(top, bottom);
  return bottom ? [top / common, bottom / common] : null;
};
/** @type {(ratios: [number, number][]) => [number, number]} */
const totalOf = (ratios) =>
  ratios.reduce(([a, b], [c, d]) => /** @type {[number, number]} */ (reduced(a * d + c * b, b * d)), [0, 1]);

/**
 * Each class against the rest: its counts, its score as counted and in lowest terms, and what the means take for it.
 * @param {Shown} shown
 */
function classesOf({ target, prediction, score, absent }) {
  const y = target.flat();
  const x = prediction.flat().filter((_, i) => y[i] !== IGNORED);
  const labels = y.filter((label) => label !== IGNORED);
  return CLASSES.map((k) => {
    const n = counts(x.map((one) => Number(one === k)), labels.map((one) => Number(one === k)));
    const terms = fractions(n)[score];
    const own = reduced(...terms);
    /** @type {Ratio} */
    const taken = own ?? (absent === "left out" ? null : [Number(absent), 1]);
    return { k, shared: n.tp, predicted: n.tp + n.fp, actual: n.tp + n.fn, terms, own, taken };
  });
}

/** @typedef {ReturnType<typeof classesOf>[number]} Class */

/**
 * An average: what stands above and below the bar as it is written, and its value.
 * @typedef {{ above: string, below: string, value: Ratio }} Average
 */

/** @type {(one: [number, number]) => string} */
const said = ([top, bottom]) => (bottom === 1 ? String(top) : `${top}/${bottom}`);
/** @type {(texts: (string | number)[]) => string} */
const plus = (texts) => texts.join(" + ");

/** @type {(classes: Class[]) => Average} */
function averageOf(classes) {
  const scores = classes.flatMap(({ taken }) => (taken ? [taken] : []));
  const [top, bottom] = totalOf(scores);
  return {
    above: plus(scores.map(said)),
    below: String(scores.length),
    value: reduced(top, bottom * scores.length),
  };
}

/** @type {(classes: Class[]) => Average} */
function weightedOf(classes) {
  const present = classes.flatMap(({ taken, actual }) => (taken && actual ? [{ taken, actual }] : []));
  const size = present.reduce((total, { actual }) => total + actual, 0);
  const [top, bottom] = totalOf(present.map(({ taken: [a, b], actual }) => [a * actual, b]));
  return {
    above: plus(present.map(({ taken, actual }) => `${actual}·${said(taken)}`)),
    below: String(size),
    value: reduced(top, bottom * size),
  };
}

/** @type {(classes: Class[]) => Average} */
function pooledOf(classes) {
  const [tops, bottoms] = [0, 1].map((side) => classes.map(({ terms }) => terms[side]));
  const [top, bottom] = [tops, bottoms].map((side) => side.reduce((total, one) => total + one, 0));
  return { above: plus(tops), below: plus(bottoms), value: reduced(top, bottom) };
}

/**
 * The classes, and the four averages of their score.
 * @param {Shown} shown
 */
export function judged(shown) {
  const classes = classesOf(shown);
  return {
    ...shown,
    classes,
    averages: {
      pooled: pooledOf(classes),
      weighted: weightedOf(classes),
      mean: averageOf(classes),
      foreground: averageOf(classes.slice(1)),
    },
  };
}

/** @typedef {ReturnType<typeof judged>} State */

/**
 * What stands in a cell: the class where it is right, both where it is wrong; nothing in the background.
 * @type {(x: number, y: number) => string}
 */
export const sign = (x, y) => (y === IGNORED ? `${x}?` : x !== y ? `${x}≠${y}` : x ? String(x) : "");
