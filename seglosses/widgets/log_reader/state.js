// What the losses of a log show, by the description that Python reads as well. No DOM.
import { significant } from "../kit/numbers.js";

/** @typedef {{ name: string, says: string, why: string }} Said */
/**
 * @typedef {{ when: [feature: string, relation: "=" | ">" | "<", value: number][], healthy?: boolean, check: string,
 *   section: string, en: Said, zh: Said }} Symptom
 */
/** @typedef {{ number: string, loss: string, symptoms: Symptom[] }} Described */
/** @typedef {Said & { healthy: boolean, check: string, section: string, losses: number[] }} Reading */

/** @param {string} text */
const valueOf = (text) =>
  /nan/i.test(text) ? NaN : /inf/i.test(text) ? (text[0] === "-" ? -Infinity : Infinity) : Number(text);

/** @type {(text: string, pattern: string) => string[]} */
const all = (text, pattern) => Array.from(text.matchAll(new RegExp(pattern, "gi")), (found) => found[1]);

/**
 * Whether a column numbers the steps: whole numbers, equally far apart.
 * @param {number[]} column
 */
const counts = (column) =>
  column.length > 2 && column.every(Number.isInteger) && column[1] > column[0] &&
  column.every((one, i) => i === 0 || one - column[i - 1] === column[1] - column[0]);

/** @type {(described: Described, text: string) => number[]} */
function found(described, text) {
  const named = all(text, described.loss);
  if (named.length) return named.map(valueOf);
  const rows = text.split("\n").map((line) => all(line, described.number)).filter((row) => row.length);
  const numbered = counts(rows.map((row) => valueOf(row[0]))) && rows.some((row) => row.length > 1);
  return (numbered ? rows.map((row) => row[Math.min(1, row.length - 1)]) : rows.flat()).map(valueOf);
}

/** @param {number[]} values */
function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

/** @type {(top: number, bottom: number) => number} */
const ratio = (top, bottom) => bottom > 0 ? top / bottom : 1;

/**
 * What the rules of the symptoms ask for; of the finite values before the first NaN or infinity.
 * @param {number[]} losses
 * @returns {Record<string, number>}
 */
function featuresOf(losses) {
  const bad = losses.findIndex((one) => !Number.isFinite(one)) + 1;
  const finite = bad ? losses.slice(0, bad - 1) : losses;
  const sound = finite.length ? finite : [0];
  const n = sound.length;
  const last = sound[n - 1];
  const [low, high, size] = sound.reduce(
    ([low, high, size], x) => [Math.min(low, x), Math.max(high, x), Math.max(size, Math.abs(x))],
    [Infinity, -Infinity, 0],
  );
  const fifths = Array.from({ length: 5 }, (_, i) => {
    const part = sound.slice(Math.floor(i * n / 5), Math.floor((i + 1) * n / 5));
    return median(part.length ? part : [last]);
  });
  const late = sound.slice(n >> 1);
  const steps = sound.slice(1).map((one, i) => one - sound[i]);
  const sizes = steps.length ? steps.map(Math.abs) : [0];
  const way = sizes.reduce((a, b) => a + b);
  const lowest = Math.min(...fifths);
  return {
    ...{ count: losses.length, bad, first: sound[0], last, low, high },
    late_low: late.reduce((a, b) => Math.min(a, b)),
    late_high: late.reduce((a, b) => Math.max(a, b)),
    ...{ start: fifths[0], end: fifths[4], lowest },
    spread: (high - low) / (size || 1),
    second: ratio(fifths[1], fifths[0]),
    left: ratio(fifths[4], fifths[0]),
    turn: ratio(fifths[4], lowest),
    blown: ratio(last, median(sound)),
    jump: ratio(median(sizes), median(late.map(Math.abs))),
    back: way ? ratio(steps.reduce((sum, step) => sum + Math.max(0, step), 0), way) : 0, // of its way, the part up
  };
}

const RELATION = {
  "=": (/** @type {number} */ a, /** @type {number} */ b) => a === b,
  ">": (/** @type {number} */ a, /** @type {number} */ b) => a > b,
  "<": (/** @type {number} */ a, /** @type {number} */ b) => a < b,
};

/**
 * The first symptom that the losses in a text show.
 * @type {(described: Described, text: string, language: "en" | "zh") => Reading}
 */
export function readLog(described, text, language) {
  const losses = found(described, text);
  const features = featuresOf(losses);
  const shown =
    described.symptoms.find(({ when }) =>
      when.every(([name, relation, value]) => RELATION[relation](features[name], value))
    ) ?? described.symptoms[0];
  const { name, says, why } = shown[language];
  const sentence = says.replace(/\{(\w+)\}/g, (_, feature) => significant(features[feature]));
  const { check, section, healthy = false } = shown;
  return { name, says: sentence, why, healthy, check, section, losses };
}

const ACROSS = 200;

/**
 * The losses as the path of a line, 200 wide and 40 high; it stops where one is no number. At most 400 of them.
 * @param {number[]} losses
 */
export function lineOf(losses) {
  const every = Math.ceil(losses.length / (2 * ACROSS));
  const end = losses.findIndex((one) => !Number.isFinite(one));
  const drawn = (end < 0 ? losses : losses.slice(0, end)).filter((_, i) => i % every === 0);
  const low = drawn.reduce((a, b) => Math.min(a, b), Infinity);
  const high = drawn.reduce((a, b) => Math.max(a, b), -Infinity);
  const last = Math.max(1, Math.ceil(losses.length / (every || 1)) - 1);
  const points = drawn.map((one, i) => {
    const up = high > low ? (high - one) / (high - low) : 0.5;
    return `${(ACROSS * i / last).toFixed(1)} ${(40 * up).toFixed(1)}`;
  });
  return { path: points.length > 1 ? `M${points.join("L")}` : "", low, high };
}
