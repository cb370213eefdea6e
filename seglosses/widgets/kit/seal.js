// Right answers as salted digests, as in seglosses/sealed.py: a page can say whether an answer is right, and holds
// none. Computed here, for a page from a file, or from a server without a certificate, may have no crypto.subtle.

/** @typedef {{ salt: string, digests: string[], step?: number }} Seal */

const PRIMES = [2];
for (let n = 3; PRIMES.length < 64; n += 2) if (PRIMES.every((prime) => n % prime)) PRIMES.push(n);
/** @param {number} x */
const afterThePoint = (x) => ((x % 1) * 2 ** 32) | 0;
const ROUNDS = PRIMES.map((prime) => afterThePoint(Math.cbrt(prime)));
const FIRST = PRIMES.slice(0, 8).map((prime) => afterThePoint(Math.sqrt(prime)));

/** @type {(x: number, ...by: number[]) => number} */
const turned = (x, ...by) => by.reduce((sum, n) => sum ^ ((x >>> n) | (x << (32 - n))), 0);

/** @type {(state: number[], block: Int32Array) => number[]} */
function mixed(state, block) {
  const w = [...block];
  let [a, b, c, d, e, f, g, h] = state;
  for (let i = 0; i < 64; i++) {
    if (i > 15) {
      const [early, late] = [w[i - 15], w[i - 2]];
      const spread = (turned(early, 7, 18) ^ (early >>> 3)) + (turned(late, 17, 19) ^ (late >>> 10));
      w[i] = (w[i - 16] + w[i - 7] + spread) | 0;
    }
    const one = (h + turned(e, 6, 11, 25) + ((e & f) ^ (~e & g)) + ROUNDS[i] + w[i]) | 0;
    const other = (turned(a, 2, 13, 22) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [a, b, c, d, e, f, g, h] = [(one + other) | 0, a, b, c, (d + one) | 0, e, f, g];
  }
  return [a, b, c, d, e, f, g, h].map((x, i) => (x + state[i]) | 0);
}

/**
 * SHA-256 of a text, in hexadecimal.
 * @param {string} text
 */
export function sha256(text) {
  const bytes = new TextEncoder().encode(text);
  const words = new Int32Array(Math.ceil((bytes.length + 9) / 64) * 16);
  [...bytes, 0x80].forEach((byte, i) => words[i >> 2] |= byte << (24 - 8 * (i % 4)));
  words[words.length - 1] = 8 * bytes.length;
  let state = FIRST;
  for (let at = 0; at < words.length; at += 16) state = mixed(state, words.subarray(at, at + 16));
  return state.map((x) => (x >>> 0).toString(16).padStart(8, "0")).join("");
}

/** @type {(salt: string, text: string) => string} */
export const digest = (salt, text) => sha256(`${salt} ${text}`).slice(0, 32);

/**
 * Whether an answer is one that was sealed.
 * @type {(seal: Seal, answer: string | number) => boolean}
 */
export function fits({ salt, digests, step }, answer) {
  const place = step === undefined ? answer : Math.floor(Number(answer) / step + 0.5);
  return digests.includes(digest(salt, String(place)));
}
