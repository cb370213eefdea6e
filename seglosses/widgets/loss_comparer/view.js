import { choice, fill, group, h, OWN_KEYS, sets, slider, svg, wordsOf } from "../kit/ui.js";
import { plain, significant } from "../kit/numbers.js";
import { localized, shown } from "../kit/view.js";
import { areas, contour } from "../kit/cells.js";
import { follow } from "../kit/pixel_grid.js";
import { decades, fifths, plot } from "../kit/plot.js";
import { shareable } from "../kit/links.js";
import {
  anglesOf,
  between,
  blocksOf,
  curveThrough,
  degrees,
  lengthsOf,
  measured,
  NAMES,
  pullsOf,
  sumOfPulls,
  triangles,
  valuesOf,
  wayOf,
} from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Tick, YAxis } from "../kit/plot.js" */
/** @import { Model } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { Name, Pulls, Quantity, Settings } from "./state.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */
/** @typedef {{ p: number[], losses: ReturnType<typeof measured>, position: number }} Here */
/** @typedef {{ curves: Record<Name, [number, number][]>, shows: Quantity, scale: "linear" | "log", position: number }} Way */

// The loss comparer: one prediction on its way from wrong to right, as each of the five losses sees it.

const SHADES = 40; // of the prediction
/** @typedef {Record<Name, [at: number, under?: boolean]>} Places */
/** @type {Record<Quantity, Places>} */
const PLACES = { // of the labels
  loss: { dice: [0.62, true], iou: [0.42], bce: [0.24], bce_dice: [0.1], focal: [0.05] },
  length: { dice: [0.05], iou: [0.62], bce: [0.24], bce_dice: [0.1], focal: [0.3] },
  angle: { dice: [0.3], iou: [0.5], bce: [0.4], bce_dice: [0.1], focal: [0.05] },
};

/**
 * Something for each of the losses.
 * @template Value
 * @param {(name: Name) => Value} make
 * @returns {Record<Name, Value>}
 */
const forEach = (make) => ({
  dice: make("dice"),
  iou: make("iou"),
  bce: make("bce"),
  bce_dice: make("bce_dice"),
  focal: make("focal"),
});

/** @type {(model: Model) => Settings} */
const settingsOf = (model) => ({
  smooth: model.get("smooth"),
  dice_weight: model.get("dice_weight"),
  alpha: model.get("alpha"),
  gamma: model.get("gamma"),
});

/**
 * The end of an axis from 0 on, a fifth of which is a short number.
 * @param {number} most
 */
function roundEnd(most) {
  const unit = 10 ** Math.floor(Math.log10(most));
  const ends = [1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 7.5].map((end) => Number((end * unit).toPrecision(3)));
  return ends.find((end) => end >= most) ?? 10 * unit;
}

/**
 * The axis for what the plot shows.
 * @type {(shows: Quantity, log: boolean, values: number[], t: Table) => YAxis}
 */
function axisFor(shows, log, values, t) {
  const label = t.axes[shows];
  const there = values.filter((value) => Number.isFinite(value) && value > 0);
  const most = there.length ? Math.max(...there) : 1;
  if (shows === "angle") {
    const to = most > 90 ? 180 : 90;
    return {
      label,
      from: 0,
      to,
      ticks: [0, 1, 2, 3].map((third) => [(third * to) / 3, `${(third * to) / 3}°`]),
    };
  }
  if (!log) return { label, from: 0, to: roundEnd(most), ticks: fifths(roundEnd(most)) };
  const [to, least] = [
    10 ** Math.ceil(Math.log10(most)),
    10 ** Math.floor(Math.log10(Math.min(...there, most))),
  ];
  const from = Math.min(Math.max(least, to * 1e-6), to / 10); // below a millionth, a loss is as good as silent
  return { label, log, from, to, ticks: decades(from, to) };
}

/**
 * The curves as far as the dial has been turned, so that a reader finds them before seeing them.
 * @param {Table} t
 * @param {{ onpick: (x: number) => void, onsettle: () => void }} acts
 * @returns {Panel<Way> & { move: (x: number) => void, stop: () => void }}
 */
function plotPanel(t, acts) {
  const chart = plot({ label: t.plot, ...acts });
  /** @type {Tick[]} */
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((x) => [x, plain(x)]);
  let reach = 0;
  /** @type {(position: number) => [number, number]} */
  const seen = (position) => [0, reach = Math.max(reach, position)];
  /** @param {Way} way */
  function draw({ curves, shows, scale, position }) {
    const values = Object.values(curves).flat().map(([, value]) => value);
    chart.draw({
      x: { label: "", ticks },
      y: axisFor(shows, scale === "log", values, t),
      curves: NAMES.map((name) => ({
        name: `lc-${name}`,
        label: t.names[name],
        points: curves[name],
        at: PLACES[shows][name][0],
        under: PLACES[shows][name][1],
      })),
      cursor: position,
      seen: seen(position),
    });
  }
  return { ...chart, draw, move: (position) => chart.move(position, seen(position)) };
}

/**
 * The numbers of each loss where the dial stands. `set(settings)` says beside its name what it is set to, and `said()`
 * the values in a sentence.
 * @type {(t: Table) => Panel<Here> & { set: (settings: Settings) => void, said: () => string }}
 */
function tablePanel(t) {
  const caption = h("caption");
  const cells = forEach((name) => ({
    setting: h("small"),
    value: h("td", { "data-cell": `${name} value` }),
    norm: h("td", { "data-cell": `${name} norm` }),
    cosine: h("span", { "data-cell": `${name} cosine` }),
    angle: h("small", { "data-cell": `${name} angle` }),
  }));
  /** @param {Name} name */
  const row = (name) => {
    const { setting, value, norm, cosine, angle } = cells[name];
    const head = h("th", { scope: "row" }, sampleLine(name), t.names[name], " ", setting);
    return h("tr", {}, head, value, norm, h("td", {}, cosine, " ", angle));
  };
  const heads = [t.columns.value, t.columns.norm, t.columns.cosine].map((label) =>
    h("th", { scope: "col" }, label)
  );
  return {
    node: h(
      "table",
      { class: "sl-table" },
      caption,
      h("thead", {}, h("tr", {}, h("td"), ...heads)),
      h("tbody", {}, ...NAMES.map(row)),
    ),
    draw({ losses, position }) {
      fill(caption, t.here(plain(position)));
      for (const { name, value, norm, cosine } of losses) {
        fill(cells[name].value, significant(value));
        fill(cells[name].norm, significant(norm));
        fill(cells[name].cosine, significant(cosine));
        fill(cells[name].angle, Number.isNaN(cosine) ? "" : `${degrees(cosine).toFixed(0)}°`);
      }
    },
    set({ smooth, dice_weight, alpha, gamma }) {
      const region = `s ${plain(smooth)}`;
      cells.dice.setting.textContent = cells.iou.setting.textContent = region;
      cells.bce_dice.setting.textContent = `${region}, w ${plain(dice_weight)}`;
      cells.focal.setting.textContent = `${alpha === null ? "" : `α ${plain(alpha)}, `}γ ${plain(gamma)}`;
    },
    said: () => NAMES.map((name) => `${t.names[name]} ${cells[name].value.textContent}`).join(", "),
  };
}

/**
 * A piece of a loss's curve, as the plot has it.
 * @param {Name} name
 */
const sampleLine = (name) =>
  svg(
    "svg",
    { class: "lc-sample", width: 28, height: 8, "aria-hidden": "true" },
    svg("path", { class: `pl-curve lc-${name}`, d: "M0 4h28" }),
  );

/**
 * The prediction, and for each loss which pixels it raises and lowers; `outline(mask)` draws the edge of the truth.
 * @type {(rows: number, cols: number, t: Table) => Panel<Here> & { outline: (mask: number[][]) => void, notes: string[] }}
 */
function mapsPanel(rows, cols, t) {
  const blocks = blocksOf(rows, cols);
  /** @param {SVGElement[]} parts */
  const map = (...parts) => {
    const edge = svg("path", { class: "lc-edge" });
    const view = { viewBox: `0 0 ${cols} ${rows}`, role: "img", class: "lc-map" };
    return { edge, node: svg("svg", view, ...parts, edge) };
  };
  const shades = Array.from(
    { length: SHADES + 1 },
    (_, k) => svg("path", { class: "lc-shade", "fill-opacity": k / SHADES }),
  );
  const prediction = map(...shades);
  prediction.node.setAttribute("aria-label", t.predictionMap);
  const maps = forEach(() => {
    const [up, down] = ["lc-up", "lc-down"].map((name) =>
      svg("path", { class: name, transform: `scale(${blocks.side / 40})` })
    );
    return { up, down, ...map(up, down) };
  });
  /** @type {(label: string, map: { node: SVGElement }) => HTMLElement} */
  const figure = (label, { node }) =>
    h("figure", {}, h("figcaption", { "aria-hidden": "true" }, label), node);

  /** @param {Here} here */
  function draw({ p, losses }) {
    const areaOf = areas(p.map((value) => Math.round(SHADES * value)), cols);
    shades.forEach((shade, k) => follow(shade, areaOf[k] ?? ""));
    for (const { name, gradient } of losses) {
      const smallest = blocks.across / 8; // smaller ones could not be seen
      const [up, down] = triangles(blocks.together(gradient), blocks.middles, smallest);
      follow(maps[name].up, up);
      follow(maps[name].down, down);
      const [raised, lowered] = [-1, 1].map((sign) => gradient.filter((g) => sign * g > 0).length);
      maps[name].node.setAttribute("aria-label", t.map(t.names[name], raised, lowered));
    }
  }
  return {
    node: h(
      "div",
      { class: "lc-maps", role: "group", "aria-label": t.maps },
      figure(t.prediction, prediction),
      ...NAMES.map((name) => figure(t.names[name], maps[name])),
    ),
    draw,
    outline(mask) {
      const edge = contour(mask);
      for (const one of [prediction, ...Object.values(maps)]) one.edge.setAttribute("d", edge);
    },
    notes: blocks.side > 1 ? [t.block(blocks.side)] : [],
  };
}

/**
 * The curves of the losses along the way. `turn()` follows a new way, `trace(names)` new settings; moving the position
 * changes none of them. `curves(shows)` are those of a quantity.
 * @param {Model} model
 */
function tracksOf(model) {
  /** @type {number[][]} */
  let way = []; // the predictions along the way
  /** @type {Partial<Record<Name, number[]>>} */
  let values = {};
  /** @type {Partial<Record<Name, Pulls>>} */
  let pulls = {};
  const turn = () => {
    way = wayOf(model.get("wrong").flat(), model.get("right").flat());
    [values, pulls] = [{}, {}];
  };
  /** @param {Name[]} names */
  const trace = (names) => {
    for (const name of names) {
      delete values[name];
      delete pulls[name];
    }
  };
  const given = () => /** @type {const} */ ([way, model.get("target").flat(), settingsOf(model)]);
  // BCE-Dice is made of the two others, so that moving dice_weight is as fast as moving the position.
  /** @type {(name: Name) => number[]} */
  const valuesFor = (name) =>
    values[name] ??= name === "bce_dice"
      ? valuesFor("bce").map((bce, i) => bce + model.get("dice_weight") * valuesFor("dice")[i])
      : valuesOf(name, ...given());
  /** @type {(name: Name) => Pulls} */
  const pullsFor = (name) =>
    pulls[name] ??= name === "bce_dice"
      ? sumOfPulls(pullsFor("bce"), pullsFor("dice"), model.get("dice_weight"))
      : pullsOf(name, ...given());
  /** @type {Record<Quantity, (name: Name) => number[]>} */
  const quantities = {
    loss: valuesFor,
    length: (name) => lengthsOf(pullsFor(name)),
    angle: (name) => anglesOf(pullsFor(name), pullsFor("bce")),
  };
  /** @param {Quantity} shows */
  const curves = (shows) => forEach((name) => curveThrough(quantities[shows](name)));
  return { curves, turn, trace };
}

/**
 * The dial: a slider as wide as the widget, with what each of its ends is.
 * @type {(model: Model, t: Table, settle: () => void) => Panel<void>}
 */
function dialPanel(model, t, settle) {
  /** @type {Record<string, string>} */
  const names = t.ends;
  const [wrong, right] = model.get("_ends").map((/** @type {string} */ end) => names[end] ?? end);
  const position = slider(t.position(wrong, right), {
    min: 0,
    max: 1,
    step: 0.01,
    onslide: (value) => model.set("position", value),
    onsettle: settle,
  });
  position.node.firstElementChild?.replaceChildren(t.prediction); // the ends are named below
  const ends = h(
    "div",
    { class: "lc-ends", "aria-hidden": "true" },
    h("span", {}, wrong),
    h("span", {}, right),
  );
  return {
    node: h("div", { class: "lc-dial" }, sets("position", position.node), ends),
    draw: () => position.show(model.get("position")),
  };
}

/**
 * What the plot shows and how, and Dice's weight.
 * @type {(model: Model, t: Table, settle: () => void) => Record<"plot" | "weight", Panel<void>>}
 */
function controlsOf(model, t, settle) {
  const weight = slider(t.dice_weight, {
    min: 0,
    max: 5,
    step: 0.1,
    onslide: (value) => model.set("dice_weight", value),
    onsettle: settle,
  });
  /** @param {string} name */
  const setter = (name) => (/** @type {string} */ value) => {
    model.set(name, value);
    settle();
  };
  const [quantities, scales] = [
    choice(Object.entries(t.quantities), setter("plot")),
    choice(Object.entries(t.scales), setter("scale")),
  ];
  const axis = sets("scale", group(t.axis, ...scales.nodes));
  return {
    plot: {
      node: h("div", { class: "sl-controls" }, sets("plot", group(t.show, ...quantities.nodes)), axis),
      draw() {
        quantities.show(model.get("plot"));
        scales.show(model.get("scale"));
        axis.hidden = model.get("plot") === "angle";
      },
    },
    weight: {
      node: sets("dice_weight", weight.node),
      draw: () => weight.show(model.get("dice_weight")),
    },
  };
}

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mount(model, el) {
  const t = wordsOf(STRINGS, model);
  const tracks = tracksOf(model);
  const settle = () => {
    model.save_changes();
    status.textContent = `${t.here(plain(model.get("position")))}: ${table.said()}`;
  };
  const [dial, controls] = [dialPanel(model, t, settle), controlsOf(model, t, settle)];
  const onpick = (/** @type {number} */ x) => model.set("position", Math.round(100 * x) / 100);
  const chart = plotPanel(t, { onpick, onsettle: settle });
  const [table, maps] = [
    tablePanel(t),
    mapsPanel(model.get("target").length, model.get("target")[0].length, t),
  ];
  const status = h("p", { role: "status", class: "sl-hidden" });

  const drawPlot = () => {
    for (const panel of Object.values(controls)) panel.draw();
    table.set(settingsOf(model));
    const [shows, scale, position] = ["plot", "scale", "position"].map((name) => model.get(name));
    chart.draw({ curves: tracks.curves(shows), shows, scale, position });
  };
  const drawHere = (names = NAMES) => {
    const [wrong, right, y] = ["wrong", "right", "target"].map((name) => model.get(name).flat());
    const position = model.get("position");
    const p = between(wrong, right, position);
    const losses = measured(names, p, y, settingsOf(model));
    dial.draw();
    for (const panel of [table, maps]) panel.draw({ p, losses, position });
  };
  const draw = (names = NAMES) => {
    tracks.trace(names);
    drawPlot();
    drawHere(names);
  };
  const drawWay = () => {
    tracks.turn();
    draw();
  };
  const drawGrid = () => {
    maps.outline(model.get("target"));
    drawWay();
  };
  const moveTo = () => {
    chart.move(model.get("position"));
    drawHere();
  };

  const root = h(
    "div",
    { class: "sl-widget loss-comparer", lang: t.lang, ...OWN_KEYS },
    ...[controls.plot.node, chart.node, dial.node, maps.node, controls.weight.node, table.node],
    ...[t.cosine, [t.legend, ...maps.notes].join(" "), t.note].map((text) =>
      h("p", { class: "sl-note" }, text)
    ),
    status,
  );
  drawGrid();
  const watched = {
    ...{
      target: drawGrid,
      "wrong right": drawWay,
      position: moveTo,
      "scale plot": drawPlot,
      smooth: () => draw(),
    },
    ...{ dice_weight: () => draw(["bce_dice"]), "alpha gamma": () => draw(["focal"]) },
  };
  return shown({ model, el, root, watched, ends: [chart.stop] });
}

export default shareable(localized(mount));
