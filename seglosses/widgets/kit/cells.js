// Cells of a grid, and SVG paths over them in units of cells. No DOM.

/** @typedef {[row: number, column: number]} Cell */

export const FINE = 32; // columns: lines between more of them would hide what is in the cells

/**
 * The cells [row, column] on the straight way from one to another, so that a fast hand skips none.
 * @type {(from: Cell, to: Cell) => Cell[]}
 */
export function line([r0, c0], [r1, c1]) {
  const steps = Math.max(Math.abs(r1 - r0), Math.abs(c1 - c0), 1);
  /** @type {(a: number, b: number, i: number) => number} */
  const between = (a, b, i) => Math.round(a + ((b - a) * i) / steps);
  return Array.from({ length: steps + 1 }, (_, i) => [between(r0, r1, i), between(c0, c1, i)]);
}

/**
 * The outline of a mask as an SVG path in units of cells: every edge between a 1 and a 0 or the border. `inset`
 * draws it that far inside the mask, so that the lines of two masks can be told apart.
 * @param {number[][]} mask
 */
export function contour(mask, inset = 0) {
  /** @type {(r: number, c: number) => number} */
  const at = (r, c) => mask[r]?.[c] ?? 0;
  /** @type {["h" | "v", number, number][]} */
  const sides = [["h", -1, 0], ["h", 1, 0], ["v", 0, -1], ["v", 0, 1]]; // a line's direction, and who is beyond it
  let path = "";
  mask.forEach((row, r) =>
    row.forEach((one, c) => {
      if (!one) return;
      for (const [way, dr, dc] of sides) {
        if (at(r + dr, c + dc)) continue;
        // Along the edge, a line ends short of a corner, goes on to the next cell, or reaches into an inner corner.
        /** @type {(ar: number, ac: number) => number} */
        const end = (ar, ac) => (at(r + ar, c + ac) ? (at(r + ar + dr, c + ac + dc) ? -inset : 0) : inset);
        const [from, to] = way === "h" ? [end(0, -1), end(0, 1)] : [end(-1, 0), end(1, 0)];
        const x = way === "h" ? c + from : c + (dc > 0 ? 1 - inset : inset);
        const y = way === "v" ? r + from : r + (dr > 0 ? 1 - inset : inset);
        path += `M${x} ${y}${way}${1 - from - to}`;
      }
    })
  );
  return path;
}

/**
 * For each value the SVG path of its cells, in units of cells, neighbours of a row joined.
 * @param {(string | number)[]} values
 * @param {number} cols
 * @returns {Record<string, string>}
 */
export function areas(values, cols) {
  /** @type {Record<string, string>} */
  const paths = {};
  for (let i = 0; i < values.length;) {
    let end = i + 1;
    while (end < values.length && end % cols && values[end] === values[i]) end++;
    paths[values[i]] = `${paths[values[i]] ?? ""}M${i % cols} ${Math.floor(i / cols)}h${end - i}v1h${
      i - end
    }z`;
    i = end;
  }
  return paths;
}

/**
 * A mark, an SVG path with the cell's corner as its start, in every cell of that kind.
 * @template Kind
 * @param {Kind[]} kinds
 * @param {number} cols
 * @param {Kind} kind
 * @param {string} mark
 */
export const marks = (kinds, cols, kind, mark) =>
  kinds.map((one, i) => (one === kind ? `M${i % cols} ${Math.floor(i / cols)}${mark}` : "")).join("");
