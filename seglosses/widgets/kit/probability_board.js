import { pixelGrid } from "./pixel_grid.js";
/** @import { Cell } from "./cells.js" */
/** @import { edits } from "./edits.js" */
/** @import { Model } from "./ui.js" */

// A grid to paint probabilities on, with the model's brush or by digits.

const BY_KEY = new Map([["+", 0.05], ["=", 0.05], ["-", -0.05], ["−", -0.05]]);

/**
 * Paints the trait `painted` of a model; `paintedAt(path, p)` is what that holds with p along the path. `onlook(place, how)` says which pixel is looked at: painted, pointed at or
 * focused.
 * @param {Model} model
 * @param {ReturnType<typeof edits>} edit
 * @param {{ painted: string, label: string, onlook: (place: Cell, how: "paint" | "pointerover" | "focusin") => void }} of
 */
export function probabilityBoard(model, edit, { painted, label, onlook }) {
  const [rows, cols] = [model.get("target").length, model.get("target")[0].length];
  /** @type {(path: Cell[], value: number) => Record<string, number[][]>} */
  const paintedAt = (path, value) => {
    const grid = model.get(painted).map((/** @type {number[]} */ row) => [...row]);
    for (const [r, c] of path) grid[r][c] = value;
    return { [painted]: grid };
  };
  let before = edit.present(); // the state that the running stroke began in
  const board = pixelGrid({
    rows,
    cols,
    label,
    begin: () => before = edit.present(),
    paint(path) {
      const last = path.at(-1);
      if (last) onlook(last, "paint");
      edit.write(paintedAt(path, model.get("brush")));
    },
    end: () => edit.finish(before),
    cancel: () => edit.write(before),
  });
  board.node.addEventListener("keydown", (event) => {
    const place = placeIn(board.cells, event);
    if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
    const p = model.get(painted)[place[0]][place[1]];
    const step = BY_KEY.get(event.key);
    if (/^\d$/.test(event.key)) edit.replace(paintedAt([place], Number(event.key) / 10));
    else if (step) edit.replace(paintedAt([place], Number(Math.min(1, Math.max(0, p + step)).toFixed(4))));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  for (const how of /** @type {const} */ (["pointerover", "focusin"])) {
    board.node.addEventListener(how, (event) => {
      const place = placeIn(board.cells, event);
      if (place) onlook(place, how);
    });
  }
  return { ...board, rows, cols, paintedAt };
}

/**
 * The cell that an event is in, if it is in one.
 * @type {(cells: HTMLElement[][], event: Event) => Cell | null}
 */
function placeIn(cells, event) {
  const cell = event.target instanceof Element && event.target.closest("[role=gridcell]");
  if (!cell) return null;
  const r = cells.findIndex((row) => row[0].parentNode === cell.parentNode);
  return [r, cells[r].findIndex((one) => one === cell)];
}
