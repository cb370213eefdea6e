// Random numbers from a seed, the same in every browser and in Python (seglosses/training/draws.py). No DOM.

const STREAMS = { weights: 0, order: 1, observers: 2 };

/**
 * A stream of numbers in [0, 1), of 32 bits each: mulberry32. Streams of one seed have nothing in common.
 * @type {(seed: number, stream: keyof typeof STREAMS) => () => number}
 */
export function draws(seed, stream) {
  let state = 4 * seed + STREAMS[stream];
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * The first `k` of a shuffled 0, 1, ..., n - 1 (Fisher and Yates).
 * @type {(draw: () => number, n: number, k: number) => number[]}
 */
export function sample(draw, n, k) {
  const all = Array.from({ length: n }, (_, i) => i);
  for (let i = 0; i < k; i++) {
    const j = i + Math.floor(draw() * (n - i));
    [all[i], all[j]] = [all[j], all[i]];
  }
  return all.slice(0, k);
}
