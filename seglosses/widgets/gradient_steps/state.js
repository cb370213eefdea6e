import { sigmoid } from "../kit/losses.js";
import { lossNamed } from "../kit/named_losses.js";
/** @import { Focus, Loss } from "../kit/named_losses.js" */

// Gradient steps on the logits of a grid, and what there is to say of one place on the way. No DOM.
// The steps are those of seglosses/walkthrough/steps.py, to which the tests hold them.

/** @typedef {{ loss: Loss, rate: number, focus: Focus }} Rule */

export const LAST_STEP = 300;

const [TINY, BELOW_ONE] = [2 ** -1022, 1 - 2 ** -53]; // the outermost numbers with a finite logit

/**
 * The logit of p, finite also where p is 0 or 1: as `to_logits` of seglosses/probabilities.py.
 * @param {number} p
 */
export function toLogit(p) {
  const inside = Math.min(Math.max(p, TINY), BELOW_ONE);
  return Math.log(inside) - Math.log1p(-inside);
}

/**
 * The way from probabilities down a loss, each logit a parameter of its own: the logits after so many steps. What was
 * taken is kept, so that going back, or one step on, costs next to nothing.
 * @type {(start: number[], y: number[], rule: Rule) => (steps: number) => number[]}
 */
export function descent(start, y, { loss, rate, focus }) {
  const { gradient } = lossNamed(loss, focus);
  const path = [start.map(toLogit)];
  return (steps) => {
    while (path.length <= steps) {
      const z = path[path.length - 1];
      const slope = gradient(z, y);
      path.push(z.map((one, i) => one - rate * slope[i]));
    }
    return path[steps];
  };
}

/** @param {number[]} gradient */
const lengthOf = (gradient) => Math.sqrt(gradient.reduce((sum, g) => sum + g * g, 0));

/**
 * What a loss is at logits: their probabilities, its value and gradient, how long that is, and of a sum how long those
 * of its parts are.
 * @type {(z: number[], y: number[], rule: Rule) =>
 *   { p: number[], value: number, gradient: number[], length: number, parts: [Loss, number][] }}
 */
export function told(z, y, { loss, focus }) {
  const { value, gradient } = lossNamed(loss, focus);
  const slope = gradient(z, y);
  /** @type {Loss[]} */
  const names = loss === "bce_dice" ? ["bce", "dice"] : [];
  return {
    p: z.map(sigmoid),
    value: value(z, y),
    gradient: slope,
    length: lengthOf(slope),
    parts: names.map((name) => [name, lengthOf(lossNamed(name, focus).gradient(z, y))]),
  };
}
