// The network: three dilated 3x3 convolutions of eight channels with ReLU, then 1x1, forward and backward. No DOM.
// tests/widgets/test_playground_equal.py holds it equal to seglosses/training/dilated.py in torch.
import { draws } from "./draws.js";

export const SIDE = 32;
export const PIXELS = SIDE * SIDE;
export const CHANNELS = 8;
const DILATIONS = [1, 2, 4];
const BORDER = 4; // of zeros around each plane, as wide as the largest dilation
const WIDE = SIDE + 2 * BORDER;
const PLANE = WIDE * WIDE;

/** @typedef {{ ins: number, dilation: number, weights: number, bias: number }} Layer */

/** Where each layer's weights and biases begin: one after the other, as torch lists its parameters. */
const LAYERS = /** @type {Layer[]} */ ([]);
let end = 0;
for (const dilation of DILATIONS) {
  const ins = LAYERS.length ? CHANNELS : 1;
  LAYERS.push({ ins, dilation, weights: end, bias: end + 9 * ins * CHANNELS });
  end += 9 * ins * CHANNELS + CHANNELS;
}
const LAST = end;
export const WEIGHTS = end + CHANNELS + 1;

/**
 * The first weights: uniform within 1/sqrt(inputs), as torch draws them; in the last layer 0, and the prior as its bias.
 * @type {(seed: number, prior: number) => Float64Array}
 */
export function firstWeights(seed, prior) {
  const draw = draws(seed, "weights");
  const weights = new Float64Array(WEIGHTS);
  for (const { ins, weights: from, bias } of LAYERS) {
    const reach = 1 / Math.sqrt(9 * ins);
    for (let i = from; i < bias + CHANNELS; i++) weights[i] = (2 * draw() - 1) * reach;
  }
  weights[WEIGHTS - 1] = Math.log(prior / (1 - prior));
  return weights;
}

/** An image's planes, its own and those that each layer makes of it, and room for their gradients. */
export const room = () => ({
  planes: [new Float64Array(PLANE), ...DILATIONS.map(() => new Float64Array(CHANNELS * PLANE))],
  logits: new Float64Array(PIXELS),
});
/** @typedef {ReturnType<typeof room>} Room */

/** @param {(inside: number, i: number) => void} act at each pixel: where it is in a plane, and its number */
function eachPixel(act) {
  for (let y = 0, i = 0; y < SIDE; y++) {
    for (let at = (y + BORDER) * WIDE + BORDER, last = at + SIDE; at < last; at++, i++) act(at, i);
  }
}

/**
 * Adds to the plane `to` of `sums` the 3x3 convolution of the plane `from` of `values`. Nine products in one loop:
 * every other order that was tried takes twice as long. `flip` turns the nine weights round, for the way back.
 * @type {(sums: Float64Array, to: number, values: Float64Array, from: number, w: Float64Array, at: number,
 *   dilation: number, flip?: boolean) => void}
 */
function convolve(sums, to, values, from, w, at, dilation, flip = false) {
  const [first, by] = flip ? [at + 8, -1] : [at, 1];
  const [a, b, c] = [w[first], w[first + by], w[first + 2 * by]];
  const [d, e, f] = [w[first + 3 * by], w[first + 4 * by], w[first + 5 * by]];
  const [g, h, k] = [w[first + 6 * by], w[first + 7 * by], w[first + 8 * by]];
  const down = dilation * WIDE;
  for (let y = 0; y < SIDE; y++) {
    const row = (y + BORDER) * WIDE + BORDER;
    for (let i = from + row, o = to + row, last = o + SIDE; o < last; i++, o++) {
      const up = i - down, low = i + down;
      sums[o] += a * values[up - dilation] + b * values[up] + c * values[up + dilation] +
        d * values[i - dilation] + e * values[i] + f * values[i + dilation] +
        g * values[low - dilation] + h * values[low] + k * values[low + dilation];
    }
  }
}

/**
 * Adds to the nine entries of `gradient` from `at` on how much each weight has moved the plane `to`.
 * @type {(gradient: Float64Array, at: number, sums: Float64Array, to: number, values: Float64Array, from: number,
 *   dilation: number) => void}
 */
function correlate(gradient, at, sums, to, values, from, dilation) {
  let a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, k = 0;
  const down = dilation * WIDE;
  for (let y = 0; y < SIDE; y++) {
    const row = (y + BORDER) * WIDE + BORDER;
    for (let i = from + row, o = to + row, last = o + SIDE; o < last; i++, o++) {
      const s = sums[o], up = i - down, low = i + down;
      a += s * values[up - dilation];
      b += s * values[up];
      c += s * values[up + dilation];
      d += s * values[i - dilation];
      e += s * values[i];
      f += s * values[i + dilation];
      g += s * values[low - dilation];
      h += s * values[low];
      k += s * values[low + dilation];
    }
  }
  for (const [i, sum] of [a, b, c, d, e, f, g, h, k].entries()) gradient[at + i] += sum;
}

/**
 * What the network makes of an image: the planes of each layer and the logits, into `room`.
 * @type {(weights: Float64Array, image: Float64Array, room: Room) => void}
 */
export function forward(weights, image, { planes, logits }) {
  eachPixel((at, i) => planes[0][at] = image[i]);
  LAYERS.forEach(({ ins, dilation, weights: from, bias }, n) => {
    const [before, after] = [planes[n], planes[n + 1]];
    for (let o = 0; o < CHANNELS; o++) {
      const start = weights[bias + o];
      eachPixel((at) => after[o * PLANE + at] = start);
      for (let c = 0; c < ins; c++) {
        convolve(after, o * PLANE, before, c * PLANE, weights, from + 9 * (o * ins + c), dilation);
      }
      eachPixel((at) => {
        if (after[o * PLANE + at] < 0) after[o * PLANE + at] = 0;
      });
    }
  });
  logits.fill(weights[WEIGHTS - 1]);
  for (let c = 0; c < CHANNELS; c++) {
    const w = weights[LAST + c];
    eachPixel((at, i) => logits[i] += w * planes[LAYERS.length][c * PLANE + at]);
  }
}

const slopes = [CHANNELS, CHANNELS].map((channels) => new Float64Array(channels * PLANE)); // of two layers in turn

/**
 * Adds to `gradient` how each weight moves the loss, from its slope in each logit of the image that `forward` saw.
 * @type {(weights: Float64Array, room: Room, slope: ArrayLike<number>, gradient: Float64Array) => void}
 */
export function backward(weights, { planes }, slope, gradient) {
  let [above, below] = slopes;
  const top = planes[LAYERS.length];
  for (let c = 0; c < CHANNELS; c++) {
    let sum = 0;
    eachPixel((at, i) => {
      const value = top[c * PLANE + at];
      sum += slope[i] * value;
      above[c * PLANE + at] = value > 0 ? slope[i] * weights[LAST + c] : 0;
    });
    gradient[LAST + c] += sum;
  }
  for (let i = 0; i < PIXELS; i++) gradient[WEIGHTS - 1] += slope[i];
  for (let n = LAYERS.length - 1; n >= 0; n--) {
    const { ins, dilation, weights: from, bias } = LAYERS[n];
    for (let o = 0; o < CHANNELS; o++) {
      let sum = 0;
      eachPixel((at) => sum += above[o * PLANE + at]);
      gradient[bias + o] += sum;
      for (let c = 0; c < ins; c++) {
        correlate(gradient, from + 9 * (o * ins + c), above, o * PLANE, planes[n], c * PLANE, dilation);
      }
    }
    if (n > 0) {
      down(weights, LAYERS[n], planes[n], above, below);
      [above, below] = [below, above];
    }
  }
}

/**
 * From the slopes of a layer's planes to those of the planes that it was given; where these are 0, ReLU stops them.
 * @type {(weights: Float64Array, layer: Layer, given: Float64Array, above: Float64Array, below: Float64Array) => void}
 */
function down(weights, { ins, dilation, weights: from }, given, above, below) {
  for (let c = 0; c < ins; c++) {
    eachPixel((at) => below[c * PLANE + at] = 0);
    for (let o = 0; o < CHANNELS; o++) {
      convolve(below, c * PLANE, above, o * PLANE, weights, from + 9 * (o * ins + c), dilation, true);
    }
    eachPixel((at) => {
      if (given[c * PLANE + at] === 0) below[c * PLANE + at] = 0;
    });
  }
}

/**
 * What each layer sees of an image: for each layer the values of its channels, without their edges.
 * @type {(weights: Float64Array, image: Float64Array) => Float64Array[][]}
 */
export function seen(weights, image) {
  const own = room();
  forward(weights, image, own);
  return own.planes.slice(1).map((planes) =>
    Array.from({ length: CHANNELS }, (_, c) => {
      const plane = new Float64Array(PIXELS);
      eachPixel((at, i) => plane[i] = planes[c * PLANE + at]);
      return plane;
    })
  );
}
