import { choice, fill, group, h, languageOf, OWN_KEYS, sets, slider, svg } from "../kit/ui.js";
import { plain, significant } from "../kit/numbers.js";
import { localized, shown } from "../kit/view.js";
import { areas, contour } from "../kit/cells.js";
import { follow } from "../kit/pixel_grid.js";
import { decades, fifths, plot } from "../kit/plot.js";
import { shareable } from "../kit/links.js";
import { between, blocksOf, curveOf, measured, NAMES, triangles, wayOf } from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Tick } from "../kit/plot.js" */
/** @import { Model } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { Name, Settings } from "./state.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */
/** @typedef {{ p: number[], losses: ReturnType<typeof measured>, position: number }} Here */
/** @typedef {{ curves: Record<Name, [number, number][]>, scale: "linear" | "log", position: number }} Way */

// The loss comparer: one prediction on its way from wrong to right, as each of the five losses sees it.

const SHADES = 40; // of the prediction
/** @type {Record<Name, [at: number, under?: boolean]>} */
const PLACES = { dice: [0.62, true], iou: [0.42], bce: [0.24], bce_dice: [0.1], focal: [0.05] }; // of the labels

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
 * @param {Table} t
 * @param {{ onpick: (x: number) => void, onsettle: () => void }} acts
 * @returns {Panel<Way> & { move: (x: number) => void, stop: () => void }}
 */
function plotPanel(t, acts) {
  const chart = plot({ label: t.plot, ...acts });
  /** @type {Tick[]} */
  const ticks = [[0, t.wrong], [0.25, "0.25"], [0.5, "0.5"], [0.75, "0.75"], [1, t.right]];
  /** @param {Way} way */
  function draw({ curves, scale, position }) {
    const log = scale === "log";
    const values = Object.values(curves).flat().map(([, value]) => value);
    const most = Math.max(...values.filter(Number.isFinite));
    const high = [0.5, 1, 1.25, 2.5, 5].find((end) => end >= most) ?? 5;
    chart.draw({
      x: { label: "", ticks },
      y: log
        ? { label: t.loss, log, from: 1e-3, to: 10, ticks: decades(1e-3, 10) }
        : { label: t.loss, from: 0, to: high, ticks: fifths(high) },
      curves: NAMES.map((name) => ({
        name: `lc-${name}`,
        label: t.names[name],
        points: curves[name],
        at: PLACES[name][0],
        under: PLACES[name][1],
      })),
      cursor: position,
    });
  }
  return { ...chart, draw };
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
    cosine: h("td", { "data-cell": `${name} cosine` }),
  }));
  /** @param {Name} name */
  const row = (name) => {
    const { setting, value, norm, cosine } = cells[name];
    const head = h("th", { scope: "row" }, sampleLine(name), t.names[name], " ", setting);
    return h("tr", {}, head, value, norm, cosine);
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
    notes: blocks.side > 1 ? [t.block(blocks.side), " "] : [],
  };
}

/**
 * The curves of the losses along the way. `turn()` follows a new way, `trace(names)` new settings; moving the position
 * changes none of them.
 * @param {Model} model
 */
function tracksOf(model) {
  /** @type {number[][]} */
  let way = []; // the predictions along the way
  /** @type {Record<Name, [number, number][]>} */
  const curves = forEach(() => []);
  const turn = () => {
    way = wayOf(model.get("wrong").flat(), model.get("right").flat());
  };
  /** @param {Name[]} names */
  const trace = (names) => {
    const [y, settings] = [model.get("target").flat(), settingsOf(model)];
    const plain = names.filter((name) => name !== "bce_dice");
    for (const name of plain) curves[name] = curveOf(name, way, y, settings);
    // The sum of two curves that are computed already, so that moving dice_weight is as fast as moving the position.
    curves.bce_dice = curves.bce.map(([x, bce], i) => [x, bce + settings.dice_weight * curves.dice[i][1]]);
  };
  return { curves, turn, trace };
}

/**
 * The sliders and the choice of the axis.
 * @type {(model: Model, t: Table, settle: () => void) => Record<"position" | "others", Panel<void>>}
 */
function controlsOf(model, t, settle) {
  const position = slider(t.position, {
    min: 0,
    max: 1,
    step: 0.01,
    onslide: (value) => model.set("position", value),
    onsettle: settle,
  });
  const weight = slider(t.dice_weight, {
    min: 0,
    max: 5,
    step: 0.1,
    onslide: (value) => model.set("dice_weight", value),
    onsettle: settle,
  });
  const scales = choice(Object.entries(t.scales), (scale) => {
    model.set("scale", scale);
    settle();
  });
  const axis = sets("scale", group(t.axis, ...scales.nodes));
  return {
    position: {
      node: sets("position", position.node),
      draw: () => position.show(model.get("position")),
    },
    others: {
      node: h("div", { class: "lc-controls" }, sets("dice_weight", weight.node), axis),
      draw() {
        weight.show(model.get("dice_weight"));
        scales.show(model.get("scale"));
      },
    },
  };
}

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mount(model, el) {
  const t = STRINGS[languageOf(model)];
  const tracks = tracksOf(model);
  const settle = () => {
    model.save_changes();
    status.textContent = `${t.here(plain(model.get("position")))}: ${table.said()}`;
  };
  const controls = controlsOf(model, t, settle);
  const onpick = (/** @type {number} */ x) => model.set("position", Math.round(100 * x) / 100);
  const chart = plotPanel(t, { onpick, onsettle: settle });
  const [table, maps] = [
    tablePanel(t),
    mapsPanel(model.get("target").length, model.get("target")[0].length, t),
  ];
  const status = h("p", { role: "status", class: "sl-hidden" });

  const drawPlot = () => {
    controls.others.draw();
    table.set(settingsOf(model));
    chart.draw({ curves: tracks.curves, scale: model.get("scale"), position: model.get("position") });
  };
  const drawHere = (names = NAMES) => {
    const [wrong, right, y] = ["wrong", "right", "target"].map((name) => model.get(name).flat());
    const position = model.get("position");
    const p = between(wrong, right, position);
    const losses = measured(names, p, y, settingsOf(model));
    controls.position.draw();
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
    ...[controls.position.node, chart.node, controls.others.node, table.node],
    ...[h("p", { class: "sl-note" }, t.cosine), maps.node],
    h("p", { class: "sl-note" }, t.legend, " ", ...maps.notes, t.note),
    status,
  );
  drawGrid();
  const watched = {
    ...{ target: drawGrid, "wrong right": drawWay, position: moveTo, scale: drawPlot, smooth: () => draw() },
    ...{ dice_weight: () => draw(["bce_dice"]), "alpha gamma": () => draw(["focal"]) },
  };
  return shown({ model, el, root, watched, ends: [chart.stop] });
}

export default shareable(localized(mount));
