import { h, svg } from "./ui.js";

/** @typedef {[row: number, column: number]} Cell */

// A grid of cells to paint on, by mouse, pen, finger or keyboard. It knows strokes, not what they paint.

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
 * Builds the grid. `begin(cell)`, `paint(cells)` and `end()` follow a stroke; `cancel()` says that it was none
 * (a second finger came down to zoom the page). Returns the node to show, its cells, row by row;
 * `tint(colours)`, which lays a colour under each cell, from red, green, blue and alpha of one after the other;
 * `outline(mask, kind, inset)`, which draws a line of the class `sl-kind` over them; and `over` and `under`, what is
 * drawn there.
 * @param {{ rows: number, cols: number, label: string, begin: (cell: Cell) => void, paint: (cells: Cell[]) => void,
 *   end: () => void, cancel: () => void }} strokes
 */
export function pixelGrid({ rows, cols, label, begin, paint, end, cancel }) {
  const cells = Array.from({ length: rows }, () =>
    Array.from({ length: cols }, () =>
      // JupyterLab leaves keys alone where this attribute stands; else they would be notebook commands.
      h("div", { role: "gridcell", class: "sl-cell", tabindex: -1, "data-lm-suppress-shortcuts": "true" })));
  const grid = h("div", {
    role: "grid",
    class: "sl-grid",
    "aria-label": label,
    "aria-multiselectable": "true",
  }, ...cells.map((row) => h("div", { role: "row", class: "sl-row" }, ...row)));

  /** @param {Cell} cell */
  const inside = ([r, c]) => r >= 0 && r < rows && c >= 0 && c < cols;

  // One cell is in the page's tab order; the arrow keys move that place within the grid.
  /** @type {Cell} */
  let place = [0, 0];
  cells[0][0].tabIndex = 0;
  /** @param {Cell} cell */
  const moveTo = ([r, c]) => cells[r][c].focus({ preventScroll: true });
  /** @type {(cell: HTMLElement) => Cell} */
  const placeOf = (cell) => {
    const r = cells.findIndex((row) => row.some((one) => one === cell));
    return [r, cells[r].findIndex((one) => one === cell)];
  };
  // Screen readers move the focus on their own ways, so its place is read from the page, whoever moved it.
  grid.addEventListener("focusin", (event) => {
    cells[place[0]][place[1]].tabIndex = -1;
    const cell = /** @type {HTMLElement} */ (event.target);
    place = placeOf(cell);
    cell.tabIndex = 0;
  });

  // A pointer may leave the grid and come back: cells are counted beyond its edges, and only those inside are painted.
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
    moveTo(reached);
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

  /** @param {Cell} at */
  const dab = (at) => {
    begin(at);
    paint([at]);
    end();
  };
  // A click that no pointer made: a screen reader's way to press.
  grid.addEventListener("click", (event) => {
    if (event.detail === 0 && event.target !== grid) dab(placeOf(/** @type {HTMLElement} */ (event.target)));
  });
  grid.addEventListener("keydown", (event) => {
    const [r, c] = place;
    const all = event.ctrlKey || event.metaKey;
    /** @type {Record<string, Cell>} */
    const goals = {
      ArrowUp: [r - 1, c],
      ArrowDown: [r + 1, c],
      ArrowLeft: [r, c - 1],
      ArrowRight: [r, c + 1],
      Home: [all ? 0 : r, 0],
      End: [all ? rows - 1 : r, cols - 1],
    };
    const goal = goals[event.key];
    if (goal) {
      if (inside(goal)) moveTo(goal);
    } else if (event.key === " " || event.key === "Enter") {
      dab(place);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });

  const [under, over] = ["sl-marks", "sl-contour"].map((name) => drawing(rows, cols, name));
  /** @param {number[][]} mask */
  const outline = (mask, kind = "edge", inset = 0) => over.trace(kind, contour(mask, inset));

  const size = cols > FINE ? "sl-canvas sl-fine" : "sl-canvas";
  const node = h(
    "div",
    { class: size, style: `--rows: ${rows}; --cols: ${cols}` },
    under.node,
    grid,
    over.node,
  );
  // One picture of all the colours: styles of 4096 cells take ten times as long.
  /** @type {HTMLCanvasElement | null} */
  let film = null;
  /** @param {ImageDataArray} colours */
  const tint = (colours) => {
    if (!film) {
      node.prepend(
        film = h("canvas", { width: cols, height: rows, class: "sl-film", "aria-hidden": "true" }),
      );
    }
    film.getContext("2d")?.putImageData(new ImageData(colours, cols, rows), 0, 0);
  };
  return { node, cells, tint, outline, under, over };
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
