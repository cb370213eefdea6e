import { button, choice, fill, group, h, languageOf, OWN_KEYS, piece, sets, slider } from "../kit/ui.js";
import { equals, significant } from "../kit/numbers.js";
import { edits } from "../kit/edits.js";
import { localized, shown } from "../kit/view.js";
import { marks } from "../kit/cells.js";
import { pixelGrid } from "../kit/pixel_grid.js";
import { shareable } from "../kit/links.js";
import looks from "../kit/looks.json" with { type: "json" };
import {
  approximately,
  brief,
  computation,
  mapOf,
  regional,
  regionLoss,
  scoresAt,
  shares,
  strength,
  unit,
  values,
} from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Cell } from "../kit/cells.js" */
/** @import { Model, Piece } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { Loss, MapName, State } from "./state.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */
/** @typedef {ReturnType<typeof edits>} Edits */
/**
 * What is drawn: the state as the maps take it, the map that is shown, and the power of its unit.
 * @typedef {{ state: State, map: MapName, power: 0 | 3 | 6 }} Now
 */

// The probability painter: probabilities over a hard truth, what each pixel costs, and where it pulls.
// The model holds everything that lasts; a view only draws it.

/** @type {MapName[]} */
const MAPS = ["probability", "loss", "gradient"];
/** @type {Loss[]} */
const LOSSES = ["bce", "focal", "dice", "iou", "bce_dice"];
const NUMBERED = 12; // columns: in narrower cells no number can be read
const STEPS = new Map([["+", 0.05], ["=", 0.05], ["-", -0.05], ["−", -0.05]]);
/** @type {Record<MapName, (n: number) => number[]>} */
const SAMPLES = {
  probability: () => [0, 0.25, 0.5, 0.75, 1],
  loss: () => [0, 0.1, 0.5, 1, 2, Infinity],
  gradient: (n) => [-1, -0.3, 0, 0.3, 1].map((x) => x / n),
};

/** @type {(map: MapName, value: number) => boolean} */
const costs = (map, value) => map === "loss" || (map === "gradient" && value > 0);
/** @type {(map: MapName, value: number, pixels: number) => number} */
const levelOf = (map, value, pixels) => Math.round(100 * strength(map, value, pixels));

const HUES = { yes: channels(looks.outcomes.fn), cost: channels(looks.outcomes.fp) };

/**
 * Red, green and blue of a colour.
 * @param {string} name
 */
function channels(name) {
  const colour = /** @type {Record<string, string>} */ (looks.colours)[name];
  return [1, 3, 5].map((i) => parseInt(colour.slice(i, i + 2), 16));
}

/**
 * A name and its value, which scripts find by the name.
 * @type {(name: string, ...value: (string | Piece)[]) => Piece}
 */
const named = (name, ...value) =>
  piece("div", {}, piece("dt", {}, name), piece("dd", { class: "sl-number", "data-of": name }, ...value));

/** @type {(model: Model) => Now} */
function read(model) {
  const [show, loss, alpha, gamma] = ["show", "loss", "alpha", "gamma"].map((name) => model.get(name));
  const state = { p: model.get("probabilities").flat(), y: model.get("target").flat(), loss, alpha, gamma };
  const map = mapOf(show, loss);
  return { state, map, power: unit(map, values(map, state)) };
}

// ---- the grid -----------------------------------------------------------------------------------------------

/**
 * The grid to paint on. `onlook(place, how)` says which pixel is looked at: painted, pointed at or focused.
 * @param {Model} model
 * @param {Edits} edit
 * @param {Table} t
 * @param {(place: Cell, how: "paint" | "pointerover" | "focusin") => void} onlook
 */
function boardOf(model, edit, t, onlook) {
  const [rows, cols] = [model.get("target").length, model.get("target")[0].length];
  /** @type {(path: Cell[], value: number) => { probabilities: number[][] }} */
  const painted = (path, value) => {
    const grid = model.get("probabilities").map((/** @type {number[]} */ row) => [...row]);
    for (const [r, c] of path) grid[r][c] = value;
    return { probabilities: grid };
  };
  let before = edit.present(); // the state that the running stroke began in
  const board = pixelGrid({
    rows,
    cols,
    label: t.grid(rows, cols),
    begin: () => before = edit.present(),
    paint(path) {
      const last = path.at(-1);
      if (last) onlook(last, "paint");
      edit.write(painted(path, model.get("brush")));
    },
    end: () => edit.finish(before),
    cancel: () => edit.write(before),
  });
  board.node.addEventListener("keydown", (event) => {
    const place = placeIn(board.cells, event);
    if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
    const p = model.get("probabilities")[place[0]][place[1]];
    const step = STEPS.get(event.key);
    if (/^\d$/.test(event.key)) edit.replace(painted([place], Number(event.key) / 10));
    else if (step) edit.replace(painted([place], Number(Math.min(1, Math.max(0, p + step)).toFixed(4))));
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
  return { ...board, rows, cols };
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

/**
 * The grid with the colours, numbers, signs and names of its cells.
 * @type {(board: ReturnType<typeof boardOf>, t: Table) => Panel<Now>}
 */
function cellsPanel(board, t) {
  const { rows, cols } = board;
  const pixels = rows * cols;
  const numbered = cols <= NUMBERED;
  const nodes = board.cells.flat();
  const seen = nodes.map(() => ""); // what each cell says, so that a stroke touches only the cells it changes

  /** @param {Now} now */
  function draw({ state: { p, y }, map, power, state }) {
    const numbers = values(map, state);
    const colours = new Uint8ClampedArray(4 * pixels);
    for (let i = 0; i < pixels; i++) {
      colours.set(HUES[costs(map, numbers[i]) ? "cost" : "yes"], 4 * i);
      colours[4 * i + 3] = 255 * looks.tint * levelOf(map, numbers[i], pixels) / 100;
    }
    board.tint(colours);
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
  return { node: h("div", { class: numbered ? "pp-numbered" : "" }, board.node), draw };
}

/** @type {(pixels: number, t: Table) => Panel<Now>} */
function legendPanel(pixels, t) {
  const node = h("div", { class: "pp-legend" });
  let scale = ""; // the scale that stands in the legend
  /** @param {Now} now */
  function draw({ map, power }) {
    if (scale === map + power) return;
    scale = map + power;
    const samples = SAMPLES[map](pixels).map((value) => {
      const hue = costs(map, value) ? "cost" : "yes";
      const style = `--strength: ${levelOf(map, value, pixels)}`;
      return piece("span", { class: "sl-cell pp-sample", "data-hue": hue, style }, brief(map, value, power));
    });
    fill(
      node,
      piece("span", { class: "sl-label" }, t.legend[map]),
      piece("span", { class: "pp-samples" }, ...samples),
      piece("span", { class: "sl-label" }, t.unit[power]),
      ...(map === "gradient" ? [piece("p", { class: "pp-note" }, t.signs)] : []),
    );
  }
  return { node, draw };
}

// ---- the numbers --------------------------------------------------------------------------------------------

/**
 * One pixel's whole computation: that of the pixel which `look` was last called with.
 * @type {(board: ReturnType<typeof boardOf>, t: Table) => Panel<Now> & { look: (place: Cell) => void, said: (now: Now) => string }}
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
    look(next) {
      cells[place[0]][place[1]].classList.remove("pp-inspected");
      place = next;
      cells[place[0]][place[1]].classList.add("pp-inspected");
    },
    draw(now) {
      const title = t.pixel(place[0] + 1, place[1] + 1);
      const lines = steps(now).map(([name, text]) =>
        piece("div", {}, piece("dt", {}, name), piece("dd", { class: "sl-number" }, text))
      );
      fill(
        node,
        piece("p", { class: "pp-title" }, title, piece("span", {}, whose(now.state))),
        piece("dl", { class: "pp-steps" }, ...lines),
      );
    },
    said: (now) => `${whose(now.state)}. ${steps(now).map((step) => step.join(" ")).join(". ")}.`,
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
    node: h("div", {}, h("p", { class: "pp-title" }, t.all(pixels)), totals),
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
        piece("span", { class: "pp-note" }, t.pixels(number[name], pixels)),
      );
    };
    const words = names.map((name) => `${t.classes[name]} ${percent(name)}`).join(", ");
    const bars = names.map((name) =>
      piece("span", { "data-class": name, style: `flex-grow: ${part[name] / total}` })
    );
    fill(
      node,
      piece("p", { class: "pp-title" }, t.share[of]),
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
 * @type {(model: Model, board: ReturnType<typeof boardOf>, slider: HTMLElement, t: Table) => Panel<Now>}
 */
function thresholdPanel(model, board, slider, t) {
  const { cols } = board;
  const scores = h("dl", { class: "pp-totals" });
  const mask = h("p", { class: "pp-note" });
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
    mask.textContent = t.mask(significant(threshold));
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
  }, ...LOSSES.map((name) => h("option", { value: name }, t.losses[name])));
  /** @type {[string, number[][]][]} */
  const given = model.get("_presets");
  /** @type {Record<string, string>} */
  const names = t.names;
  const presets = choice(
    given.map(([name, grid]) => [JSON.stringify(grid), names[name] ?? name]),
    (grid) => edit.replace({ probabilities: JSON.parse(grid) }),
  );
  /** @param {Now} now */
  function draw({ state: { loss }, map }) {
    maps.show(map);
    for (const { value, node } of maps.buttons) {
      const possible = mapOf(value, loss) === value;
      node.setAttribute("aria-disabled", String(!possible));
      node.title = possible ? "" : t.noMap(t.losses[loss]);
    }
    losses.value = loss;
    presets.show(JSON.stringify(model.get("probabilities")));
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
    return { node: sets(name, made.node), draw: () => made.show(model.get(name)) };
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
  const t = STRINGS[languageOf(model)];
  let now = read(model);
  const edit = edits(model, ["probabilities"], () => {
    choices.draw(now);
    steps.draw(now);
    for (const knob of Object.values(sliders)) knob.draw(now);
    announce();
  });
  const board = boardOf(model, edit, t, (place, how) => {
    pixel.look(place);
    if (how !== "paint") pixel.draw(now);
    if (how === "focusin") announce();
  });
  const pixels = board.rows * board.cols;
  const cells = cellsPanel(board, t);
  const legend = legendPanel(pixels, t);
  const pixel = pixelPanel(board, t);
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
  const panels = [cells, legend, pixel, totals, share, threshold, choices, steps, ...Object.values(sliders)];
  const draw = () => {
    edit.drawn();
    now = read(model);
    focal.hidden = now.state.loss !== "focal";
    for (const panel of panels) panel.draw(now);
  };

  const hint = h("p", { class: "pp-note pp-later pp-hint" }, t.hint);
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
        legend.node,
        sliders.brush.node,
        steps.node,
        hint,
      ),
      h("div", {}, focal, pixel.node, totals.node, share.node, threshold.node),
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
  });
}

export default shareable(localized(mount));
