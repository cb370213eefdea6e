import { marks } from "./cells.js";
import { significant } from "./numbers.js";
import { brief, coloursOf, hueOf, levelOf } from "./tints.js";
import { fill, h, piece } from "./ui.js";
/** @import { pixelGrid } from "./pixel_grid.js" */
/** @import { MapName } from "./tints.js" */
/** @import { Panel } from "./view.js" */

// A grid whose cells show the values of a map, by colour and, where they fit, by numbers; and what the colours mean.

/**
 * The values of a map, one a pixel, with the power of their unit; `p` and `y` are what a cell is called by.
 * @typedef {{ map: MapName, numbers: number[], power: 0 | 3 | 6, p: number[], y: number[] }} Tinted
 */
/**
 * The words that both need: those of `tints_words.js`.
 * @typedef {{ cell: (row: number, col: number, y: number, p: string) => string, maps: Record<MapName, string>,
 *   legend: Record<MapName, string>, unit: Record<0 | 3 | 6, string>, signs: string }} Table
 */

const NUMBERED = 12; // columns: in narrower cells no number can be read

/**
 * The grid with the colours, numbers, signs and names of its cells.
 * @type {(board: ReturnType<typeof pixelGrid>, t: Table) => Panel<Tinted>}
 */
export function tintedGrid(board, t) {
  const cols = board.cells[0].length;
  const numbered = cols <= NUMBERED;
  const nodes = board.cells.flat();
  const seen = nodes.map(() => ""); // what each cell says, so that a stroke touches only the cells it changes

  /** @param {Tinted} tinted */
  function draw({ map, numbers, power, p, y }) {
    board.tint(coloursOf(map, numbers));
    nodes.forEach((node, i) => {
      const text = numbered ? brief(map, numbers[i], power) : "";
      const said = `${p[i]} ${y[i]} ${numbered ? map : ""} ${text}`; // without a number, a cell says p alone
      if (seen[i] === said) return;
      seen[i] = said;
      if (node.textContent !== text) node.textContent = text;
      const name = t.cell(Math.floor(i / cols) + 1, (i % cols) + 1, y[i], significant(p[i]));
      const more = numbered && map !== "probability" ? `, ${t.maps[map]} ${text}` : "";
      node.setAttribute("aria-label", name + more);
    });
    // Where no number fits, a bar where the gradient is negative: the sign is not told by colour alone.
    const negative = !numbered && map === "gradient" ? numbers.map((g) => g < 0) : [];
    board.over.trace("minus", marks(negative, cols, true, "m.3 .5h.4"));
  }
  return { node: h("div", { class: numbered ? "sl-numbered" : "" }, board.node), draw };
}

/** @type {Record<MapName, (n: number) => number[]>} */
const SAMPLES = {
  probability: () => [0, 0.25, 0.5, 0.75, 1],
  loss: () => [0, 0.1, 0.5, 1, 2, Infinity],
  gradient: (n) => [-1, -0.3, 0, 0.3, 1].map((x) => x / n),
};

/**
 * What the colours of a map of so many pixels mean.
 * @type {(pixels: number, t: Table) => Panel<{ map: MapName, power: 0 | 3 | 6 }>}
 */
export function legend(pixels, t) {
  const node = h("div", { class: "sl-legend" });
  let scale = ""; // the scale that stands in the legend
  /** @param {{ map: MapName, power: 0 | 3 | 6 }} shown */
  function draw({ map, power }) {
    if (scale === map + power) return;
    scale = map + power;
    const samples = SAMPLES[map](pixels).map((value) => {
      const style = `--strength: ${levelOf(map, value, pixels)}`;
      const looks = { class: "sl-cell sl-sample", "data-hue": hueOf(map, value), style };
      return piece("span", looks, brief(map, value, power));
    });
    fill(
      node,
      piece("span", { class: "sl-label" }, t.legend[map]),
      piece("span", { class: "sl-samples" }, ...samples),
      piece("span", { class: "sl-label" }, t.unit[power]),
      ...(map === "gradient" ? [piece("p", { class: "sl-note" }, t.signs)] : []),
    );
  }
  return { node, draw };
}
