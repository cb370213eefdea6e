import { contour, FINE, line } from "./cells.js";
import { h, OWN_KEYS, svg } from "./ui.js";
/** @import { Cell } from "./cells.js" */

// A grid of cells to paint on, by mouse, pen, finger or keyboard. It knows strokes, not what they paint.

/**
 * What a stroke does: `begin(cell)`, `paint(cells)` and `end()` follow it; `cancel()` says that it was none (a second
 * finger came down to zoom the page).
 * @typedef {{ begin: (cell: Cell) => void, paint: (cells: Cell[]) => void, end: () => void, cancel: () => void }} Strokes
 */

/**
 * Builds the grid. Returns the node to show, its cells, row by row;
 * `tint(colours)`, which lays a colour under each cell, from red, green, blue and alpha of one after the other;
 * `outline(mask, kind, inset)`, which draws a line of the class `sl-kind` over them; and `over` and `under`, what is
 * drawn there.
 * @param {{ rows: number, cols: number, label: string } & Strokes} options
 */
export function pixelGrid({ rows, cols, label, ...strokes }) {
  const cells = Array.from({ length: rows }, () =>
    Array.from({ length: cols }, () =>
      // JupyterLab leaves keys alone where this attribute stands; else they would be notebook commands.
      h("div", { role: "gridcell", class: "sl-cell", tabindex: -1, ...OWN_KEYS })));
  const grid = h("div", {
    role: "grid",
    class: "sl-grid",
    "aria-label": label,
    "aria-multiselectable": "true",
  }, ...cells.map((row) => h("div", { role: "row", class: "sl-row" }, ...row)));
  followPointerStrokes(grid, cells, strokes);
  followKeys(grid, cells, strokes);

  const [under, over] = ["sl-marks", "sl-contour"].map((name) => drawing(rows, cols, name));
  /** @param {number[][]} mask */
  const outline = (mask, kind = "edge", inset = 0) => over.trace(kind, contour(mask, inset));

  const size = cols > FINE ? "sl-canvas sl-fine" : "sl-canvas";
  const style = `--rows: ${rows}; --cols: ${cols}`;
  const node = h("div", { class: size, style }, under.node, grid, over.node);
  // One picture of all the colours: styles of 4096 cells take ten times as long.
  /** @type {HTMLCanvasElement | null} */
  let film = null;
  /** @param {ImageDataArray} colours */
  const tint = (colours) => {
    if (!film) {
      film = h("canvas", { width: cols, height: rows, class: "sl-film", "aria-hidden": "true" });
      node.prepend(film);
    }
    film.getContext("2d")?.putImageData(new ImageData(colours, cols, rows), 0, 0);
  };
  return { node, cells, tint, outline, under, over };
}

/**
 * Strokes by mouse, pen or finger. A pointer may leave the grid and come back: cells are counted beyond its edges, and
 * only those inside are painted.
 * @type {(grid: HTMLElement, cells: HTMLElement[][], strokes: Strokes) => void}
 */
function followPointerStrokes(grid, cells, { begin, paint, end, cancel }) {
  const [rows, cols] = [cells.length, cells[0].length];
  /** @param {Cell} cell */
  const inside = ([r, c]) => r >= 0 && r < rows && c >= 0 && c < cols;
  /** @type {(event: PointerEvent) => Cell} */
  const cellAt = (event) => {
    const box = grid.getBoundingClientRect();
    return [
      Math.floor(((event.clientY - box.top) / box.height) * rows),
      Math.floor(((event.clientX - box.left) / box.width) * cols),
    ];
  };
  /** @type {Cell | null} */
  let reached = null; // where the running stroke is; null between strokes
  grid.addEventListener("mousedown", (event) => event.preventDefault()); // no text selection; focus is set below
  grid.addEventListener("pointerdown", (event) => {
    if (!event.isPrimary || event.button !== 0 || !inside(cellAt(event))) return;
    grid.setPointerCapture(event.pointerId);
    reached = cellAt(event);
    focusOn(cells, reached);
    begin(reached);
    paint([reached]);
  });
  grid.addEventListener("pointermove", (event) => {
    if (!reached || !event.isPrimary) return;
    const next = cellAt(event);
    if (next.join() === reached.join()) return;
    paint(line(reached, next).filter(inside));
    reached = next;
  });
  /** @type {(finish: () => void) => (event: PointerEvent) => void} */
  const stop = (finish) => (event) => {
    if (!reached || !event.isPrimary) return;
    reached = null;
    finish();
  };
  grid.addEventListener("pointerup", stop(end));
  grid.addEventListener("pointercancel", stop(cancel));
  grid.addEventListener("lostpointercapture", stop(end));
}

/** @type {(cells: HTMLElement[][], cell: Cell) => void} */
const focusOn = (cells, [r, c]) => cells[r]?.[c]?.focus({ preventScroll: true });

/**
 * The keyboard, and presses of a screen reader. One cell is in the page's tab order; the arrow keys move that place
 * within the grid, Space and Enter paint there.
 * @type {(grid: HTMLElement, cells: HTMLElement[][], strokes: Strokes) => void}
 */
function followKeys(grid, cells, { begin, paint, end }) {
  /** @type {Cell} */
  let place = [0, 0];
  cells[0][0].tabIndex = 0;
  /** @type {(cell: EventTarget | null) => Cell} */
  const placeOf = (cell) => {
    const r = cells.findIndex((row) => row.some((one) => one === cell));
    return [r, cells[r].findIndex((one) => one === cell)];
  };
  // Screen readers move the focus on their own ways, so its place is read from the page, whoever moved it.
  grid.addEventListener("focusin", (event) => {
    cells[place[0]][place[1]].tabIndex = -1;
    place = placeOf(event.target);
    cells[place[0]][place[1]].tabIndex = 0;
  });
  /** @param {Cell} at */
  const dab = (at) => {
    begin(at);
    paint([at]);
    end();
  };
  // A click that no pointer made: a screen reader's way to press.
  grid.addEventListener("click", (event) => {
    if (event.detail === 0 && event.target !== grid) dab(placeOf(event.target));
  });
  grid.addEventListener("keydown", (event) => {
    const [r, c] = place;
    const all = event.ctrlKey && !event.metaKey && (event.key === "Home" || event.key === "End");
    if (event.altKey || ((event.ctrlKey || event.metaKey) && !all)) return; // the browser's, or the system's
    /** @type {Record<string, Cell>} */
    const goals = {
      ArrowUp: [r - 1, c],
      ArrowDown: [r + 1, c],
      ArrowLeft: [r, c - 1],
      ArrowRight: [r, c + 1],
      Home: [all ? 0 : r, 0],
      End: [all ? cells.length - 1 : r, cells[0].length - 1],
    };
    if (event.key in goals) focusOn(cells, goals[event.key]);
    else if (event.key === " " || event.key === "Enter") dab(place);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
}

/**
 * A drawing in units of cells. `trace(kind, path)` draws the path of the class `sl-kind`, or draws it anew.
 * @param {number} rows
 * @param {number} cols
 * @param {string} name
 */
export function drawing(rows, cols, name) {
  const node = svg("svg", { viewBox: `0 0 ${cols} ${rows}`, class: name, "aria-hidden": "true" });
  /** @type {Record<string, SVGPathElement>} */
  const paths = {};
  /** @type {(kind: string, d: string) => void} */
  const trace = (kind, d) => {
    paths[kind] ??= node.appendChild(svg("path", { class: `sl-${kind}` }));
    follow(paths[kind], d);
  };
  return { node, trace };
}

/**
 * Lets an SVG path follow `d`. Even the `d` that it has would cost the page a new style.
 * @type {(path: SVGPathElement, d: string) => void}
 */
export function follow(path, d) {
  if (path.getAttribute("d") !== d) path.setAttribute("d", d);
}
