import { button, choice, fill, fraction, group, h, OWN_KEYS, piece, sets, wordsOf } from "../kit/ui.js";
import { equals } from "../kit/numbers.js";
import { edits } from "../kit/edits.js";
import { localized, shown } from "../kit/view.js";
import { pixelGrid } from "../kit/pixel_grid.js";
import { shareable } from "../kit/links.js";
import looks from "../kit/looks.json" with { type: "json" };
import { IGNORED, judged, sign } from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Cell } from "../kit/cells.js" */
/** @import { Content, Model } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { Absent, Average, Ratio, Score, State } from "./state.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */
/** @typedef {ReturnType<typeof edits>} Edits */
/** @typedef {"prediction" | "target"} Subject */

// The class painter: two maps of three classes on one grid, and four averages of their scores.
// The model holds everything that lasts; a view only draws it.

/** @type {Record<string, 0 | 1 | 2 | 255>} */
const BRUSHES = { background: 0, lung: 1, nodule: 2, unlabelled: IGNORED };
const NAMES = { dice: "Dice", iou: "IoU" };
const KINDS = /** @type {const} */ (["pooled", "weighted", "mean", "foreground"]);

/** @type {Record<number, number[]>} */
const TINTS = { 0: [0, 0, 0, 0], 1: tintOf(looks.outcomes.fn), 2: tintOf(looks.outcomes.fp) };

/**
 * A colour of the book as strong as a number on it can be read.
 * @param {string} name
 */
function tintOf(name) {
  const colour = /** @type {Record<string, string>} */ (looks.colours)[name];
  return [...[1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16)), 255 * looks.tint];
}

/**
 * A fraction with its decimals: the value of a score.
 * @type {(ratio: Ratio) => Content[]}
 */
const valued = (ratio) =>
  ratio
    ? [
      fraction([String(ratio[0])], [String(ratio[1])]),
      " ",
      piece("strong", { class: "sl-number" }, equals(ratio[0] / ratio[1])),
    ]
    : [piece("strong", { class: "sl-number" }, "0/0")];

// ---- the grid -----------------------------------------------------------------------------------------------

/**
 * The grid. A stroke paints the brush's class, or the background where it begins on that class; it is one step to undo.
 * @type {(model: Model, edit: Edits, t: Table) => Panel<State>}
 */
function boardPanel(model, edit, t) {
  const [rows, cols] = [model.get("target").length, model.get("target")[0].length];
  let stroke = { subject: "prediction", before: edit.present(), value: 1 };
  /** @type {(path: Cell[], value: number, subject: string) => Record<string, number[][]>} */
  const painted = (path, value, subject) => {
    const map = model.get(subject).map((/** @type {number[]} */ row) => [...row]);
    for (const [r, c] of path) map[r][c] = value;
    return { [subject]: map };
  };
  const board = pixelGrid({
    rows,
    cols,
    label: t.grid(rows, cols),
    begin([r, c]) {
      const [subject, brush] = [model.get("subject"), BRUSHES[model.get("brush")]];
      const value = model.get(subject)[r][c] === brush || (subject === "prediction" && brush === IGNORED)
        ? 0
        : brush;
      stroke = { subject, before: edit.present(), value };
    },
    paint: (path) => edit.write(painted(path, stroke.value, stroke.subject)),
    end: () => edit.finish(stroke.before),
    cancel: () => edit.write(stroke.before),
  });
  const nodes = board.cells.flat();
  board.node.addEventListener("keydown", (event) => {
    const i = nodes.findIndex((node) => node === event.target);
    if (i < 0 || !/^[012]$/.test(event.key) || event.ctrlKey || event.metaKey || event.altKey) return;
    edit.replace(painted([[Math.floor(i / cols), i % cols]], Number(event.key), model.get("subject")));
    event.preventDefault();
    event.stopPropagation();
  });

  /** @type {string[]} */
  const said = []; // of each cell, so that a stroke touches only the cells it changes
  /** @param {State} state */
  function draw({ target, prediction }) {
    const [x, y] = [prediction.flat(), target.flat()];
    board.tint(new Uint8ClampedArray(x.flatMap((one, i) => TINTS[y[i] === IGNORED ? 0 : one])));
    nodes.forEach((node, i) => {
      const says = `${x[i]} ${y[i]}`;
      if (said[i] === says) return;
      said[i] = says;
      node.textContent = sign(x[i], y[i]);
      const [one, other] = [x[i], y[i]].map((k) => t.classes[/** @type {0} */ (k)]);
      node.setAttribute("aria-label", t.cell(Math.floor(i / cols) + 1, (i % cols) + 1, one, other));
    });
    /** @param {number} k */
    const maskOf = (k) => target.map((row) => row.map((one) => Number(one === k)));
    board.outline(maskOf(1));
    board.outline(maskOf(2), "dots", looks.dots.inset);
  }
  return { node: sets("prediction target", board.node), draw };
}

// ---- the controls -------------------------------------------------------------------------------------------

/**
 * What is painted and with which class, and the predictions to start from.
 * @type {(model: Model, edit: Edits, t: Table) => Panel<State>}
 */
function paintPanel(model, edit, t) {
  /** @param {Record<string, string>} state */
  const set = (state) => {
    edit.write(state);
    edit.settle();
  };
  /** @type {[Subject, string][]} */
  const labels = [["prediction", t.prediction], ["target", t.target]];
  const subjects = choice(labels, (subject) => {
    // Only the truth can have pixels without a label.
    set(
      subject === "prediction" && model.get("brush") === "unlabelled"
        ? { subject, brush: "nodule" }
        : { subject },
    );
  });
  const brushes = choice(
    Object.entries(BRUSHES).map(([name, k]) => [name, k === IGNORED ? t.classes[k] : `${k} ${t.classes[k]}`]),
    (brush) => set(brush === "unlabelled" ? { brush, subject: "target" } : { brush }),
  );
  /** @type {[string, number[][]][]} */
  const given = model.get("_presets");
  /** @type {Record<string, string>} */
  const names = t.names;
  const presets = choice(
    given.map(([name, map]) => [JSON.stringify(map), names[name] ?? name]),
    (map) => edit.replace({ prediction: JSON.parse(map) }),
  );
  const node = h(
    "div",
    { class: "sl-controls" },
    group(t.paint, ...subjects.buttons.map((one) => sets(one.value, one.node))),
    sets("brush", group(t.brush, ...brushes.nodes)),
    ...(given.length ? [sets("prediction", group(t.presets, ...presets.nodes))] : []),
  );
  return {
    node,
    draw() {
      subjects.show(model.get("subject"));
      brushes.show(model.get("brush"));
      presets.show(JSON.stringify(model.get("prediction")));
    },
  };
}

/**
 * Undo, redo and reset.
 * @type {(model: Model, edit: Edits, t: Table) => Panel<State>}
 */
function stepsPanel(model, edit, t) {
  const undo = button(t.undo, () => edit.travel("back"));
  const redo = button(t.redo, () => edit.travel("forward"));
  const reset = button(t.reset, () => {
    const { target, prediction, ...settings } = model.get("_start");
    edit.write(settings);
    edit.replace({ target, prediction });
  });
  return {
    node: sets("prediction target", h("div", { class: "sl-group cp-later" }, undo, redo, reset)),
    draw() {
      undo.setAttribute("aria-disabled", String(!edit.can("back")));
      redo.setAttribute("aria-disabled", String(!edit.can("forward")));
    },
  };
}

/**
 * Which score, and what an absent class counts.
 * @type {(edit: Edits, t: Table) => Panel<State>}
 */
function rulesPanel(edit, t) {
  /** @param {Record<string, string>} state */
  const set = (state) => {
    edit.write(state);
    edit.settle();
  };
  const scores = choice(
    /** @type {[Score, string][]} */ (Object.entries(NAMES)),
    (score) => set({ score }),
  );
  const rules = choice(
    /** @type {[Absent, string][]} */ (Object.entries(t.rules)).toSorted(([a], [b]) => b.length - a.length),
    (absent) => set({ absent }),
  );
  return {
    node: h(
      "div",
      { class: "sl-controls" },
      sets("score", group(t.score, ...scores.nodes)),
      sets("absent", group(t.absent, ...rules.nodes)),
    ),
    draw({ score, absent }) {
      scores.show(score);
      rules.show(absent);
    },
  };
}

// ---- the numbers --------------------------------------------------------------------------------------------

/**
 * The legend is the table of the classes: each with its sample, its counts and its score.
 * @type {(t: Table) => Panel<State>}
 */
function classesPanel(t) {
  const keys = /** @type {const} */ (["shared", "predicted", "actual"]);
  const title = h("th", { scope: "col" });
  const lines = /** @type {const} */ ([0, 1, 2]).map((k) => ({
    head: h(
      "th",
      { scope: "row" },
      h("span", { class: "cp-sample", "data-class": k, "aria-hidden": "true" }, k ? String(k) : ""),
      t.classes[k],
    ),
    cells: keys.map(() => h("td", { class: "sl-number" })),
    value: h("td", { "data-score": t.classes[k] }),
  }));
  /** @type {(sign: string, key: typeof keys[number]) => HTMLElement} */
  const column = (sign, key) => h("th", { scope: "col" }, h("abbr", { title: t.columns[key] }, sign));
  const table = h(
    "table",
    { class: "cp-classes", "aria-label": t.table },
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("th", { scope: "col" }, t.name),
        ...keys.map((key, i) => column(["X∩Y", "X", "Y"][i], key)),
        title,
      ),
    ),
    h("tbody", {}, ...lines.map(({ head, cells, value }) => h("tr", {}, head, ...cells, value))),
  );
  return {
    node: h("div", { class: "cp-later" }, table, h("p", { class: "cp-note" }, t.legend)),
    draw({ classes, score }) {
      fill(title, NAMES[score]);
      lines.forEach(({ cells, value }, k) => {
        keys.forEach((key, i) => fill(cells[i], classes[k][key]));
        fill(value, ...valued(classes[k].own));
      });
    },
  };
}

/**
 * The four averages, each as it is computed.
 * @type {(t: Table) => Panel<State> & { said: () => string }}
 */
function averagesPanel(t) {
  const lines = KINDS.map((kind) => ({ kind, value: h("dd", { "data-average": kind }) }));
  const node = h(
    "dl",
    { class: "cp-averages" },
    ...lines.map(({ kind, value }) =>
      h("div", {}, h("dt", {}, t.averages[kind], h("span", { class: "cp-note" }, t.known[kind])), value)
    ),
  );
  /** @type {(average: Average) => Content[]} */
  const computed = ({ above, below, value }) =>
    value ? ["= ", fraction([above], [below]), " = ", ...valued(value)] : [t.undefined];
  let said = "";
  return {
    node,
    draw({ averages, score }) {
      for (const { kind, value } of lines) {
        fill(value, piece("span", { class: "cp-equation" }, ...computed(averages[kind])));
      }
      const values = KINDS.map((kind) => {
        const ratio = averages[kind].value;
        return `${t.averages[kind]} ${ratio ? (ratio[0] / ratio[1]).toFixed(4) : t.undefined}`;
      });
      said = `${NAMES[score]}: ${values.join(", ")}`;
    },
    said: () => said,
  };
}

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mount(model, el) {
  const t = wordsOf(STRINGS, model);
  const read = () => {
    const [target, prediction, score, absent] = ["target", "prediction", "score", "absent"].map((name) =>
      model.get(name)
    );
    return judged({ target, prediction, score, absent });
  };
  const status = h("p", { role: "status", class: "sl-hidden" });
  const edit = edits(model, ["target", "prediction"], () => {
    steps.draw(read());
    status.textContent = averages.said();
  });
  const board = boardPanel(model, edit, t);
  const [paint, steps] = [paintPanel(model, edit, t), stepsPanel(model, edit, t)];
  const [averages, classes, rules] = [averagesPanel(t), classesPanel(t), rulesPanel(edit, t)];
  const draw = () => {
    const state = read();
    for (const panel of [board, paint, steps, averages, classes, rules]) panel.draw(state);
  };
  const drawMaps = () => {
    edit.drawn();
    draw();
  };
  const hint = h("p", { class: "cp-note cp-later sl-screen" }, t.hint);
  const root = h(
    "div",
    { class: "sl-widget class-painter", lang: t.lang, ...OWN_KEYS },
    paint.node,
    h(
      "div",
      { class: "cp-main" },
      h("div", {}, board.node, steps.node, hint, classes.node),
      h("div", {}, rules.node, averages.node),
    ),
    status,
  );
  edit.listen(root);
  drawMaps();
  return shown({
    model,
    el,
    root,
    watched: { "target prediction": drawMaps, "score absent subject brush": draw },
  });
}

export default shareable(localized(mount));
