// Recorded predictions, from the text that stores them to what a grid shows. No DOM.

/** The n numbers from 0 to 15 in a frame's base64 text, two to a byte; from 8 on, a pixel is predicted. */
export function unpack(text, n) {
  const bytes = atob(text);
  return Array.from({ length: n }, (_, i) => (bytes.charCodeAt(i >> 1) >> (i % 2 ? 0 : 4)) & 15);
}

/** Each pixel's outcome against the true mask, how many there are of each, and the Dice coefficient. */
export function judge(levels, mask) {
  const kinds = levels.map((level, i) => (level > 7 ? (mask[i] ? "tp" : "fp") : mask[i] ? "fn" : "tn"));
  const count = { tp: 0, fp: 0, fn: 0, tn: 0 };
  for (const kind of kinds) count[kind]++;
  const sizes = 2 * count.tp + count.fp + count.fn;
  return { kinds, ...count, dice: sizes ? (2 * count.tp) / sizes : 1 };
}
