// @ts-nocheck: typed when it is split into panels
import { counts, fractions, outcome } from "../kit/losses.js";
import {
  button,
  decimals,
  equals,
  fill,
  fraction,
  group,
  h,
  languageOf,
  piece,
  plain,
  sets,
  slider,
} from "../kit/ui.js";
import { edits, localized } from "../kit/edits.js";
import { areas, drawing, marks, pixelGrid } from "../kit/pixel_grid.js";
import { shareable } from "../kit/links.js";
import { STRINGS } from "./words.js";

// The grid painter: two hard masks on one grid, and what their overlap is worth.
// The model holds everything that lasts (target, prediction, smooth, subject); a view only draws it.

const OUTCOMES = ["tp", "fp", "fn", "tn"];
const MARKS = {
  tp: "m.5 .5h0",
  fp: "m.3 .3l.4 .4m-.4 0l.4 -.4",
  fn: "m.29 .5a.21 .21 0 1 0 .42 0a.21 .21 0 1 0 -.42 0",
};

/** Each pixel's outcome: a ground of its colour, and a mark for eyes that do not see it. */
function drawOutcomes(picture, kinds, cols) {
  const grounds = areas(kinds, cols);
  for (const kind of ["tp", "fp"]) picture.trace(kind, grounds[kind] ?? "");
  for (const [kind, mark] of Object.entries(MARKS)) {
    picture.trace(`mark-${kind}`, marks(kinds, cols, kind, mark));
  }
}

function sample(kind) {
  const picture = drawing(1, 1, "sl-marks gp-sample");
  drawOutcomes(picture, [kind], 1);
  return picture.node;
}

function mount(model, el) {
  const t = STRINGS[languageOf(model)];
  const [rows, cols] = [model.get("target").length, model.get("target")[0].length];

  const edit = edits(model, ["target", "prediction"], () => {
    drawButtons();
    announce();
  });

  // A stroke paints all it touches with the opposite of its first pixel, and is one step to undo.
  let stroke = null;
  const board = pixelGrid({
    rows,
    cols,
    label: t.grid(rows, cols),
    begin([r, c]) {
      const subject = model.get("subject");
      stroke = { subject, before: edit.present(), value: 1 - model.get(subject)[r][c] };
    },
    paint(path) {
      const mask = model.get(stroke.subject).map((row) => [...row]);
      for (const [r, c] of path) mask[r][c] = stroke.value;
      edit.write({ [stroke.subject]: mask });
    },
    end: () => edit.finish(stroke.before),
    cancel: () => edit.write(stroke.before),
  });

  // ---- the parts ------------------------------------------------------------------------------------------
  const choose = (subject) => {
    model.set("subject", subject);
    model.save_changes();
  };
  const subjects = ["prediction", "target"].map((name) => [name, button(t[name], () => choose(name))]);
  const presets = model.get("_presets").map((
    [name, mask],
  ) => [mask, button(t.names[name] ?? name, () => edit.replace({ prediction: mask }))]);
  const undo = button(t.undo, () => edit.travel("back"));
  const redo = button(t.redo, () => edit.travel("forward"));
  const clear = button(
    t.clear,
    () => edit.replace({ [model.get("subject")]: Array.from({ length: rows }, () => Array(cols).fill(0)) }),
  );
  const reset = button(t.reset, () => {
    const { smooth, ...masks } = model.get("_start");
    edit.write({ smooth });
    edit.replace(masks);
  });

  const number = Object.fromEntries(
    OUTCOMES.map((kind) => [kind, h("span", { class: "sl-number", "data-count": kind })]),
  );
  const cell = (kind) =>
    h("td", {}, sample(kind), h("abbr", { title: t.outcomes[kind] }, kind.toUpperCase()), number[kind]);
  const matrix = h(
    "table",
    { class: "gp-matrix", "aria-label": t.matrix },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td"),
        h("th", { scope: "col" }, `${t.truth} 1`),
        h("th", { scope: "col" }, `${t.truth} 0`),
      ),
    ),
    h(
      "tbody",
      {},
      h("tr", {}, h("th", { scope: "row" }, `${t.predicted} 1`), cell("tp"), cell("fp")),
      h("tr", {}, h("th", { scope: "row" }, `${t.predicted} 0`), cell("fn"), cell("tn")),
    ),
  );

  const line = (name, label) => {
    const value = h("dd", { "data-score": name });
    return [value, h("div", {}, h("dt", {}, label), value)];
  };
  const [dice, diceLine] = line("dice", "Dice");
  const [iou, iouLine] = line("iou", "IoU");
  const ratios = ["precision", "recall", "accuracy"].map((name) => [name, ...line(name, t.scores[name])]);
  const smooth = slider(t.smooth, {
    min: 0,
    max: 10,
    step: 0.5,
    onslide: (value) => edit.write({ smooth: value }),
    onsettle: edit.settle,
  });
  const status = h("p", { role: "status", class: "sl-hidden" });

  // ---- drawing --------------------------------------------------------------------------------------------
  const nodes = board.cells.flat();
  const shown = []; // what each cell says, so that a stroke touches only the cells it changes
  function drawCells() {
    const [target, prediction, painted] = ["target", "prediction", model.get("subject")].map((name) =>
      model.get(name).flat()
    );
    const kinds = prediction.map((x, i) => outcome(x, target[i]));
    drawOutcomes(board.under, kinds, cols);
    nodes.forEach((node, i) => {
      const says = kinds[i] + painted[i];
      if (shown[i] === says) return;
      shown[i] = says;
      node.dataset.outcome = kinds[i];
      node.setAttribute("aria-label", t.cell(Math.floor(i / cols) + 1, (i % cols) + 1, t.outcomes[kinds[i]]));
      node.setAttribute("aria-selected", painted[i] === 1);
    });
  }

  /** "2·19 + 1 over 19 + 20 + 1": the formula with the grid's own numbers in it, smooth only where there is one. */
  const substituted = ({ tp, fp, fn }, s) => {
    const [X, Y, plus] = [tp + fp, tp + fn, s ? ` + ${plain(s)}` : ""];
    return {
      dice: [`2·${tp}${plus}`, `${X} + ${Y}${plus}`],
      iou: [`${tp}${plus}`, `${X} + ${Y} − ${tp}${plus}`],
    };
  };

  function drawScores() {
    const s = model.get("smooth");
    const n = counts(model.get("prediction").flat(), model.get("target").flat());
    for (const kind of OUTCOMES) fill(number[kind], n[kind]);
    const exact = fractions(n, s);
    const formula = substituted(n, s);
    for (const [name, node, label] of [["dice", dice, "Dice"], ["iou", iou, "IoU"]]) {
      const [top, bottom] = exact[name];
      const value = bottom ? top / bottom : 1;
      fill(
        node,
        piece(
          "span",
          { class: "gp-equation" },
          "= ",
          fraction(...formula[name]),
          " = ",
          fraction(plain(top), plain(bottom)),
          " ",
          piece("strong", { class: "sl-number" }, bottom ? equals(value) : "→ 1"),
        ),
        ...(bottom ? [] : [piece("span", { class: "gp-note" }, t.bothEmpty)]),
        piece("span", { class: "gp-note" }, `${t.loss(label)} ${equals(1 - value)}`),
      );
    }
    for (const [name, node] of ratios) {
      const [top, bottom] = fractions(n)[name];
      fill(node, bottom ? `= ${top}/${bottom} ${equals(top / bottom)}` : t.undefined);
    }
    smooth.show(s);
  }

  function drawButtons() {
    const subject = model.get("subject");
    const now = JSON.stringify(model.get("prediction"));
    for (const [name, node] of subjects) node.setAttribute("aria-pressed", name === subject);
    for (const [mask, node] of presets) node.setAttribute("aria-pressed", JSON.stringify(mask) === now);
    clear.setAttribute("aria-label", t.clears[subject]);
    // Not `disabled`: a button that vanishes from under the keyboard's focus would throw its user out of the widget.
    undo.setAttribute("aria-disabled", !edit.can("back"));
    redo.setAttribute("aria-disabled", !edit.can("forward"));
  }

  function announce() {
    const n = counts(model.get("prediction").flat(), model.get("target").flat());
    const { dice: d, iou: j } = fractions(n, model.get("smooth"));
    const say = ([top, bottom]) => decimals(bottom ? top / bottom : 1);
    status.textContent = `Dice ${say(d)}, IoU ${say(j)}; TP ${n.tp}, FP ${n.fp}, FN ${n.fn}, TN ${n.tn}`;
  }

  const drawAll = () => {
    edit.drawn();
    drawCells();
    drawScores();
    drawButtons();
  };
  const drawTruth = () => {
    board.outline(model.get("target"));
    drawAll();
  };

  const root = h(
    "div",
    { class: "sl-widget grid-painter", lang: t.lang, "data-lm-suppress-shortcuts": "true" },
    h(
      "div",
      { class: "sl-controls" },
      group(t.paint, ...subjects.map(([name, node]) => sets(name, node))),
      ...(presets.length
        ? [sets(
          "prediction",
          group(t.presets, ...presets.map(([, node]) => node)),
        )]
        : []),
    ),
    h(
      "div",
      { class: "gp-main" },
      h(
        "div",
        {},
        sets("prediction target", board.node),
        sets("prediction target", h("div", { class: "sl-group gp-later" }, undo, redo, clear, reset)),
        h("p", { class: "gp-note gp-later sl-screen" }, t.hint),
      ),
      h(
        "div",
        {},
        h("dl", { class: "gp-scores" }, diceLine, iouLine),
        h("div", { class: "gp-later" }, sets("smooth", smooth.node)),
        h("div", { class: "gp-later" }, matrix, h("p", { class: "gp-note" }, t.contour)),
        h("dl", { class: "gp-ratios gp-later" }, ...ratios.map(([, , node]) => node)),
      ),
    ),
    status,
  );
  edit.listen(root);

  const watched = {
    "change:target": drawTruth,
    "change:prediction": drawAll,
    "change:smooth": drawScores,
    "change:subject": () => {
      drawCells();
      drawButtons();
    },
  };
  for (const [name, act] of Object.entries(watched)) model.on(name, act);
  drawTruth();
  el.append(root);
  return () => {
    for (const [name, act] of Object.entries(watched)) model.off(name, act);
    root.remove();
  };
}

export default shareable(localized(mount));
