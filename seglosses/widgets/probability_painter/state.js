import { classWeights, counts, fractions, logit, pixelLoss } from "../kit/losses.js";
import { lossNamed } from "../kit/named_losses.js";
import { plain, significant, superscript } from "../kit/numbers.js";

// What the probability painter shows, as numbers and text: a value a pixel, its colour's strength, its computation.
// No DOM.

/** @import { MapName } from "../kit/tints.js" */
/** @import { Loss } from "../kit/named_losses.js" */
/** @typedef {"dice" | "iou" | "bce_dice"} Region */
/**
 * The grids are flat arrays; `maps` keeps what was computed.
 * @typedef {{ p: number[], y: number[], loss: Loss, alpha: number, gamma: number,
 *   maps?: Partial<Record<MapName, number[]>> }} State
 */

const SMOOTH = 1; // of dice, iou and bce_dice: the default of the losses

/**
 * dice, iou and bce_dice are of a whole region: no pixel has a loss of its own.
 * @type {(loss: Loss) => loss is Region}
 */
export const regional = (loss) => loss !== "bce" && loss !== "focal";

/**
 * The map that can be shown: a region loss has none of its loss, so its gradient stands in.
 * @type {(show: MapName, loss: Loss) => MapName}
 */
export const mapOf = (show, loss) => (show === "loss" && regional(loss) ? "gradient" : show);

/**
 * The probability of the true class, the weight of that class, and the power: all that a pixel's loss is made of.
 * @param {State} state
 * @param {number} i
 */
export function factors({ p, y, loss, alpha, gamma }, i) {
  const pt = y[i] ? p[i] : 1 - p[i];
  return loss === "focal"
    ? { pt, weight: classWeights(alpha)[y[i]], power: gamma }
    : { pt, weight: 1, power: 0 };
}

/** @type {(state: State, i: number) => number} */
function pixelOf(state, i) {
  const { pt, weight, power } = factors(state, i);
  return weight === 0 ? 0 : weight * pixelLoss(pt, power); // without weight a pixel costs nothing, not even 0 · ∞
}

const WAY = Array.from({ length: 99 }, (_, i) => (i + 1) / 100);

/**
 * What a pixel of class y costs at each p, as the points of a curve; what the state holds of pixels is left out.
 * @type {(state: State, y: number) => [number, number][]}
 */
export const priceCurve = (state, y) =>
  WAY.map((p) => /** @type {[number, number]} */ ([p, pixelOf({ ...state, p: [p], y: [y] }, 0)]));

/**
 * What pixel i costs, and what it would cost in BCE; how the loss of the grid pulls at it, and what share of the
 * grid's loss it carries.
 * @type {(state: State, i: number) => { price: number, plain: number, pull: number, share: number }}
 */
export function priceOf(state, i) {
  const losses = values("loss", state);
  const total = losses.reduce((sum, x) => sum + x, 0);
  const plain = pixelLoss(factors(state, i).pt);
  return { price: losses[i], plain, pull: values("gradient", state)[i], share: losses[i] / total };
}

/**
 * The values of a map, one a pixel. The gradient is that of the mean loss with respect to the logits. A state is
 * never changed, so each of its maps is computed once.
 * @type {(map: MapName, state: State) => number[]}
 */
export function values(map, state) {
  state.maps ??= {};
  return (state.maps[map] ??= compute(map, state));
}

/** @type {(map: MapName, state: State) => number[]} */
function compute(map, state) {
  const { p, y, loss, alpha, gamma } = state;
  if (map === "probability") return p;
  if (map === "loss") return p.map((_, i) => pixelOf(state, i));
  return lossNamed(loss, { alpha, gamma }).gradient(p.map(logit), y);
}

/**
 * The one value of a region loss. Only its cross-entropy can be infinite: where a pixel is certain and wrong.
 * @param {State & { loss: Region }} state
 */
export function regionLoss({ p, y, loss, alpha, gamma }) {
  const certain = p.some((q, i) => (y[i] ? q : 1 - q) === 0);
  return loss === "bce_dice" && certain ? Infinity : lossNamed(loss, { alpha, gamma }).value(p.map(logit), y);
}

// ---- a pixel's whole computation --------------------------------------------------------------------------

/** @param {number} x */
const digits4 = (x, digits = 4) => significant(x, digits).replace("-", "−");

/**
 * "= 0.25", "≈ 0.1054", "= ∞": the sign says whether these are all the digits.
 * @param {number} x
 */
export function approximately(x, digits = 4) {
  const rounded = Number.isFinite(x) && Math.abs(x - Number(x.toPrecision(digits))) > 1e-12 * Math.abs(x);
  return `${rounded ? "≈" : "="} ${digits4(x, digits)}`;
}

/** @type {(base: string, power: number) => string} */
const raised = (base, power) => `(${base})${superscript(plain(power)).replace(".", "·")}`;

/**
 * What pixel i costs, or how it pulls (`map` says which), step by step: pairs of a name and its computation.
 * @type {(map: MapName, state: State, i: number) => string[][]}
 */
export function computation(map, state, i) {
  const { p, y, loss, gamma } = state;
  const { pt, weight } = factors(state, i);
  const [q, log] = [digits4(pt), digits4(-Math.log(pt) || 0)];
  const probability = ["pₜ", y[i] ? `= p = ${q}` : `= 1 − p = 1 − ${digits4(p[i])} = ${q}`];
  const entropy = ["−ln pₜ", `= −ln ${q} ${approximately(-Math.log(pt) || 0)}`];
  const focusing = ["(1 − pₜ)ᵞ", `= ${raised(`1 − ${q}`, gamma)} ${approximately((1 - pt) ** gamma)}`];
  const balance = ["αₜ", `${y[i] ? "= α" : "= 1 − α"} = ${digits4(weight)}`];

  if (map !== "gradient" && !regional(loss)) {
    if (loss === "bce") return [probability, entropy];
    const product = `= ${digits4(weight)} · ${raised(`1 − ${q}`, gamma)} · ${log} ${
      approximately(pixelOf(state, i))
    }`;
    return [probability, entropy, focusing, balance, ["αₜ (1 − pₜ)ᵞ (−ln pₜ)", product]];
  }

  const result = approximately(values("gradient", state)[i]);
  const n = p.length;
  const bce = ["(p − y) / N", `= (${digits4(p[i])} − ${y[i]}) / ${n}`];
  if (loss === "bce") return [[bce[0], `${bce[1]} ${result}`]];
  if (loss === "focal") {
    const sign = y[i] ? "−" : "";
    const bracket = pt === 0 ? "1" : `${digits4(1 - pt)} + ${digits4(gamma)} · ${q} · ${log}`;
    return [probability, balance, [
      `${sign}αₜ (1 − pₜ)ᵞ (1 − pₜ + γ pₜ (−ln pₜ)) / N`,
      `= ${sign}${digits4(weight)} · ${raised(`1 − ${q}`, gamma)} · (${bracket}) / ${n} ${result}`,
    ]];
  }
  /** @param {(k: number) => number} term */
  const sum = (term) => p.reduce((total, _, k) => total + term(k), 0);
  const [overlap, predicted, actual] = [sum((k) => p[k] * y[k]), sum((k) => p[k]), sum((k) => y[k])];
  const [I, P, Y] = [overlap, predicted, actual].map(plain);
  const slope = `${digits4(p[i])} · ${digits4(1 - p[i])}`;
  if (loss === "iou") {
    const bottom = predicted + actual - overlap + SMOOTH;
    const J = (overlap + SMOOTH) / bottom;
    return [["J", `= (${I} + ${SMOOTH}) / (${P} + ${Y} − ${I} + ${SMOOTH}) ${approximately(J)}`], [
      y[i] ? "−1 / U · p (1 − p)" : "J / U · p (1 − p)",
      `= ${y[i] ? "−1" : digits4(J)} / ${digits4(bottom)} · ${slope} ${result}`,
    ]];
  }
  const bottom = predicted + actual + SMOOTH;
  const D = (2 * overlap + SMOOTH) / bottom;
  const score = ["D", `= (2 · ${I} + ${SMOOTH}) / (${P} + ${Y} + ${SMOOTH}) ${approximately(D)}`];
  const region = [
    "(D − 2y) / (Σp + Σy + 1) · p (1 − p)",
    `= (${digits4(D)} − ${2 * y[i]}) / ${digits4(bottom)} · ${slope}`,
  ];
  if (loss === "dice") return [score, [region[0], `${region[1]} ${result}`]];
  const part = (p[i] - y[i]) / n;
  return [score, [region[0], `${region[1]} ${approximately(values("gradient", state)[i] - part)}`], [
    bce[0],
    `${bce[1]} ${approximately(part)}`,
  ], ["∂L/∂z", result]];
}

// ---- shares and scores ------------------------------------------------------------------------------------

/**
 * What each class carries of the values of a map, in size; how many pixels it has; and how many are infinite.
 * @param {"loss" | "gradient"} map
 * @param {State} state
 */
export function shares(map, state) {
  const part = { positive: 0, negative: 0 };
  const number = { positive: 0, negative: 0 };
  const sizes = values(map, state).map(Math.abs);
  sizes.forEach((x, i) => {
    part[state.y[i] ? "positive" : "negative"] += x;
    number[state.y[i] ? "positive" : "negative"] += 1;
  });
  const infinite = sizes.filter((x) => x === Infinity).length;
  return { part, number, total: part.positive + part.negative, infinite };
}

/**
 * The mask of the probabilities from a threshold on, and its scores as fractions.
 * @type {(threshold: number, p: number[], y: number[]) => { hard: number[], exact: ReturnType<typeof fractions> }}
 */
export function scoresAt(threshold, p, y) {
  const hard = p.map((one) => Number(one >= threshold));
  return { hard, exact: fractions(counts(hard, y)) };
}
