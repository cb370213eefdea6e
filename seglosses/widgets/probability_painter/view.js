import { button, choice, fill, group, h, OWN_KEYS, piece, sets, slider, wordsOf } from "../kit/ui.js";
import { equals, significant } from "../kit/numbers.js";
import { edits } from "../kit/edits.js";
import { localized, shown } from "../kit/view.js";
import { fifths, plot } from "../kit/plot.js";
import { LOSS_NAMES } from "../kit/named_losses.js";
import { probabilityBoard } from "../kit/probability_board.js";
import { legend, tintedGrid } from "../kit/tinted_grid.js";
import { unit } from "../kit/tints.js";
import { shareable } from "../kit/links.js";
import looks from "../kit/looks.json" with { type: "json" };
import {
  approximately,
  computation,
  mapOf,
  priceCurve,
  priceOf,
  regional,
  regionLoss,
  scoresAt,
  shares,
  values,
} from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Cell } from "../kit/cells.js" */
/** @import { Model, Piece } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { Curve } from "../kit/plot.js" */
/** @import { MapName } from "../kit/tints.js" */
/** @import { Tinted } from "../kit/tinted_grid.js" */
/** @import { State } from "./state.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */
/** @typedef {ReturnType<typeof edits>} Edits */
/** @typedef {ReturnType<typeof probabilityBoard>} Board */
/**
 * What is drawn: the state as the maps take it, and the map that is shown.
 * @typedef {Tinted & { state: State }} Now
 */

// The probability painter: probabilities over a hard truth, what each pixel costs, and where it pulls.
// The model holds everything that lasts; a view only draws it.

/** @type {MapName[]} */
const MAPS = ["probability", "loss", "gradient"];

/**
 * A name and its value, which scripts find by the name.
 * @type {(name: string, ...value: (string | Piece)[]) => Piece}
 */
const named = (name, ...value) =>
  piece("div", {}, piece("dt", {}, name), piece("dd", { class: "sl-number", "data-of": name }, ...value));

/** @type {(model: Model) => Now} */
function read(model) {
  const [show, loss, alpha, gamma] = ["show", "loss", "alpha", "gamma"].map((name) => model.get(name));
  const [p, y] = [model.get("probabilities").flat(), model.get("target").flat()];
  const state = { p, y, loss, alpha, gamma };
  const map = mapOf(show, loss);
  const numbers = values(map, state);
  return { state, p, y, map, numbers, power: unit(map, numbers) };
}

// ---- the numbers --------------------------------------------------------------------------------------------

/**
 * One pixel's whole computation: that of the pixel which `look` was last called with.
 * @type {(board: Board, t: Table) =>
 *   Panel<Now> & { index: () => number, place: () => Cell, look: (place: Cell) => void, said: (now: Now) => string }}
 */
function pixelPanel({ cells, cols }, t) {
  const node = h("div", { class: "pp-pixel" });
  /** @type {Cell} */
  let place = [0, 0];
  const index = () => place[0] * cols + place[1];
  /** @param {State} state */
  const whose = ({ p, y }) => `y = ${y[index()]}, p = ${significant(p[index()])}`;
  /** @param {Now} now */
  const steps = ({ map, state }) => computation(map, state, index());
  return {
    node,
    index,
    place: () => place,
    look(next) {
      cells[place[0]][place[1]].classList.remove("sl-inspected");
      place = next;
      cells[place[0]][place[1]].classList.add("sl-inspected");
    },
    draw(now) {
      const title = t.pixel(place[0] + 1, place[1] + 1);
      const lines = steps(now).map(([name, text]) =>
        piece("div", {}, piece("dt", {}, name), piece("dd", { class: "sl-number" }, text))
      );
      fill(
        node,
        piece("p", { class: "sl-title" }, title, piece("span", {}, whose(now.state))),
        piece("dl", { class: "pp-steps" }, ...lines),
      );
    },
    said: (now) => `${whose(now.state)}. ${steps(now).map((step) => step.join(" ")).join(". ")}.`,
  };
}

/**
 * The curves of the price of each class and, beside focal loss, that of the pixel's class in BCE.
 * @type {(state: State, y: number, t: Table) => Curve[]}
 */
function pricesOf(state, y, t) {
  const curves = [1, 0].map((one) => ({
    name: `fe-y${one}`,
    label: `y = ${one}`,
    points: priceCurve(state, one),
    at: one ? 0.2 : 0.6,
  }));
  if (state.loss !== "focal") return curves;
  const plain = { ...state, loss: /** @type {const} */ ("bce") };
  return [
    { name: "fe-bce", label: t.losses.bce, points: priceCurve(plain, y), at: y ? 0.3 : 0.6 },
    ...curves,
  ];
}

/**
 * The price of a pixel against its p, with a line to drag at the pixel's own; a loss of a whole region has none.
 * @type {(pixel: { index: () => number }, t: Table, acts: { onpick: (p: number) => void, onsettle: () => void }) =>
 *   Panel<Now> & { stop: () => void }}
 */
function pricePanel(pixel, t, acts) {
  const chart = plot({ label: t.curve, ...acts });
  const told = h("dl", { class: "pp-totals" });
  const node = h("div", { class: "pp-price" }, h("p", { class: "sl-title" }, t.price), chart.node, told);
  let drawn = ""; // the curves that stand: they change with the loss, its settings and the class alone
  /** @param {Now} now */
  function draw({ state }) {
    const { loss, alpha, gamma } = state;
    node.hidden = regional(loss);
    if (node.hidden) return;
    const [p, y] = [state.p[pixel.index()], state.y[pixel.index()]];
    if (drawn === `${loss} ${alpha} ${gamma} ${y}`) chart.move(p);
    else {
      drawn = `${loss} ${alpha} ${gamma} ${y}`;
      const curves = pricesOf(state, y, t);
      const most = Math.max(...curves.flatMap(({ points }) => points.map(([, value]) => value)));
      const to = [0.5, 1, 2.5, 5].find((end) => end >= most) ?? 5;
      chart.draw({
        x: { label: "p", ticks: fifths(1) },
        y: { label: "L", from: 0, to, ticks: fifths(to) },
        curves,
        cursor: p,
      });
    }
    const { price, plain, pull, share } = priceOf(state, pixel.index());
    const part = Number.isNaN(share) ? "–" : `${(100 * share).toFixed(1)} %`;
    fill(
      told,
      named(t.priced.price, approximately(price)),
      ...(loss === "focal" ? [named(t.priced.plain, approximately(plain))] : []),
      named(t.priced.pull, approximately(pull)),
      named(t.priced.share, part),
    );
  }
  return { node, draw, stop: chart.stop };
}

/**
 * Drags of a pixel's p, each a step to undo.
 * @type {(board: Board, edit: Edits, pixel: { place: () => Cell }) =>
 *   { onpick: (p: number) => void, onsettle: () => void }}
 */
function dragsOf(board, edit, pixel) {
  /** @type {ReturnType<Edits["present"]> | null} */
  let before = null; // the state that the running drag began in
  return {
    onpick(p) {
      before ??= edit.present();
      edit.write(board.paintedAt([pixel.place()], Number(p.toFixed(2))));
    },
    onsettle() {
      if (before) edit.finish(before);
      before = null;
    },
  };
}

/** @type {(pixels: number, t: Table) => Panel<Now> & { said: () => string }} */
function totalsPanel(pixels, t) {
  const totals = h("dl", { class: "pp-totals" });
  /** @param {Now} now */
  function draw({ state }) {
    const [loss, kind] = [t.losses[state.loss], state.loss];
    if (regional(kind)) {
      fill(totals, named(t.value(loss), approximately(regionLoss({ ...state, loss: kind }), 6)));
      return;
    }
    const sum = values("loss", state).reduce((total, x) => total + x, 0);
    const mean = piece("strong", {}, approximately(sum / pixels, 6));
    fill(
      totals,
      named(`${t.sum} ${loss}`, approximately(sum, 6)),
      named(`${t.mean} ${loss}`, `= ${t.sum} / ${pixels} `, mean),
    );
  }
  return {
    node: h("div", {}, h("p", { class: "sl-title" }, t.all(pixels)), totals),
    draw,
    said: () => [...totals.querySelectorAll("div:last-child")].map((node) => node.textContent).join(),
  };
}

/**
 * Which class carries the loss, or pulls at the model.
 * @type {(pixels: number, t: Table) => Panel<Now>}
 */
function sharePanel(pixels, t) {
  const node = h("div", { class: "pp-share" });
  const names = /** @type {const} */ (["positive", "negative"]);
  /** @param {Now} now */
  function draw({ state, map }) {
    const of = map === "gradient" || regional(state.loss) ? "gradient" : "loss";
    const { part, number, total, infinite } = shares(of, state);
    const told = total === 0 ? t.nothing : total === Infinity ? t.infinite(infinite) : "";
    /** @param {"positive" | "negative"} name */
    const percent = (name) => `${((100 * part[name]) / total).toFixed(1)} %`;
    /** @param {"positive" | "negative"} name */
    const key = (name) => {
      const share = piece("strong", { class: "sl-number", "data-share": name }, percent(name));
      return piece(
        "p",
        {},
        piece("span", { class: "pp-swatch", "data-class": name, "aria-hidden": "true" }),
        piece("span", {}, `${t.classes[name]} `, share),
        piece("span", { class: "sl-note" }, t.pixels(number[name], pixels)),
      );
    };
    const words = names.map((name) => `${t.classes[name]} ${percent(name)}`).join(", ");
    const bars = names.map((name) =>
      piece("span", { "data-class": name, style: `flex-grow: ${part[name] / total}` })
    );
    fill(
      node,
      piece("p", { class: "sl-title" }, t.share[of]),
      ...(told ? [piece("p", {}, told)] : [
        piece("div", { class: "pp-bar", role: "img", "aria-label": words }, ...bars),
        piece("div", { class: "pp-key" }, ...names.map(key)),
      ]),
    );
  }
  return { node, draw };
}

/**
 * What a threshold makes of the probabilities: a line on the grid, and the scores of that mask.
 * @type {(model: Model, board: Board, slider: HTMLElement, t: Table) => Panel<Now>}
 */
function thresholdPanel(model, board, slider, t) {
  const { cols } = board;
  const scores = h("dl", { class: "pp-totals" });
  const mask = h("p", { class: "sl-note" });
  /** @type {Map<string, number[]>} */
  const outlined = new Map(); // the masks whose lines stand, so that only a mask that changed is traced again
  /** @type {(kind: string, ones: number[], inset: number) => boolean} */
  const traced = (kind, ones, inset) => {
    if (outlined.get(kind)?.every((one, i) => one === ones[i])) return false;
    outlined.set(kind, ones);
    board.outline(board.cells.map((_, r) => ones.slice(r * cols, (r + 1) * cols)), kind, inset);
    return true;
  };
  /** @param {Now} now */
  function draw({ state: { p, y } }) {
    const threshold = model.get("threshold");
    const { hard, exact } = scoresAt(threshold, p, y);
    fill(mask, t.mask(significant(threshold)));
    const changed = [traced("edge", y, 0), traced("dots", hard, looks.dots.inset)];
    if (!changed.includes(true)) return;
    const lines = /** @type {const} */ (["dice", "precision", "recall"]).map((name) => {
      const [top, bottom] = exact[name];
      const empty = name === "dice" ? t.bothEmpty : t.undefined;
      return named(t.scores[name], bottom ? `= ${top}/${bottom} ${equals(top / bottom)}` : empty);
    });
    fill(scores, ...lines);
  }
  return { node: h("div", { class: "pp-later" }, slider, scores, mask), draw };
}

// ---- the controls -------------------------------------------------------------------------------------------

/**
 * Which map, which loss, and what to start from.
 * @type {(model: Model, edit: Edits, t: Table) => Panel<Now>}
 */
function choicesPanel(model, edit, t) {
  /** @type {(name: string, value: string) => void} */
  const set = (name, value) => {
    edit.write({ [name]: value });
    edit.settle();
  };
  const maps = choice(MAPS.map((name) => [name, t.maps[name]]), (name) => {
    if (mapOf(name, model.get("loss")) === name) set("show", name);
  });
  const losses = h("select", {
    class: "sl-button",
    "aria-label": t.loss,
    ...OWN_KEYS,
    onchange: () => set("loss", losses.value),
  }, ...LOSS_NAMES.map((name) => h("option", { value: name }, t.losses[name])));
  /** @type {[string, number[][]][]} */
  const given = model.get("_presets");
  /** @type {Record<string, string>} */
  const names = t.names;
  const presets = choice(
    given.map(([name, grid]) => [JSON.stringify(grid), names[name] ?? name]),
    (grid) => edit.replace({ probabilities: JSON.parse(grid) }),
  );
  let drawn = ""; // what the controls say: an attribute costs a stroke time even where it stays the same
  /** @param {Now} now */
  function draw({ state: { loss }, map }) {
    if (given.length) presets.show(JSON.stringify(model.get("probabilities")));
    if (drawn === `${loss} ${map}`) return;
    drawn = `${loss} ${map}`;
    maps.show(map);
    for (const { value, node } of maps.buttons) {
      const possible = mapOf(value, loss) === value;
      node.setAttribute("aria-disabled", String(!possible));
      node.title = possible ? "" : t.noMap(t.losses[loss]);
    }
    losses.value = loss;
  }
  const node = h(
    "div",
    { class: "sl-controls" },
    sets("show", group(t.map, ...maps.nodes)),
    sets("loss", group(t.loss, losses)),
    ...(given.length ? [sets("probabilities", group(t.presets, ...presets.nodes))] : []),
  );
  return { node, draw };
}

/**
 * Undo, redo and reset.
 * @type {(model: Model, edit: Edits, t: Table) => Panel<Now>}
 */
function stepsPanel(model, edit, t) {
  const undo = button(t.undo, () => edit.travel("back"));
  const redo = button(t.redo, () => edit.travel("forward"));
  const reset = button(t.reset, () => {
    const { probabilities, ...settings } = model.get("_start");
    edit.write(settings);
    edit.replace({ probabilities });
  });
  return {
    node: sets("probabilities", h("div", { class: "sl-group pp-later" }, undo, redo, reset)),
    draw() {
      undo.setAttribute("aria-disabled", String(!edit.can("back")));
      redo.setAttribute("aria-disabled", String(!edit.can("forward")));
    },
  };
}

/**
 * The sliders, by the traits that they set.
 * @type {(model: Model, edit: Edits, t: Table) => Record<"brush" | "threshold" | "alpha" | "gamma", Panel<Now>>}
 */
function slidersOf(model, edit, t) {
  /** @type {(name: "brush" | "threshold" | "alpha" | "gamma", max: number, step: number) => Panel<Now>} */
  const knob = (name, max, step) => {
    const onslide = (/** @type {number} */ value) => edit.write({ [name]: value });
    const made = slider(t[name], { min: 0, max, step, onslide, onsettle: () => edit.settle() });
    /** @type {number | null} */
    let drawn = null;
    const draw = () => {
      if (drawn !== model.get(name)) made.show(drawn = model.get(name));
    };
    return { node: sets(name, made.node), draw };
  };
  return {
    brush: knob("brush", 1, 0.05),
    threshold: knob("threshold", 1, 0.05),
    alpha: knob("alpha", 1, 0.05),
    gamma: knob("gamma", 5, 0.5),
  };
}

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mount(model, el) {
  const t = wordsOf(STRINGS, model);
  let now = read(model);
  const edit = edits(model, ["probabilities"], () => {
    choices.draw(now);
    steps.draw(now);
    for (const knob of Object.values(sliders)) knob.draw(now);
    announce();
  });
  const board = probabilityBoard(model, edit, {
    painted: "probabilities",
    label: t.grid(model.get("target").length, model.get("target")[0].length),
    onlook(place, how) {
      pixel.look(place);
      if (how !== "paint") { for (const panel of looked) panel.draw(now); }
      if (how === "focusin") announce();
    },
  });
  const pixels = board.rows * board.cols;
  const cells = tintedGrid(board, t);
  const key = legend(pixels, t);
  const pixel = pixelPanel(board, t);
  const price = model.get("plot") === "price" ? pricePanel(pixel, t, dragsOf(board, edit, pixel)) : null;
  const looked = price ? [pixel, price] : [pixel];
  const totals = totalsPanel(pixels, t);
  const share = sharePanel(pixels, t);
  const choices = choicesPanel(model, edit, t);
  const steps = stepsPanel(model, edit, t);
  const sliders = slidersOf(model, edit, t);
  const threshold = thresholdPanel(model, board, /** @type {HTMLElement} */ (sliders.threshold.node), t);
  const focal = h("div", { class: "pp-focal" }, sliders.alpha.node, sliders.gamma.node);
  const status = h("p", { role: "status", class: "sl-hidden" });

  /** What a reader who cannot see the grid hears: the pixel's computation, and the whole. */
  const announce = () => status.textContent = `${pixel.said(now)} ${totals.said()}`;
  const panels = [cells, key, ...looked, totals, share, threshold, choices, steps, ...Object.values(sliders)];
  const draw = () => {
    edit.drawn();
    now = read(model);
    focal.hidden = now.state.loss !== "focal";
    for (const panel of panels) panel.draw(now);
  };

  const hint = h("p", { class: "sl-note pp-later pp-hint" }, t.hint);
  const root = h(
    "div",
    { class: "sl-widget probability-painter", lang: t.lang, ...OWN_KEYS },
    choices.node,
    h(
      "div",
      { class: "pp-main" },
      h(
        "div",
        {},
        sets("probabilities", /** @type {HTMLElement} */ (cells.node)),
        key.node,
        sliders.brush.node,
        steps.node,
        hint,
      ),
      h("div", {}, focal, ...looked.map(({ node }) => node), totals.node, share.node, threshold.node),
    ),
    status,
  );
  edit.listen(root);
  const first = Math.max(now.state.y.indexOf(1), 0);
  pixel.look([Math.floor(first / board.cols), first % board.cols]);
  draw();
  return shown({
    model,
    el,
    root,
    watched: { "target probabilities loss show alpha gamma brush threshold": draw },
    ends: price ? [price.stop] : [],
  });
}

export default shareable(localized(mount));
