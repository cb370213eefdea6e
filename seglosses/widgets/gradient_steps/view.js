import { button, choice, fill, group, h, OWN_KEYS, piece, sets, slider, svg, wordsOf } from "../kit/ui.js";
import { plain, significant } from "../kit/numbers.js";
import { edits } from "../kit/edits.js";
import { localized, shown } from "../kit/view.js";
import { sigmoid } from "../kit/losses.js";
import { LOSS_NAMES } from "../kit/named_losses.js";
import { plot } from "../kit/plot.js";
import { probabilityBoard } from "../kit/probability_board.js";
import { legend, tintedGrid } from "../kit/tinted_grid.js";
import { unit } from "../kit/tints.js";
import { walkPanel } from "../kit/walk.js";
import { shareable } from "../kit/links.js";
import looks from "../kit/looks.json" with { type: "json" };
import { descent, LAST_STEP, told } from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Cell } from "../kit/cells.js" */
/** @import { Loss } from "../kit/named_losses.js" */
/** @import { Tick } from "../kit/plot.js" */
/** @import { Model } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { Rule } from "./state.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */
/** @typedef {ReturnType<typeof edits>} Edits */
/** @typedef {"left" | "right"} Side */
/** @typedef {{ rule: Rule, logits: (steps: number) => number[] }} Run */
/**
 * What is drawn: where both runs stand, from which start, against which truth; and the map, in one unit for both.
 * @typedef {{ runs: Record<Side, Run>, here: Record<Side, ReturnType<typeof told>>, step: number, start: number[],
 *   y: number[], map: "probability" | "gradient", power: 0 | 3 | 6 }} Now
 */

// Gradient steps: two losses, from one start, on logits that learn each by itself.
// The model holds the start and how many steps were taken; where these lead is computed.

/** @type {Side[]} */
const SIDES = ["left", "right"];
const RATES = [1, 3, 10, 30, 100];
const PACE = 60; // milliseconds a step

/** @type {(model: Model) => Record<Side, Run>} */
function runsOf(model) {
  const [start, y] = [model.get("start").flat(), model.get("target").flat()];
  const focus = { alpha: model.get("alpha"), gamma: model.get("gamma") };
  /** @type {(side: Side) => Run} */
  const run = (side) => {
    const rule = { loss: model.get(side), rate: model.get("rate"), focus };
    return { rule, logits: descent(start, y, rule) };
  };
  return { left: run("left"), right: run("right") };
}

/** @type {(map: "probability" | "gradient", here: ReturnType<typeof told>) => number[]} */
const shownOf = (map, { p, gradient }) => (map === "gradient" ? gradient : p);

/**
 * Where the model stands; a link may hold what is no whole step.
 * @type {(model: Model, runs: Record<Side, Run>) => Now}
 */
function read(model, runs) {
  const [start, y, map] = [model.get("start").flat(), model.get("target").flat(), model.get("show")];
  const step = Math.round(model.get("step"));
  /** @param {Side} side */
  const at = (side) => told(runs[side].logits(step), y, runs[side].rule);
  const here = { left: at("left"), right: at("right") };
  const power = unit(map, SIDES.flatMap((side) => shownOf(map, here[side])));
  return { runs, here, step, start, y, map, power };
}

// ---- what one loss has made of the grid ---------------------------------------------------------------------

/**
 * A choice of the loss, the grid, and what the loss says of it.
 * @param {Model} model
 * @param {Edits} edit
 * @param {Table} t
 * @param {{ side: Side, onlook: (place: Cell, how: "paint" | "pointerover" | "focusin") => void }} which
 * @returns {Panel<Now> & { cells: HTMLElement[][], said: () => string }}
 */
function sidePanel(model, edit, t, { side, onlook }) {
  const [rows, cols] = [model.get("target").length, model.get("target")[0].length];
  const label = t.grid(t.sides[side], rows, cols);
  const board = probabilityBoard(model, edit, { painted: "start", label, onlook });
  const tinted = tintedGrid(board, t);
  const numbers = h("dl", { class: "gs-told" });
  const losses = h("select", {
    class: "sl-button",
    "aria-label": t.loss[side],
    onchange: () => {
      edit.write({ [side]: losses.value });
      edit.settle();
    },
  }, ...LOSS_NAMES.map((name) => h("option", { value: name }, t.losses[name])));
  const sample = svg(
    "svg",
    { class: "gs-sample", width: 28, height: 8, "aria-hidden": "true" },
    svg("path", { class: `pl-curve gs-${side}`, d: "M0 4h28" }),
  );
  /** @param {number[]} ones */
  const rowsOf = (ones) => board.cells.map((_, r) => ones.slice(r * cols, (r + 1) * cols));

  /** @param {Now} now */
  function draw({ runs, here, y, map, power }) {
    const { p, value, length, parts } = here[side];
    tinted.draw({ map, numbers: shownOf(map, here[side]), power, p, y });
    board.outline(rowsOf(y), "edge", 0);
    board.outline(rowsOf(p.map((one) => Number(one >= 0.5))), "dots", looks.dots.inset);
    losses.value = runs[side].rule.loss;
    /** @type {[string, number, string][]} */
    const lines = [[t.value, value, "value"], [t.length, length, "length"]];
    for (const [name, size] of parts) lines.push([t.part(t.losses[name]), size, name]);
    fill(
      numbers,
      ...lines.map(([name, number, of]) =>
        piece(
          "div",
          {},
          piece("dt", {}, name),
          piece("dd", { class: "sl-number", "data-of": of }, significant(number)),
        )
      ),
    );
  }
  const head = h("div", { class: "gs-head" }, sets(side, losses), sample);
  return {
    node: h(
      "div",
      { class: "gs-side" },
      head,
      sets("start", /** @type {HTMLElement} */ (tinted.node)),
      numbers,
    ),
    draw,
    cells: board.cells,
    said: () => `${t.losses[/** @type {Loss} */ (model.get(side))]}: ${numbers.textContent}.`,
  };
}

/**
 * The pixel that `look` was last called with: its start, and its way under either loss.
 * @param {Record<Side, Panel<Now> & { cells: HTMLElement[][] }>} sides
 * @param {Table} t
 * @param {{ onpick: (x: number) => void, onsettle: () => void }} acts
 * @returns {Panel<Now> & { look: (place: Cell) => void, said: (now: Now) => string, stop: () => void }}
 */
function pixelPanel(sides, t, acts) {
  const text = h("p", { class: "sl-title" });
  const values = h("p", { class: "gs-values" });
  const chart = plot({ label: t.plot, ...acts });
  /** @type {Cell} */
  let place = [0, 0];
  /** @param {string} mark */
  const mark = (mark) => {
    for (const side of SIDES) {
      sides[side].cells[place[0]][place[1]].classList.toggle("sl-inspected", mark === "on");
    }
  };
  const index = () => place[0] * sides.left.cells[0].length + place[1];
  /** @param {Now} now */
  const whose = ({ start, y }) => t.start(y[index()], significant(start[index()]));
  /** @param {Now} now */
  const ends = ({ runs, here }) =>
    SIDES.map((side) =>
      t.now(t.sides[side], t.losses[runs[side].rule.loss], significant(here[side].p[index()]))
    );
  const share = (/** @type {number} */ step) => step / LAST_STEP;
  /** @type {Tick[]} */
  const ticks = [0, 100, 200, 300].map((step) => [share(step), String(step)]);
  /** @type {Tick[]} */
  const levels = [0, 0.25, 0.5, 0.75, 1].map((p) => [p, plain(p)]);
  return {
    node: h("div", { class: "gs-pixel" }, text, values, chart.node),
    stop: chart.stop,
    look(next) {
      mark("off");
      place = next;
      mark("on");
    },
    draw(now) {
      fill(text, t.pixel(place[0] + 1, place[1] + 1), piece("span", {}, whose(now)));
      fill(values, ...ends(now).map((line) => piece("span", { class: "sl-number" }, line)));
      const curves = SIDES.map((side) => ({
        name: `gs-${side}`,
        label: t.losses[now.runs[side].rule.loss],
        points: Array.from(
          { length: now.step + 1 },
          (
            _,
            step,
          ) => /** @type {[number, number]} */ ([share(step), sigmoid(now.runs[side].logits(step)[index()])]),
        ),
        at: side === "left" ? 0.66 : 0.33,
        under: side === "right",
      }));
      chart.draw({
        x: { label: t.steps, ticks },
        y: { label: "p", from: 0, to: 1, ticks: levels },
        curves,
        cursor: share(now.step),
      });
    },
    said: (now) => `${whose(now)}. ${ends(now).join(". ")}.`,
  };
}

// ---- the controls -------------------------------------------------------------------------------------------

/**
 * The start, the truth, the map and the learning rate.
 * @type {(model: Model, edit: Edits, t: Table) => Panel<Now>}
 */
function choicesPanel(model, edit, t) {
  /** @type {Record<string, string>} */
  const names = t.names;
  /** @type {(given: [string, number[][]][], trait: string) => ReturnType<typeof choice<string>>} */
  const grids = (given, trait) =>
    choice(
      given.map(([name, grid]) => [JSON.stringify(grid), names[name] ?? name]),
      (grid) => edit.replace({ [trait]: JSON.parse(grid) }),
    );
  const [starts, truths] = [model.get("_presets"), model.get("_truths")];
  const [presets, targets] = [grids(starts, "start"), grids(truths, "target")];
  /** @type {["probability", "gradient"]} */
  const kinds = ["probability", "gradient"];
  const maps = choice(kinds.map((name) => [name, t.maps[name]]), (show) => {
    edit.write({ show });
    edit.settle();
  });
  const rate = h("select", {
    class: "sl-button",
    "aria-label": t.rate,
    onchange: () => {
      edit.write({ rate: Number(rate.value) });
      edit.settle();
    },
  });
  function draw() {
    presets.show(JSON.stringify(model.get("start")));
    targets.show(JSON.stringify(model.get("target")));
    maps.show(model.get("show"));
    const rates = [...new Set([...RATES, model.get("rate")])].sort((a, b) => a - b); // Python may set another
    fill(rate, ...rates.map((one) => piece("option", { value: one }, plain(one))));
    rate.value = String(model.get("rate"));
  }
  const node = h(
    "div",
    { class: "sl-controls" },
    ...(starts.length ? [sets("start", group(t.presets, ...presets.nodes))] : []),
    ...(truths.length ? [sets("target", group(t.truths, ...targets.nodes))] : []),
    sets("show", group(t.map, ...maps.nodes)),
    sets("rate", group(t.rate, rate)),
  );
  return { node, draw };
}

/**
 * The sliders for the brush and the focal loss, and the way back to how it all began.
 * @type {(model: Model, edit: Edits, t: Table) => Panel<Now>}
 */
function slidersPanel(model, edit, t) {
  /** @type {(name: "brush" | "alpha" | "gamma", max: number, step: number) => Panel<void>} */
  const knob = (name, max, step) => {
    const onslide = (/** @type {number} */ value) => edit.write({ [name]: value });
    const made = slider(t[name], { min: 0, max, step, onslide, onsettle: () => edit.settle() });
    return { node: sets(name, made.node), draw: () => made.show(model.get(name)) };
  };
  const knobs = [knob("brush", 1, 0.01), knob("alpha", 1, 0.05), knob("gamma", 5, 0.5)];
  const focal = h("div", {}, ...knobs.slice(1).map(({ node }) => node));
  const reset = button(t.reset, () => edit.replace({ ...model.get("_start") }));
  return {
    node: h(
      "div",
      { class: "gs-knobs" },
      focal,
      knobs[0].node,
      sets("start", h("div", { class: "sl-group" }, reset)),
    ),
    draw({ runs }) {
      focal.hidden = SIDES.every((side) => runs[side].rule.loss !== "focal");
      for (const one of knobs) one.draw();
    },
  };
}

/**
 * What the reader edits; whoever changes the start or the truth goes back to it.
 * @type {(model: Model, settled: () => void) => Edits}
 */
function editsOf(model, settled) {
  const edit = edits(model, ["start", "target", "step"], settled);
  /** @param {Record<string, any>} state */
  const rewound = (state) => ("start" in state || "target" in state ? { step: 0, ...state } : state);
  return {
    ...edit,
    write: (state) => edit.write(rewound(state)),
    replace: (state) => edit.replace(rewound(state)),
  };
}

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mount(model, el) {
  const t = wordsOf(STRINGS, model);
  let runs = runsOf(model);
  let now = read(model, runs);
  const status = h("p", { role: "status", class: "sl-hidden" });
  /** What a reader who cannot see the grids hears. */
  const announce = () => {
    const said = SIDES.map((side) => sides[side].said());
    status.textContent = [t.at(now.step), ...said, pixel.said(now)].join(" ");
  };
  const edit = editsOf(model, () => {
    for (const panel of [choices, sliders]) panel.draw(now);
    announce();
  });
  /** @type {(place: Cell, how: "paint" | "pointerover" | "focusin") => void} */
  const onlook = (place, how) => {
    pixel.look(place);
    if (how !== "paint") pixel.draw(now);
    if (how === "focusin") announce();
  };
  const sides = {
    left: sidePanel(model, edit, t, { side: "left", onlook }),
    right: sidePanel(model, edit, t, { side: "right", onlook }),
  };
  /** @param {number} step */
  const goTo = (step) => edit.write({ step: Math.max(0, Math.min(LAST_STEP, Math.round(step))) });
  const settle = () => edit.settle();
  /** @param {number} step */
  const dragTo = (step) => {
    walk.pause();
    goTo(step);
  };
  const walk = walkPanel({ index: () => now.step, last: LAST_STEP, pace: PACE, goTo, settle }, t);
  const step = slider(t.step, { min: 0, max: LAST_STEP, step: 1, onslide: dragTo, onsettle: settle });
  const pixel = pixelPanel(sides, t, { onpick: (x) => dragTo(x * LAST_STEP), onsettle: settle });
  const key = legend(now.y.length, t);
  const [choices, sliders] = [choicesPanel(model, edit, t), slidersPanel(model, edit, t)];

  const drawStep = () => {
    now = read(model, runs);
    step.show(now.step);
    walk.draw();
    for (const panel of [sides.left, sides.right, key, pixel]) panel.draw(now);
  };
  const drawAll = () => {
    runs = runsOf(model);
    drawStep();
    for (const panel of [choices, sliders]) panel.draw(now);
  };
  const drawStart = () => {
    edit.drawn();
    drawAll();
  };

  const root = h(
    "div",
    { class: "sl-widget gradient-steps", lang: t.lang, ...OWN_KEYS },
    choices.node,
    h("div", { class: "gs-walk" }, sets("step", step.node), walk.node),
    h("div", { class: "gs-sides" }, sides.left.node, sides.right.node),
    key.node,
    pixel.node,
    sliders.node,
    h("p", { class: "sl-note sl-screen" }, t.hint),
    status,
  );
  edit.listen(root);
  const [y, cols] = [model.get("target").flat(), model.get("target")[0].length];
  const first = Math.max(y.indexOf(1), 0);
  pixel.look([Math.floor(first / cols), first % cols]);
  drawAll();
  const watched = {
    "start target": drawStart,
    "left right rate alpha gamma": drawAll,
    show: drawAll,
    step: drawStep,
    brush: () => sliders.draw(now),
  };
  return shown({ model, el, root, watched, ends: [walk.pause, pixel.stop] });
}

export default shareable(localized(mount));
