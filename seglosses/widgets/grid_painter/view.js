import { button, choice, fill, group, h, OWN_KEYS, sets, slider, wordsOf } from "../kit/ui.js";
import { decimals, equals } from "../kit/numbers.js";
import { edits } from "../kit/edits.js";
import { localized, shown } from "../kit/view.js";
import { areas, FINE, marks } from "../kit/cells.js";
import { drawing, pixelGrid } from "../kit/pixel_grid.js";
import { shareable } from "../kit/links.js";
import looks from "../kit/looks.json" with { type: "json" };
import { curvePanel } from "./curve.js";
import { scoresPanel } from "./fraction.js";
import { halvesPanel } from "./halves.js";
import { judged, TIMES, valueOf } from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Model } from "../kit/ui.js" */
/** @import { Outcome } from "../kit/losses.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { State, Subject, Term } from "./state.js" */
/** @typedef {import("./words.js").Table} Table */
/** @typedef {ReturnType<typeof edits>} Edits */

// The grid painter: two hard masks on one grid, and what their overlap is worth.
// The model holds everything that lasts (target, prediction, smooth, subject); a view only draws it.

/** @type {Outcome[]} */
const OUTCOMES = ["tp", "fp", "fn", "tn"];

/**
 * Each pixel's outcome: a ground of its colour, and a mark for eyes that do not see it.
 * @type {(picture: ReturnType<typeof drawing>, kinds: Outcome[], cols: number) => Record<string, string>}
 */
function drawOutcomes(picture, kinds, cols) {
  const grounds = areas(kinds, cols);
  for (const kind of ["tp", "fp"]) picture.trace(kind, grounds[kind] ?? "");
  for (const [kind, mark] of Object.entries(looks.marks)) {
    picture.trace(`mark-${kind}`, marks(/** @type {string[]} */ (kinds), cols, kind, mark.d));
  }
  return grounds;
}

const ONCE = "m.09 .09h.82v.82h-.82z";
const FRAMES = ["", ONCE, `${ONCE}m.1 .1h.62v.62h-.62z`]; // of a pixel that a term counts once, or twice

/**
 * Lights what a term counts: a veil over all other pixels, and a frame for each time that a pixel counts.
 * @type {(picture: ReturnType<typeof drawing>, kinds: Outcome[], grounds: Record<string, string>, cols: number, term: Term | null) => void}
 */
function light(picture, kinds, grounds, cols, term) {
  const times = term ? TIMES[term] : {};
  picture.trace("veil", term ? OUTCOMES.map((kind) => times[kind] ? "" : grounds[kind] ?? "").join("") : "");
  for (const kind of OUTCOMES) {
    const n = (cols <= FINE && times[kind]) || 0; // frames in smaller pixels could not be seen
    picture.trace(`times-${kind}`, n ? marks(kinds, cols, kind, FRAMES[n]) : "");
  }
}

/** @param {Outcome} kind */
function sample(kind) {
  const picture = drawing(1, 1, "sl-marks gp-sample");
  drawOutcomes(picture, [kind], 1);
  return picture.node;
}

/**
 * The grid. A stroke paints all it touches with the opposite of its first pixel, and is one step to undo.
 * `shine()` lights the term that `lit()` says.
 * @type {(model: Model, edit: Edits, t: Table, lit: () => Term | null) =>
 *   Panel<State> & { outline: (mask: number[][]) => void, shine: () => void }}
 */
function boardPanel(model, edit, t, lit) {
  const [rows, cols] = [model.get("target").length, model.get("target")[0].length];
  let stroke = { subject: "prediction", before: edit.present(), value: 1 };
  const board = pixelGrid({
    rows,
    cols,
    label: t.grid(rows, cols),
    begin([r, c]) {
      const subject = model.get("subject");
      stroke = { subject, before: edit.present(), value: 1 - model.get(subject)[r][c] };
    },
    paint(path) {
      const mask = model.get(stroke.subject).map((/** @type {number[]} */ row) => [...row]);
      for (const [r, c] of path) mask[r][c] = stroke.value;
      edit.write({ [stroke.subject]: mask });
    },
    end: () => edit.finish(stroke.before),
    cancel: () => edit.write(stroke.before),
  });

  const nodes = board.cells.flat();
  /** @type {string[]} */
  const said = []; // of each cell, so that a stroke touches only the cells it changes
  /** @type {() => void} */
  let shine = () => {};
  /** @param {State} state */
  function draw({ kinds, painted }) {
    const grounds = drawOutcomes(board.under, kinds, cols);
    shine = () => light(board.under, kinds, grounds, cols, lit());
    shine();
    nodes.forEach((node, i) => {
      const says = kinds[i] + painted[i];
      if (said[i] === says) return;
      said[i] = says;
      node.dataset.outcome = kinds[i];
      node.setAttribute("aria-label", t.cell(Math.floor(i / cols) + 1, (i % cols) + 1, t.outcomes[kinds[i]]));
      node.setAttribute("aria-selected", String(painted[i] === 1));
    });
  }
  const node = sets("prediction target", board.node);
  return { node, draw, outline: board.outline, shine: () => shine() };
}

/**
 * What is painted, and the predictions to start from.
 * @type {(model: Model, edit: Edits, t: Table) => Panel<State>}
 */
function subjectPanel(model, edit, t) {
  /** @type {[Subject, string][]} */
  const labels = [["prediction", t.prediction], ["target", t.target]];
  const subjects = choice(labels, (subject) => {
    model.set("subject", subject);
    model.save_changes();
  });
  /** @type {[string, number[][]][]} */
  const given = model.get("_presets");
  /** @type {Record<string, string>} */
  const names = t.names;
  const presets = choice(
    given.map(([name, mask]) => [JSON.stringify(mask), names[name] ?? name]),
    (mask) => edit.replace({ prediction: JSON.parse(mask) }),
  );
  const node = h(
    "div",
    { class: "sl-controls" },
    group(t.paint, ...subjects.buttons.map((one) => sets(one.value, one.node))),
    ...(given.length ? [sets("prediction", group(t.presets, ...presets.nodes))] : []),
  );
  return {
    node,
    draw(state) {
      subjects.show(state.subject);
      presets.show(JSON.stringify(model.get("prediction")));
    },
  };
}

/**
 * Undo, redo, clear and reset.
 * @type {(model: Model, edit: Edits, t: Table) => Panel<{ subject: Subject }>}
 */
function stepsPanel(model, edit, t) {
  const undo = button(t.undo, () => edit.travel("back"));
  const redo = button(t.redo, () => edit.travel("forward"));
  const clear = button(t.clear, () => {
    const subject = model.get("subject");
    edit.replace({ [subject]: model.get(subject).map((/** @type {number[]} */ row) => row.map(() => 0)) });
  });
  const reset = button(t.reset, () => {
    const { smooth, ...masks } = model.get("_start");
    edit.write({ smooth });
    edit.replace(masks);
  });
  return {
    node: sets("prediction target", h("div", { class: "sl-group gp-later" }, undo, redo, clear, reset)),
    draw({ subject }) {
      clear.setAttribute("aria-label", t.clears[subject]);
      // Not `disabled`: a button that vanishes from under the keyboard's focus would throw its user out of the widget.
      undo.setAttribute("aria-disabled", String(!edit.can("back")));
      redo.setAttribute("aria-disabled", String(!edit.can("forward")));
    },
  };
}

/**
 * The legend is the confusion matrix: each outcome with its mark, its name and its count.
 * @type {(t: Table) => Panel<State>}
 */
function matrixPanel(t) {
  const number = OUTCOMES.map((kind) => ({
    kind,
    node: h("span", { class: "sl-number", "data-count": kind }),
  }));
  const [tp, fp, fn, tn] = number.map(({ kind, node }) =>
    h("td", {}, sample(kind), h("abbr", { title: t.outcomes[kind] }, kind.toUpperCase()), node)
  );
  /** @param {string} text */
  const column = (text) => h("th", { scope: "col" }, text);
  /** @type {(text: string, cells: HTMLElement[]) => HTMLElement} */
  const row = (text, cells) => h("tr", {}, h("th", { scope: "row" }, text), ...cells);
  const matrix = h(
    "table",
    { class: "gp-matrix", "aria-label": t.matrix },
    h("thead", {}, h("tr", {}, h("td"), column(`${t.truth} 1`), column(`${t.truth} 0`))),
    h("tbody", {}, row(`${t.predicted} 1`, [tp, fp]), row(`${t.predicted} 0`, [fn, tn])),
  );
  return {
    node: h("div", { class: "gp-later" }, matrix, h("p", { class: "gp-note" }, t.contour)),
    draw({ counts }) {
      for (const { kind, node } of number) fill(node, counts[kind]);
    },
  };
}

/**
 * Precision, recall and accuracy.
 * @type {(t: Table) => Panel<State>}
 */
function ratiosPanel(t) {
  const lines = /** @type {const} */ (["precision", "recall", "accuracy"]).map((name) => ({
    name,
    value: h("dd", { "data-score": name }),
  }));
  const rows = lines.map(({ name, value }) => h("div", {}, h("dt", {}, t.scores[name]), value));
  return {
    node: h("dl", { class: "gp-ratios gp-later" }, ...rows),
    draw({ unsmoothed }) {
      for (const { name, value } of lines) {
        const [top, bottom] = unsmoothed[name];
        fill(value, bottom ? `= ${top}/${bottom} ${equals(top / bottom)}` : t.undefined);
      }
    },
  };
}

/** @type {(edit: Edits, t: Table) => Panel<State>} */
function smoothPanel(edit, t) {
  const onslide = (/** @type {number} */ value) => edit.write({ smooth: value });
  const smooth = slider(t.smooth, { min: 0, max: 10, step: 0.5, onslide, onsettle: edit.settle });
  return {
    node: h("div", { class: "gp-later" }, sets("smooth", smooth.node)),
    draw: (state) => smooth.show(state.smooth),
  };
}

/** @param {State} state */
function summary({ counts: n, scores }) {
  const [dice, iou] = [scores.dice, scores.iou].map((score) => decimals(valueOf(score)));
  return `Dice ${dice}, IoU ${iou}; TP ${n.tp}, FP ${n.fp}, FN ${n.fn}, TN ${n.tn}`;
}

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mount(model, el) {
  const t = wordsOf(STRINGS, model);
  const read = () => {
    const [target, prediction, smooth] = ["target", "prediction", "smooth"].map((name) => model.get(name));
    return judged({ target, prediction, smooth, subject: model.get("subject") });
  };
  const status = h("p", { role: "status", class: "sl-hidden" });
  const edit = edits(model, ["target", "prediction"], () => {
    const state = read();
    steps.draw(state);
    status.textContent = summary(state);
  });

  const scores = scoresPanel(t, () => board.shine());
  const board = boardPanel(model, edit, t, scores.lit);
  const [subject, steps] = [subjectPanel(model, edit, t), stepsPanel(model, edit, t)];
  const halves = model.get("halves") === "none" ? [] : [halvesPanel(model, t)];
  const curves = model.get("plot") === "dice_of_iou" ? [curvePanel(t)] : [];
  const beside = [scores, ...halves, smoothPanel(edit, t), matrixPanel(t), ratiosPanel(t)];
  const numbers = [...beside, ...curves];

  /** @param {Panel<State>[]} panels */
  const draw = (...panels) => {
    const state = read();
    for (const panel of panels) panel.draw(state);
  };
  const drawAll = () => {
    edit.drawn();
    draw(board, subject, steps, ...numbers);
  };
  const drawTruth = () => {
    board.outline(model.get("target"));
    drawAll();
  };

  const hint = h("p", { class: "gp-note gp-later sl-screen" }, t.hint);
  const root = h(
    "div",
    { class: "sl-widget grid-painter", "data-halves": model.get("halves"), lang: t.lang, ...OWN_KEYS },
    subject.node,
    h(
      "div",
      { class: "gp-main" },
      h("div", {}, board.node, steps.node, hint, ...curves.map(({ node }) => node)),
      h("div", {}, ...beside.map(({ node }) => node)),
    ),
    status,
  );
  edit.listen(root);
  drawTruth();
  const drawSubject = () => draw(board, subject, steps);
  const watched = {
    target: drawTruth,
    prediction: drawAll,
    smooth: () => draw(...numbers),
    subject: drawSubject,
  };
  return shown({ model, el, root, watched });
}

export default shareable(localized(mount));
