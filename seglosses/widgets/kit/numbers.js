// Numbers as a textbook sets them. No DOM.

/**
 * A number as short as it is: 38.3, not 38.300000000000004.
 * @param {number} x
 */
export const plain = (x) => String(Number(x.toPrecision(12)));

/** @param {number} x */
export const decimals = (x) => x.toFixed(4);

/**
 * "= 0.9500" where four decimals say it all, "≈ 0.9744" where they do not.
 * @param {number} x
 */
export const equals = (x) => `${Math.abs(x - Number(decimals(x))) < 1e-12 ? "=" : "≈"} ${decimals(x)}`;

/**
 * An exponent: 10⁻⁷, (1 − 0.9)².
 * @param {number | string} n
 */
export const superscript = (n) =>
  String(n).replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)]);

/**
 * Significant digits, as a textbook sets them: 0.04087, 2.634·10⁻⁷, ∞.
 * @param {number} x
 */
export function significant(x, digits = 4) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "–" : "∞";
  if (x === 0 || (Math.abs(x) >= 1e-4 && Math.abs(x) < 1e5)) return String(Number(x.toPrecision(digits)));
  const [first, power] = x.toExponential(digits - 1).split("e");
  return `${Number(first)}·10${superscript(Number(power))}`;
}
