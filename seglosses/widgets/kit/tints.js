import looks from "./looks.json" with { type: "json" };
import { plain } from "./numbers.js";

// How the values of a map look: a colour's strength, a few digits, a unit. No DOM.

/** @typedef {"probability" | "loss" | "gradient"} MapName */

const HUES = { yes: channels(looks.outcomes.fn), cost: channels(looks.outcomes.fp) };

/**
 * Red, green and blue of a colour.
 * @param {string} name
 */
function channels(name) {
  const colour = /** @type {Record<string, string>} */ (looks.colours)[name];
  return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
}

/**
 * The hue of a value: that of cost, or that of yes.
 * @type {(map: MapName, value: number) => "yes" | "cost"}
 */
export const hueOf = (map, value) => map === "loss" || (map === "gradient" && value > 0) ? "cost" : "yes";

/**
 * How strong a value's colour is, from 0 to 1, on a scale that never moves: colours can be compared before and
 * after a stroke, and between losses. For cross-entropy it is 1 − pₜ itself, with infinity at full strength.
 * @type {(map: MapName, value: number, pixels: number) => number}
 */
export function strength(map, value, pixels) {
  if (map === "probability") return value;
  return 1 - Math.exp(-(map === "loss" ? value : 2 * pixels * Math.abs(value)));
}

/**
 * The same in hundredths: finer differences cannot be seen.
 * @type {(map: MapName, value: number, pixels: number) => number}
 */
export const levelOf = (map, value, pixels) => Math.round(100 * strength(map, value, pixels));

/**
 * Red, green, blue and alpha of each value, one after the other, as a canvas takes them.
 * @type {(map: MapName, numbers: number[]) => Uint8ClampedArray<ArrayBuffer>}
 */
export function coloursOf(map, numbers) {
  const colours = new Uint8ClampedArray(4 * numbers.length);
  for (let i = 0; i < numbers.length; i++) {
    colours.set(HUES[hueOf(map, numbers[i])], 4 * i);
    colours[4 * i + 3] = 255 * looks.tint * levelOf(map, numbers[i], numbers.length) / 100;
  }
  return colours;
}

/**
 * A value in few digits, in units of 10 to the minus `power`: "0.11", "2.3", "−1.0", "∞"; "0" is exact.
 * @type {(map: MapName, value: number, power: number) => string}
 */
export function brief(map, value, power) {
  if (map === "probability") return plain(Number(value.toFixed(2)));
  if (value === 0 || value === Infinity) return value ? "∞" : "0";
  const x = value * 10 ** power;
  const size = Math.abs(x);
  const text = size.toFixed(size >= 9.95 ? 0 : size >= 0.995 ? 1 : 2);
  return map === "loss" ? text : (x < 0 ? "−" : "+") + text;
}

/**
 * The power of a thousandth in which the largest of the values is best read: 0, 3 or 6.
 * @type {(map: MapName, numbers: number[]) => 0 | 3 | 6}
 */
export function unit(map, numbers) {
  if (map === "probability") return 0;
  const largest = numbers.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0);
  return largest >= 0.095 || largest < 1e-12 ? 0 : largest >= 9.5e-5 ? 3 : 6; // no unit for mere roundings of 0
}
