import { choice, fill, group, h, OWN_KEYS, piece, sets, slider, svg, wordsOf } from "../kit/ui.js";
import { decimals, plain } from "../kit/numbers.js";
import { localized, shown } from "../kit/view.js";
import { areas, contour, marks } from "../kit/cells.js";
import { fifths, plot } from "../kit/plot.js";
import { walkPanel } from "../kit/walk.js";
import { shareable } from "../kit/links.js";
import looks from "../kit/looks.json" with { type: "json" };
import { curveOf, highest, judge, unpack } from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Tick } from "../kit/plot.js" */
/** @import { Model } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { Run, Side } from "./state.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */
/** @typedef {ReturnType<typeof recording>} Recording */

// The training player: one image as two losses learn to see it, step by recorded step.

/** @type {Side[]} */
const SIDES = ["left", "right"];
const PACE = 500; // milliseconds a frame

/**
 * What the model holds of the recording, which never changes, and where in it the player stands.
 * @param {Model} model
 */
function recording(model) {
  /** @type {number[]} */
  const steps = model.get("_steps");
  /** @type {string[]} */
  const names = model.get("_names");
  /** @type {[number, number]} */
  const [rows, cols] = model.get("_size");
  const index = () => steps.indexOf(model.get("step"));
  /** @type {(side: Side) => Run} */
  const run = (side) => model.get("_runs")[model.get(side)];
  return {
    steps,
    names,
    rows,
    cols,
    last: steps[steps.length - 1],
    index,
    run,
    /** @returns {number[]} */
    mask: () => Array.from(model.get("_masks")[model.get("image")], Number),
    /** @type {(side: Side) => number[]} */
    levels: (side) => unpack(run(side).frames[model.get("image")][index()], rows * cols),
    /** @param {number} i */
    goTo: (i) => model.set("step", steps[Math.max(0, Math.min(steps.length - 1, i))]),
    /** @param {number} x */
    goNear: (x) =>
      model.set("step", steps.reduce((best, one) => Math.abs(one - x) < Math.abs(best - x) ? one : best)),
  };
}

// ---- the pictures -------------------------------------------------------------------------------------------

/** @type {(record: Recording, ...inside: SVGElement[]) => SVGSVGElement} */
const picture = ({ rows, cols }, ...inside) =>
  svg("svg", { viewBox: `0 0 ${cols} ${rows}`, role: "img", class: "tp-picture" }, ...inside);

/** @type {(caption: string | Node, ...inside: Node[]) => HTMLElement} */
const figure = (caption, ...inside) => h("figure", {}, h("figcaption", {}, caption), ...inside);

/**
 * What one loss has made of the image: a choice of the loss, its picture, and its scores.
 * @param {Model} model
 * @param {Recording} record
 * @param {Table} t
 * @param {{ side: Side, onchoose: (name: string) => void }} which
 * @returns {Panel<void> & { outline: (edge: string) => void, said: () => string }}
 */
function sidePanel(model, record, t, { side, onchoose }) {
  const cells = svg("g");
  const edge = svg("path", { class: "tp-edge" });
  const node = picture(record, cells, edge);
  const said = h("p", { class: "tp-said sl-number", "aria-hidden": "true" });
  const options = record.names.map((name) => h("option", {}, name));
  const select = h("select", { class: "tp-select", "aria-label": t.sides[side] }, ...options);
  select.addEventListener("change", () => onchoose(select.value));
  const sample = svg(
    "svg",
    { class: "tp-sample", width: 28, height: 8, "aria-hidden": "true" },
    svg("path", { class: `pl-curve tp-${side}`, d: "M0 4h28" }),
  );

  function draw() {
    const levels = record.levels(side);
    const judged = judge(levels, record.mask());
    if (model.get("show") === "probability") {
      const { 0: _, ...shades } = areas(levels, record.cols);
      const shaded = Object.entries(shades).map(([level, d]) =>
        piece("path", { d, class: "tp-shade", "fill-opacity": (Number(level) / 15).toFixed(3) })
      );
      fill(cells, ...shaded);
    } else {
      const { tn: _, ...kinds } = areas(judged.kinds, record.cols);
      fill(
        cells,
        ...Object.entries(kinds).map(([kind, d]) => piece("path", { d, class: `tp-${kind}` })),
        piece("path", {
          d: marks(judged.kinds, record.cols, "fp", looks.small_marks.fp.d),
          class: "tp-mark-fp",
        }),
        piece("path", {
          d: marks(judged.kinds, record.cols, "fn", looks.small_marks.fn.d),
          class: "tp-mark-fn",
        }),
      );
    }
    select.value = model.get(side);
    fill(said, t.counts(decimals(judged.dice), judged.fn, judged.fp));
    node.setAttribute("aria-label", t.grid(model.get(side), model.get("step"), said.textContent));
  }
  return {
    node: figure(sets(side, h("span", { class: "tp-side" }, select, sample)), node, said),
    draw,
    outline: (d) => edge.setAttribute("d", d),
    said: () => `${model.get(side)}: ${said.textContent}.`,
  };
}

/**
 * The image itself, with the edge of the true mask.
 * @type {(model: Model, record: Recording, t: Table) => Panel<void> & { outline: (edge: string) => void }}
 */
function filmPanel(model, record, t) {
  const { rows, cols } = record;
  const film = svg("image", { width: cols, height: rows, class: "tp-film" });
  const edges = ["tp-casing", "tp-edge tp-bright"].map((name) => svg("path", { class: name }));
  const node = picture(record, film, ...edges);
  node.setAttribute("aria-label", t.filmLabel);
  function draw() {
    const canvas = h("canvas", { width: cols, height: rows });
    const pixels = new Uint8ClampedArray(4 * rows * cols);
    const grey = atob(model.get("_films")[model.get("image")]);
    for (let i = 0; i < rows * cols; i++) pixels.set([...Array(3).fill(grey.charCodeAt(i)), 255], 4 * i);
    canvas.getContext("2d")?.putImageData(new ImageData(pixels, cols, rows), 0, 0);
    film.setAttribute("href", canvas.toDataURL());
  }
  return {
    node: figure(t.film, node),
    draw,
    outline(d) {
      for (const edge of edges) edge.setAttribute("d", d);
    },
  };
}

/**
 * What the colours and marks mean.
 * @type {(model: Model, t: Table) => Panel<void>}
 */
function legendPanel(model, t) {
  /** @type {(kind: "tp" | "fp" | "fn", mark?: string) => HTMLElement} */
  const key = (kind, mark) => {
    const ground = svg("path", { class: `tp-${kind}`, d: "M0 0h1v1h-1z" });
    const over = mark ? [svg("path", { class: `tp-mark-${kind}`, d: `M0 0${mark}` })] : [];
    const swatch = svg("svg", { viewBox: "0 0 1 1", "aria-hidden": "true" }, ground, ...over);
    return h("span", { class: "tp-key" }, swatch, t.keys[kind]);
  };
  const keys = h(
    "span",
    {},
    key("tp"),
    " ",
    key("fn", looks.small_marks.fn.d),
    " ",
    key("fp", looks.small_marks.fp.d),
    " ",
  );
  const node = h("p", { class: "sl-note" });
  const draw = () => node.replaceChildren(...(model.get("show") === "mask" ? [keys, t.legend] : [t.shades]));
  return { node, draw };
}

// ---- the curves and the choices -----------------------------------------------------------------------------

/**
 * @param {Model} model
 * @param {Recording} record
 * @param {Table} t
 * @param {{ onpick: (x: number) => void, onsettle: () => void }} acts
 * @returns {Panel<void> & { move: () => void, stop: () => void }}
 */
function curvesPanel(model, record, t, acts) {
  const { steps, last } = record;
  const chart = plot({ label: t.plot, ...acts });
  const at = () => model.get("step") / last;
  function draw() {
    /** @type {"dice" | "loss"} */
    const curve = model.get("curve");
    const curves = SIDES.map((side) => ({
      name: `tp-${side}`,
      label: model.get(side),
      points: curveOf(record.run(side), curve, model.get("image"), steps),
      at: side === "left" ? 0.72 : 0.4,
      under: side === "right",
    }));
    const to = curve === "loss" ? highest(curves.flatMap(({ points }) => points)) : 1;
    chart.draw({
      x: {
        label: t.step,
        ticks: [0, 0.25, 0.5, 0.75, 1].map((x) => /** @type {Tick} */ ([x, plain(x * last)])),
      },
      y: { label: t.axes[curve], from: 0, to, ticks: fifths(to) },
      curves,
      cursor: at(),
    });
  }
  return { node: chart.node, draw, move: () => chart.move(at()), stop: chart.stop };
}

/**
 * What is shown, which curve, which image.
 * @type {(model: Model, t: Table, choose: (name: string, value: any) => void) => Panel<void>}
 */
function choicesPanel(model, t, choose) {
  const shows = choice(Object.entries(t.shows), (value) => choose("show", value));
  const curves = choice(Object.entries(t.curves), (value) => choose("curve", value));
  /** @type {[number, string][]} */
  const numbers = model.get("_masks").map((
    /** @type {string} */ _,
    /** @type {number} */ i,
  ) => [i, String(i + 1)]);
  const images = choice(numbers, (value) => choose("image", value));
  for (const { value, node } of images.buttons) node.setAttribute("aria-label", t.imageNumber(value + 1));
  return {
    node: h(
      "div",
      { class: "sl-controls" },
      sets("show", group(t.show, ...shows.nodes)),
      sets("curve", group(t.curve, ...curves.nodes)),
      ...(numbers.length > 1 ? [sets("image", group(t.image, ...images.nodes))] : []),
    ),
    draw() {
      shows.show(model.get("show"));
      curves.show(model.get("curve"));
      images.show(model.get("image"));
    },
  };
}

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mount(model, el) {
  const t = wordsOf(STRINGS, model);
  const record = recording(model);
  const { steps, last, rows, cols } = record;
  const status = h("p", { role: "status", class: "sl-hidden" });
  const settle = () => {
    model.save_changes();
    status.textContent = [t.at(model.get("step")), ...sides.map((side) => side.said())].join(" ");
  };
  /** @type {(name: string, value: any) => void} */
  const choose = (name, value) => {
    model.set(name, value);
    settle();
  };
  /** @param {number} x */
  const goNear = (x) => {
    walk.pause();
    record.goNear(x);
  };

  const { index, goTo } = record;
  const walk = walkPanel({ index, last: steps.length - 1, pace: PACE, goTo, settle }, t);
  const step = slider(t.step, {
    min: steps[0],
    max: last,
    step: steps.length > 1 ? steps[1] - steps[0] : 1,
    onslide: goNear,
    onsettle: settle,
  });
  const sides = SIDES.map((side) =>
    sidePanel(model, record, t, { side, onchoose: (name) => choose(side, name) })
  );
  const [film, legend] = [filmPanel(model, record, t), legendPanel(model, t)];
  const curves = curvesPanel(model, record, t, { onpick: (x) => goNear(x * last), onsettle: settle });
  const choices = choicesPanel(model, t, choose);

  const drawStep = () => {
    step.show(model.get("step"));
    for (const panel of [walk, ...sides]) panel.draw();
    curves.move();
  };
  const draw = () => {
    for (const panel of [choices, legend]) panel.draw();
    drawStep();
    curves.draw();
  };
  const drawImage = () => {
    const flat = record.mask();
    const edge = contour(Array.from({ length: rows }, (_, r) => flat.slice(r * cols, (r + 1) * cols)));
    for (const panel of [film, ...sides]) panel.outline(edge);
    film.draw();
    draw();
  };

  const root = h(
    "div",
    { class: "sl-widget training-player", lang: t.lang, ...OWN_KEYS },
    h("div", { class: "tp-controls" }, sets("step", step.node), walk.node),
    h("div", { class: "tp-pictures" }, ...sides.map((side) => side.node), film.node),
    ...[legend.node, curves.node, choices.node, status],
  );
  drawImage();
  const watched = { step: drawStep, "left right show curve": draw, image: drawImage };
  return shown({ model, el, root, watched, ends: [walk.pause, curves.stop] });
}

export default shareable(localized(mount));
