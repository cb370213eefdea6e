import { sigmoid } from "../kit/losses.js";
import { pixelGrid } from "../kit/pixel_grid.js";
import { History } from "../kit/edits.js";
import { plain } from "../kit/numbers.js";
import { button, fill, group, h, slider } from "../kit/ui.js";
/** @import { Field } from "./fields.js" */
/** @import { GridExercise } from "./state.js" */

// The field of an answer that is painted: a mask, whose pixels are toggled, or logits, laid on by a brush.

const GREEN = [0, 158, 115]; // --tp of kit/ui.css, on both themes: it lies there as strongly as the pixel is sure

/** @type {(rows: number[][]) => ImageDataArray} */
function colours(rows) {
  return new Uint8ClampedArray(rows.flat().flatMap((p) => [...GREEN, 255 * p]));
}

/** @type {(exercise: GridExercise, t: any) => Field} */
export function gridField(exercise, t) {
  const isMask = exercise.holds === "mask";
  const [height, width] = [exercise.start.length, exercise.start[0].length];
  /** @type {History<number[][]>} */
  const history = new History();
  let rows = exercise.start;
  let before = rows;
  let brush = isMask ? 1 : 20; // a logit of 20 is sure, and the slider takes the other sign as well

  /** @param {number[][]} next */
  const put = (next) => {
    rows = next;
    draw();
  };
  /** @param {number[][]} next */
  const replace = (next) => {
    history.record(rows);
    put(next);
  };
  const board = pixelGrid({
    rows: height,
    cols: width,
    label: isMask ? t.mask(height, width) : t.logits(height, width),
    begin([r, c]) {
      before = rows;
      if (isMask) brush = 1 - rows[r][c];
    },
    paint(path) {
      const next = rows.map((row) => [...row]);
      for (const [r, c] of path) next[r][c] = brush;
      put(next);
    },
    end: () => history.record(before),
    cancel: () => put(before),
  });
  board.outline(exercise.outline);

  const undo = button(t.undo, () => {
    if (history.past.length) put(history.back(rows) ?? rows);
  });
  const again = button(t.startAgain, () => replace(exercise.start));
  const all = button(t.paintAll, () => replace(rows.map((row) => row.map(() => brush))));
  const logit = slider(t.brush, {
    min: -40,
    max: 40,
    step: 1,
    onslide: (value) => logit.show(brush = value),
    onsettle: () => {},
  });
  logit.show(brush);

  function draw() {
    board.tint(colours(isMask ? rows : rows.map((row) => row.map(sigmoid))));
    rows.forEach((row, r) =>
      row.forEach((x, c) => {
        const [cell, value] = [board.cells[r][c], plain(Number(x.toFixed(1)))];
        cell.setAttribute("aria-label", t.cell(r + 1, c + 1, isMask ? t.painted[x] : value));
        if (isMask) cell.setAttribute("aria-selected", String(x === 1));
        else fill(cell, value.replace("-", "−"));
      })
    );
    undo.setAttribute("aria-disabled", String(!history.past.length));
  }

  return {
    node: h(
      "div",
      { class: "ex-painter" },
      ...(isMask ? [] : [logit.node]),
      h("div", { class: isMask ? "ex-board" : "ex-board ex-logits" }, board.node),
      group(t.painting, undo, again, ...(isMask ? [] : [all])),
      h("p", { class: "ex-quiet" }, isMask ? t.maskHint : t.logitsHint),
    ),
    read: () => rows,
    show: (answer) => put(answer ?? exercise.start),
    focus: () => board.cells[0][0].focus(),
  };
}
