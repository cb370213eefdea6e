import { choice, fill, group, h, OWN_KEYS, piece, sets, slider, svg, wordsOf } from "../kit/ui.js";
import { decimals, equals, plain } from "../kit/numbers.js";
import { localized, shown } from "../kit/view.js";
import { fifths, followDrag, plot } from "../kit/plot.js";
import { shareable } from "../kit/links.js";
import { distributions, judged, readingOf, scoreCurves, SCORES, valueOf } from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Model } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { Outcome } from "../kit/losses.js" */
/** @import { Held, Reading, State } from "./state.js" */
/** @typedef {import("./words.js").Table} Table */
/** @typedef {{ onpick: (x: number) => void, onsettle: () => void }} Acts */

// The threshold explorer: a cut over what a model says of object and background, and what every score makes of it.

/** @type {[value: number, text: string][]} */
const TICKS = [0, 0.25, 0.5, 0.75, 1].map((x) => [x, plain(x)]);

/**
 * What the model holds of the one that is shown, and how it is read.
 * @param {Model} model
 */
function heldOf(model) {
  /** @type {Held} */
  const held = model.get("_held")[model.get("model")];
  return {
    held,
    reading: readingOf(held, model.get("reading")),
    cut: Math.round(100 * model.get("threshold")),
  };
}

/** @param {string} name */
const upright = (name) => svg("line", { class: name, y1: 0, y2: "100%" });

/**
 * The bars of one side of the cut. `show(from, to)` clips them to that stretch, in hundredths.
 * @param {"left" | "right"} side
 */
function halfOf(side) {
  const [object, background] = ["object", "background"].map((name) => svg("path", { class: `te-${name}` }));
  const frame = { y: 0, height: "100%", preserveAspectRatio: "none", class: `te-${side}` };
  const node = svg("svg", frame, object, background);
  /** @type {(from: number, to: number) => void} */
  const show = (from, to) => {
    node.setAttribute("x", `${from}%`);
    node.setAttribute("width", `${to - from}%`);
    node.setAttribute("viewBox", `${from} -100 ${to - from} 200`);
  };
  return { node, object, background, show };
}

/**
 * Bars of both classes, the object's up and the background's down, cut in two, and a line at D/2. `turn` draws other
 * bars, `move(cut, half)` moves the lines.
 * @param {Acts} acts
 */
function drawingOf(acts) {
  const [left, right] = [halfOf("left"), halfOf("right")];
  const lines = svg("g");
  const middle = svg("line", { class: "te-middle", x1: 0, x2: "100%", y1: "50%", y2: "50%" });
  const [best, cutLine] = [upright("te-best"), upright("te-cut")];
  const handle = svg("circle", { class: "te-handle", cy: 0, r: 7 });
  const parts = [lines, left.node, right.node, middle, best, cutLine, handle];
  const node = svg("svg", { class: "te-bars", role: "img" }, ...parts);
  followDrag(node, ({ clientX }) => {
    const box = node.getBoundingClientRect();
    return (clientX - box.left) / box.width;
  }, acts);
  return {
    node,
    /** @type {(drawn: ReturnType<typeof distributions>, heights: number[]) => void} */
    turn(drawn, heights) {
      for (const { object, background } of [left, right]) {
        object.setAttribute("d", drawn.object);
        background.setAttribute("d", drawn.background);
      }
      const across = { class: "te-tick", x1: 0, x2: "100%" };
      fill(lines, ...heights.map((y) => piece("line", { ...across, y1: `${y}%`, y2: `${y}%` })));
    },
    /** @type {(cut: number, half: number) => void} */
    move(cut, half) {
      left.show(0, cut);
      right.show(cut, 100);
      for (const name of ["x1", "x2"]) {
        cutLine.setAttribute(name, `${cut}%`);
        best.setAttribute(name, `${100 * half || 0}%`);
      }
      handle.setAttribute("cx", `${cut}%`);
      best.toggleAttribute("hidden", Number.isNaN(half));
    },
  };
}

/**
 * The bars with their axes and, at the corners, the confusion matrix: what is right of the cut is predicted, so up there
 * are the true positives and down there the false ones. `turn` shows another model, reading or scale.
 * @typedef {{ held: Held, reading: Reading, scale: "linear" | "log", name: string, across: string }} Shown
 * @type {(t: Table, acts: Acts) => Panel<State> & { turn: (shown: Shown) => void }}
 */
function barsPanel(t, acts) {
  const drawing = drawingOf(acts);
  const numbers = corners(t);
  const [ticks, below] = [h("div", { class: "te-ticks" }), h("div", { class: "te-across" })];
  const label = h("span", { class: "te-best-label" }, "D/2");
  const base = TICKS.map(([x, text]) => h("span", { style: `left: ${100 * x}%` }, text));
  const area = h("div", { class: "te-area" }, ticks, drawing.node, label);
  const parts = [numbers.upper, area, h("div", { class: "te-base" }, ...base), below, numbers.lower];
  return {
    node: h("div", { class: "te-distributions" }, ...parts),
    turn({ held, reading, scale, name, across }) {
      const drawn = distributions(held, reading, scale);
      const marks = drawn.ticks.flatMap(([up, text]) =>
        [-1, 1].map((way) => ({ y: 50 + (way * up) / 2, text }))
      );
      drawing.turn(drawn, marks.map(({ y }) => y));
      drawing.node.setAttribute("aria-label", t.plot(name));
      fill(ticks, ...marks.map(({ y, text }) => piece("span", { style: `top: ${y}%` }, text)));
      below.textContent = across;
    },
    draw(state) {
      drawing.move(state.cut, state.half);
      label.hidden = Number.isNaN(state.half);
      label.style.left = `${100 * state.half || 0}%`;
      numbers.draw(state);
    },
  };
}

/**
 * The confusion matrix, each number at its corner of the bars.
 * @param {Table} t
 */
function corners(t) {
  /** @type {(kind: Outcome) => { kind: Outcome, number: HTMLElement, node: HTMLElement }} */
  const corner = (kind) => {
    const number = h("span", { class: "sl-number", "data-count": kind });
    const name = h("abbr", { title: t.outcomes[kind] }, kind.toUpperCase());
    return {
      kind,
      number,
      node: h("span", { class: `te-corner te-${kind}` }, name, " ", number, ` ${t.outcomes[kind]}`),
    };
  };
  const [fn, tp, tn, fp] = /** @type {Outcome[]} */ (["fn", "tp", "tn", "fp"]).map(corner);
  /** @type {(name: string, ...nodes: HTMLElement[]) => HTMLElement} */
  const row = (name, left, right) =>
    h("div", { class: "te-corners" }, left, h("span", { class: "te-side" }, name), right);
  return {
    upper: row(t.sides.object, fn.node, tp.node),
    lower: row(t.sides.background, tn.node, fp.node),
    /** @param {State} state */
    draw({ counts }) {
      for (const { kind, number } of [fn, tp, tn, fp]) fill(number, counts[kind]);
    },
  };
}

/**
 * The scores at the cut: of all pixels, and in the mean of the images where there are several; then D/2.
 * @type {(t: Table) => Panel<State> & { said: () => string }}
 */
function scoresPanel(t) {
  const caption = h("caption");
  const mean = h("th", { scope: "col" });
  const rows = SCORES.map((name) => ({
    name,
    line: sample(svg("path", { class: `pl-curve te-${name}`, d: "M0 4h28" })),
    value: h("td", { "data-score": name }),
    mean: h("td", { "data-mean": name }),
  }));
  const half = h("td", { "data-score": "half" });
  const halfLine = sample(svg("line", { class: "te-best", x1: 14, x2: 14, y1: 0, y2: 8 }));
  /** @type {(line: SVGElement, name: string, ...cells: HTMLElement[]) => HTMLElement} */
  const row = (line, name, ...cells) => h("tr", {}, h("th", { scope: "row" }, line, name), ...cells);
  const body = rows.map(({ name, line, value, mean }) => row(line, t.scores[name], value, mean));
  const last = h("td");
  /** @type {State | null} */
  let shown = null;
  return {
    node: h(
      "table",
      { class: "sl-table" },
      caption,
      h("thead", {}, h("tr", {}, h("td"), h("th", { scope: "col" }, t.fraction), mean)),
      h("tbody", {}, ...body, row(halfLine, t.half, half, last)),
    ),
    draw(state) {
      shown = state;
      const { cut, scores, means, images } = state;
      fill(caption, t.here(plain(cut / 100)));
      fill(mean, t.mean(images));
      for (const one of [mean, last, ...rows.map((row) => row.mean)]) one.hidden = images === 1;
      for (const { name, value, mean } of rows) {
        const [top, bottom] = scores[name];
        const whole = () => piece("span", { class: "te-value" }, equals(top / bottom));
        fill(value, ...(bottom ? [`${top}/${bottom} `, whole()] : [t.undefined]));
        fill(mean, means[name] === undefined ? "" : decimals(means[name]));
      }
      fill(half, Number.isNaN(state.half) ? t.undefined : equals(state.half));
    },
    said: () =>
      SCORES.map((name) => {
        const value = shown ? valueOf(shown.scores[name]) : NaN;
        return `${t.scores[name]} ${Number.isNaN(value) ? t.undefined : decimals(value)}`;
      }).join(", "),
  };
}

/**
 * A piece of a line, as the plots have it.
 * @param {SVGElement} line
 */
const sample = (line) =>
  svg("svg", { class: "te-sample", width: 28, height: 8, "aria-hidden": "true" }, line);

/**
 * The scores over the cut, as far as it has been moved. `turn` shows other curves, from where the cut stands.
 * @type {(t: Table, acts: Acts) => { node: SVGElement, turn: (held: Held, reading: Reading, cut: number) => void, move: (cut: number) => void, stop: () => void }}
 */
function curvesPanel(t, acts) {
  const chart = plot({ label: t.curves, ...acts });
  /** @type {[number, number]} */
  let seen = [1, 0];
  /** @param {number} x */
  const been = (x) => (seen = [Math.min(seen[0], x), Math.max(seen[1], x)]);
  return {
    ...chart,
    turn(held, reading, cut) {
      seen = [1, 0];
      const curves = scoreCurves(held, reading);
      chart.draw({
        x: { label: "", ticks: TICKS },
        y: { label: t.score, from: 0, to: 1, ticks: fifths(1) },
        curves: SCORES.map((name) => ({
          name: `te-${name}`,
          label: "", // the table above has each line beside its name
          points: curves[name],
          at: -1,
        })),
        cursor: cut / 100,
        seen: been(cut / 100),
      });
    },
    move: (cut) => chart.move(cut / 100, been(cut / 100)),
  };
}

/**
 * The threshold, which model, how its probabilities are read, and the axis.
 * @type {(model: Model, t: Table, settle: () => void) => Record<"slider" | "choices", Panel<void>>}
 */
function controlsOf(model, t, settle) {
  /** @param {string} name */
  const setter = (name) => (/** @type {string} */ value) => {
    model.set(name, value);
    settle();
  };
  const threshold = slider(t.threshold, {
    min: 0,
    max: 1,
    step: 0.01,
    onslide: (value) => model.set("threshold", value),
    onsettle: settle,
  });
  /** @type {string[]} */
  const given = model.get("_names");
  /** @type {Record<string, string>} */
  const names = t.names;
  const models = choice(given.map((name) => [name, names[name] ?? name]), setter("model"));
  const readings = choice(Object.entries(t.readings), setter("reading"));
  const scales = choice(Object.entries(t.scales), setter("scale"));
  const reading = sets("reading", group(t.reading, ...readings.nodes));
  return {
    slider: {
      node: h("div", { class: "te-dial" }, sets("threshold", threshold.node)),
      draw: () => threshold.show(model.get("threshold")),
    },
    choices: {
      node: h(
        "div",
        { class: "sl-controls" },
        ...(given.length > 1 ? [sets("model", group(t.model, ...models.nodes))] : []),
        ...[reading, sets("scale", group(t.axis, ...scales.nodes))],
      ),
      draw() {
        models.show(model.get("model"));
        readings.show(model.get("reading"));
        scales.show(model.get("scale"));
        reading.hidden = !heldOf(model).held.readings.translated;
      },
    },
  };
}

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mount(model, el) {
  const t = wordsOf(STRINGS, model);
  const status = h("p", { role: "status", class: "sl-hidden" });
  const settle = () => {
    model.save_changes();
    status.textContent = t.said(plain(model.get("threshold")), scores.said());
  };
  const acts = {
    onpick: (/** @type {number} */ x) => model.set("threshold", Math.round(100 * x) / 100),
    onsettle: settle,
  };
  const controls = controlsOf(model, t, settle);
  const [bars, scores, curves] = [barsPanel(t, acts), scoresPanel(t), curvesPanel(t, acts)];

  const drawCut = () => {
    const { held, reading, cut } = heldOf(model);
    const state = judged(held, reading, cut);
    controls.slider.draw();
    for (const panel of [bars, scores]) panel.draw(state);
    curves.move(cut);
  };
  const drawBars = () => {
    const { held, reading } = heldOf(model);
    const across = reading === held.readings.translated ? t.across.translated : t.across.raw;
    controls.choices.draw();
    bars.turn({ held, reading, scale: model.get("scale"), name: model.get("model"), across });
  };
  const drawAll = () => {
    const { held, reading, cut } = heldOf(model);
    drawBars();
    curves.turn(held, reading, cut);
    drawCut();
  };

  const root = h(
    "div",
    { class: "sl-widget threshold-explorer", lang: t.lang, ...OWN_KEYS },
    ...[controls.choices.node, bars.node, controls.slider.node, scores.node],
    ...[h("p", { class: "sl-note" }, t.best), curves.node, h("p", { class: "sl-note" }, t.legend), status],
  );
  drawAll();
  const watched = { threshold: drawCut, "model reading": drawAll, scale: drawBars };
  return shown({ model, el, root, watched, ends: [curves.stop] });
}

export default shareable(localized(mount));
