import { button, choice, fill, group, h, OWN_KEYS, piece, sets, slider, svg, wordsOf } from "../kit/ui.js";
import { decimals, plain, significant } from "../kit/numbers.js";
import { localized, shown } from "../kit/view.js";
import { decades, fifths, plot } from "../kit/plot.js";
import { shareable } from "../kit/links.js";
import looks from "../kit/looks.json" with { type: "json" };
import { controlsOf } from "./controls.js";
import { patient } from "./learner.js";
import { CHANNELS, PIXELS, SIDE } from "./network.js";
import {
  axisOf,
  curveOf,
  edgeOf,
  endOf,
  greys,
  isRecorded,
  LONGEST,
  measured,
  MEASURES,
  outcomesOf,
  packed,
  patientsOf,
  setupOf,
  shaded,
  SHOWN,
  SIDES,
} from "./state.js";
import { trainer } from "./trainer.js";
import { STRINGS } from "./words.js";
/** @import { Tick } from "../kit/plot.js" */
/** @import { Model } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { Look } from "./engine.js" */
/** @import { Measure, Side } from "./state.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */
/** @typedef {ReturnType<typeof trainer>} Trainer */

// The playground: a network learns beside the page, twice, and the page shows what it makes of images held out.

/** @typedef {{ image: Float64Array, mask: Float64Array, edge: string }} Example an image, its truth, and its edge */
/**
 * What the panels need to know: the model, the trainings, the first images held out, and the words.
 * @typedef {{ model: Model, training: Trainer, held: () => Example[], t: Table }} Desk
 */

/** @param {Model} model */
const inHundredths = (model) => Math.round(100 * model.get("threshold"));

/**
 * The look at a side's first training that is shown, and its others.
 * @type {(training: Trainer, i: number) => Look | undefined}
 */
const lookOf = ({ looks, shown }, i) => looks[i][0]?.findLast((look) => look.step <= shown);

/**
 * What a side trains, in few words: "Dice from 0.5".
 * @type {(desk: Desk, side: Side) => string}
 */
function nameOf({ model, t }, side) {
  const setup = setupOf((name) => model.get(name), side);
  const loss = t.losses[setup.loss];
  const alpha = setup.loss === "focal" && setup.alpha !== null ? ` ${plain(setup.alpha)}` : "";
  return `${loss}${alpha} ${t.from(plain(setup.prior))}`;
}

// ---- what moves ---------------------------------------------------------------------------------------------

/**
 * Play, steps and reset. Where the reader's system asks for less motion, playing is not even offered.
 * @type {(desk: Desk, still: boolean, acts: { reset: () => void }) => Panel<void>}
 */
function walkPanel({ training, t }, still, { reset }) {
  const play = button(t.play, () => training.playing() ? training.pause() : training.play());
  const next = button(t.next, () => training.go(Math.min(LONGEST, training.shown + 1)));
  const leap = button(t.leap, () => training.go(Math.min(LONGEST, training.shown + 50)));
  const at = h("span", { class: "sl-number pg-at" });
  const node = sets(
    "step",
    group(t.walk, ...(still ? [] : [play]), next, leap, button(t.reset, reset), at),
  );
  return {
    node,
    draw() {
      play.textContent = training.playing() ? t.pause : t.play;
      const last = String(training.shown >= LONGEST);
      for (const one of [next, leap]) one.setAttribute("aria-disabled", last);
      const working = training.busy() && !training.playing() ? t.working : "";
      fill(at, `${t.step} ${training.shown} ${training.shown === LONGEST ? t.end(LONGEST) : working}`);
    },
  };
}

// ---- the pictures -------------------------------------------------------------------------------------------

/**
 * A picture of one image: `tint(pixels)` fills its canvas, `trace(paths)` draws over it, by class and data.
 */
function picture() {
  const canvas = h("canvas", { width: SIDE, height: SIDE, class: "pg-canvas" });
  const drawn = svg("svg", { viewBox: `0 0 ${SIDE} ${SIDE}`, "aria-hidden": "true" });
  const node = h("div", { class: "pg-picture", role: "img" }, canvas, drawn);
  /** @param {Uint8ClampedArray<ArrayBuffer>} pixels */
  const tint = (pixels) => canvas.getContext("2d")?.putImageData(new ImageData(pixels, SIDE, SIDE), 0, 0);
  /** @param {[name: string, d: string][]} paths */
  const trace = (paths) =>
    fill(drawn, ...paths.map(([name, d]) => piece("path", { class: `pg-${name}`, d })));
  return { node, tint, trace };
}

/** @type {(caption: Node, className: string, ...inside: Node[]) => HTMLElement} */
const figure = (caption, className, ...inside) =>
  h(
    "figure",
    { class: className },
    h("figcaption", {}, caption),
    h("div", { class: "pg-pictures" }, ...inside),
  );

/**
 * The images held out themselves, with the edge of each true mask.
 * @type {(desk: Desk) => Panel<void>}
 */
function filmsPanel({ held, t }) {
  const films = Array.from({ length: SHOWN }, (_, n) => {
    const one = picture();
    one.node.setAttribute("aria-label", t.filmLabel(n + 1));
    return one;
  });
  const node = figure(h("span", {}, t.films), "pg-films", ...films.map((film) => film.node));
  return {
    node,
    draw() {
      held().forEach(({ image, edge }, n) => {
        films[n].tint(greys(image));
        films[n].trace([["casing", edge], ["edge pg-bright", edge]]);
      });
    },
  };
}

/**
 * What a side's network makes of them: probabilities, or masks at the threshold, or what its layers see of the first.
 * @type {(desk: Desk, side: Side) => Panel<void>}
 */
function mapsPanel(desk, side) {
  const { model, training, held, t } = desk;
  const maps = Array.from({ length: SHOWN }, (_, n) => {
    const one = picture();
    one.node.setAttribute("aria-label", t.mapLabel(t.sides[side], n + 1, "…")); // until the first look at it
    return one;
  });
  const layers = layersPanel(desk, side);
  const name = h("span", { class: "pg-name" });
  const sample = svg(
    "svg",
    { class: "pg-sample", width: 28, height: 8, "aria-hidden": "true" },
    svg("path", { class: `pl-curve tp-${side}`, d: "M0 4h28" }),
  );
  const note = h("p", { class: "pg-note" });
  const node = figure(
    h("span", {}, sample, " ", name),
    "pg-side",
    ...maps.map((map) => map.node),
    layers.node,
  );
  node.append(note);

  /** @type {(look: Look, n: number) => void} */
  function drawMap(look, n) {
    const [{ node, tint, trace }, { mask, edge }] = [maps[n], held()[n]];
    const own = look.maps.subarray(n * PIXELS, (n + 1) * PIXELS);
    const inMasks = model.get("show") === "mask";
    tint(shaded(inMasks ? new Float64Array(PIXELS) : own));
    const outcomes = inMasks ? outcomesOf(look.maps, n, mask, model.get("threshold")) : {};
    trace([...Object.entries(outcomes), ["edge", edge]]);
    const above = own.map((p, i) => Number(p > model.get("threshold")) + 2 * mask[i]);
    const [found, missed, invented] = [3, 2, 1].map((kind) => above.filter((one) => one === kind).length);
    const said = `${t.mapSaid(decimals(own.reduce((most, p) => Math.max(most, p))))}, ${
      t.counts(found, missed, invented)
    }`;
    node.setAttribute("aria-label", t.mapLabel(t.sides[side], n + 1, said));
  }
  return {
    node,
    draw() {
      fill(name, `${t.sides[side]}: ${nameOf(desk, side)}`);
      const look = lookOf(training, SIDES.indexOf(side));
      const recorded = isRecorded((name) => model.get(name), side) ? t.recorded : "";
      fill(note, look?.overflow ? t.overflow(look.overflow) : recorded);
      if (!look) return;
      layers.draw(look);
      if (model.get("show") !== "layers") maps.forEach((_, n) => drawMap(look, n));
    },
  };
}

/**
 * The channels of each layer for the first image, each as bright as it can be.
 * @type {(desk: Desk, side: Side) => Panel<Look>}
 */
function layersPanel({ model, training, t }, side) {
  const rows = [1, 2, 3].map((n) => ({
    canvas: h("canvas", { width: CHANNELS * (SIDE + 1) - 1, height: SIDE, class: "pg-canvas" }),
    label: h("span", {}, t.layer(n)),
  }));
  const node = h(
    "div",
    { class: "pg-layers", role: "img", "aria-label": t.layersLabel(t.sides[side]) },
    ...rows.flatMap(({ label, canvas }) => [label, canvas]),
  );
  return {
    node,
    async draw(look) {
      if (model.get("show") !== "layers") return;
      const layers = await training.layers(SIDES.indexOf(side), look.weights);
      layers?.forEach((channels, row) => {
        const context = rows[row].canvas.getContext("2d");
        channels.forEach((channel, c) =>
          context?.putImageData(new ImageData(greys(channel), SIDE, SIDE), c * (SIDE + 1), 0)
        );
      });
    },
  };
}

/**
 * What the colours and marks mean.
 * @type {(desk: Desk) => Panel<void>}
 */
function legendPanel({ model, t }) {
  /** @type {(kind: "tp" | "fp" | "fn", mark?: string) => HTMLElement} */
  const key = (kind, mark) => {
    const ground = kind === "fn" ? [] : [svg("path", { class: `pg-${kind}`, d: "M0 0h1v1h-1z" })];
    const over = mark ? [svg("path", { class: `pg-mark-${kind}`, d: `M0 0${mark}` })] : [];
    const swatch = svg("svg", { viewBox: "0 0 1 1", "aria-hidden": "true" }, ...ground, ...over);
    return h("span", { class: "pg-key" }, swatch, t.keys[kind]);
  };
  const { fn, fp } = looks.small_marks;
  const keys = h("span", {}, key("tp"), " ", key("fn", fn.d), " ", key("fp", fp.d), " ");
  const text = h("span");
  const node = h("p", { class: "sl-note" }, keys, text);
  return {
    node,
    draw() {
      /** @type {"probability" | "mask" | "layers"} */
      const show = model.get("show");
      keys.hidden = show !== "mask";
      fill(text, t.legends[show]);
    },
  };
}

// ---- the curves and the numbers -----------------------------------------------------------------------------

/**
 * @type {(desk: Desk, acts: { onpick: (share: number) => void, onsettle: () => void }) =>
 *   Panel<void> & { end: () => number, stop: () => void }}
 */
function curvesPanel(desk, acts) {
  const { model, training, t } = desk;
  const chart = plot({ label: t.plot, ...acts });
  const end = () => endOf(training.trained);
  function draw() {
    /** @type {Measure} */
    const measure = model.get("curve");
    const curves = SIDES.flatMap((side, i) =>
      training.looks[i].map((looks, run) => ({
        name: run ? `tp-${side} pg-thin` : `tp-${side}`,
        label: run ? "" : t.sides[side],
        points: curveOf(looks, measure, inHundredths(model), end()),
        at: side === "left" ? 0.55 : 0.2,
        under: side === "right",
      }))
    ).filter(({ points }) => points.length);
    const { from, to, log } = axisOf(measure, curves.flatMap(({ points }) => points.map(([, y]) => y)));
    chart.draw({
      x: {
        label: t.step,
        ticks: [0, 0.25, 0.5, 0.75, 1].map((x) => /** @type {Tick} */ ([x, plain(x * end())])),
      },
      y: { label: t.measures[measure], from, to, log, ticks: log ? decades(from, to) : fifths(to) },
      curves: curves.reverse(), // those of the first seeds over the thin ones
      cursor: Math.min(1, training.shown / end()),
    });
  }
  return { node: chart.node, draw, end, stop: chart.stop };
}

/**
 * All measures of both sides where the line stands; `said()` gives the most telling ones in a sentence.
 * @type {(desk: Desk) => Panel<void> & { said: () => string }}
 */
function tablePanel({ model, training, t }) {
  const caption = h("caption");
  const cells = MEASURES.map(() => SIDES.map(() => h("td", { class: "sl-number" })));
  const rows = MEASURES.map((measure, row) =>
    h("tr", {}, h("th", { scope: "row" }, t.measures[measure]), ...cells[row])
  );
  const heads = SIDES.map((side) => h("th", { scope: "col" }, t.sides[side]));
  const node = h(
    "table",
    { class: "sl-table" },
    caption,
    h("thead", {}, h("tr", {}, h("td"), ...heads)),
    h("tbody", {}, ...rows),
  );
  /** @type {(i: number, measure: Measure) => string} */
  const valueOf = (i, measure) => {
    const look = lookOf(training, i);
    return look ? significant(measured(look, measure, inHundredths(model)), 3) : "–";
  };
  return {
    node,
    draw() {
      fill(caption, t.here(training.shown));
      MEASURES.forEach((measure, row) => SIDES.forEach((_, i) => fill(cells[row][i], valueOf(i, measure))));
    },
    said: () =>
      SIDES.map((side, i) => {
        const overflow = lookOf(training, i)?.overflow;
        const said = overflow
          ? t.overflow(overflow)
          : `${t.measures.dice} ${valueOf(i, "dice")}, ${t.measures.largest} ${valueOf(i, "largest")}.`;
        return `${t.sides[side]}: ${said}`;
      }).join(" "),
  };
}

/**
 * The threshold, what the pictures show, and which curve.
 * @type {(desk: Desk, choose: (name: string, value: any) => void, settle: () => void) => Panel<void>}
 */
function choicesPanel({ model, t }, choose, settle) {
  const threshold = slider(t.threshold, {
    min: 0.01,
    max: 0.99,
    step: 0.01,
    onslide: (value) => model.set("threshold", value),
    onsettle: settle,
  });
  const shows = choice(Object.entries(t.shows), (value) => choose("show", value));
  return {
    node: h(
      "div",
      { class: "pg-choices" },
      sets("threshold", threshold.node),
      sets("show", group(t.show, ...shows.nodes)),
    ),
    draw() {
      threshold.show(model.get("threshold"));
      shows.show(model.get("show"));
    },
  };
}

/**
 * What a hand may do: begin with new settings, choose what is shown, let go of a slider.
 * @typedef {{ begin: (settings: Record<string, any>) => void, choose: (name: string, value: any) => void,
 *   settle: () => void, rest: () => void }} Acts
 */

/**
 * All panels, put together: `drawSettings` for a new training, `drawLook` for each look at it, `drawChoices` for what is
 * shown of it.
 * @type {(desk: Desk, still: boolean, acts: Acts) => { node: HTMLElement, traits: string, said: () => string,
 *   drawSettings: () => void, drawLook: () => void, drawChoices: () => void, stop: () => void }}
 */
function desktop(desk, still, { begin, choose, settle, rest }) {
  const { model, training, t } = desk;
  const controls = controlsOf(model, t, begin);
  const walk = walkPanel(desk, still, { reset: () => begin({}) });
  const [films, ...maps] = [filmsPanel(desk), ...SIDES.map((side) => mapsPanel(desk, side))];
  const pictures = h("div", { class: "pg-maps" }, films.node, ...maps.map((map) => map.node));
  const [choices, legend, table] = [choicesPanel(desk, choose, settle), legendPanel(desk), tablePanel(desk)];
  const measures = MEASURES.map((measure) => /** @type {const} */ ([measure, t.measures[measure]]));
  const curveChoice = choice(measures, (value) => choose("curve", value));
  const curves = curvesPanel(desk, {
    onpick: (share) => training.near(share * curves.end()),
    onsettle: rest,
  });
  const slices = h("p", { class: "sl-note" });

  function drawLook() {
    for (const panel of [walk, ...maps, curves, table]) panel.draw();
    fill(slices, training.kind() === "slices" ? t.slices : "");
  }
  return {
    node: h(
      "div",
      { class: "sl-widget playground", lang: t.lang, ...OWN_KEYS },
      ...[controls.node, walk.node, pictures, choices.node, legend.node],
      sets("curve", group(t.curve, ...curveChoice.nodes)),
      ...[curves.node, table.node, h("p", { class: "sl-note" }, t.note), slices],
    ),
    traits: controls.traits,
    said: table.said,
    drawSettings() {
      for (const panel of [controls, films]) panel.draw();
    },
    drawLook,
    drawChoices() {
      pictures.dataset.show = model.get("show");
      curveChoice.show(model.get("curve"));
      for (const panel of [choices, legend]) panel.draw();
      drawLook();
    },
    stop: curves.stop,
  };
}

/**
 * What Python gets of the network of each side: its setup, the step, and its weights.
 * @type {(model: Model, training: Trainer) => Record<string, any>}
 */
const weightsOf = (model, training) =>
  Object.fromEntries(SIDES.map((side, i) => [side, {
    setup: setupOf((name) => model.get(name), side),
    steps: [training.shown],
    weights: packed(lookOf(training, i)?.weights ?? new Float64Array()),
  }]));

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mount(model, el) {
  const t = wordsOf(STRINGS, model);
  /** @param {string} name */
  const get = (name) => model.get(name);
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const status = h("p", { role: "status", class: "sl-hidden" });
  const patients = patientsOf(get);
  /** @type {Example[]} */
  let held = [];
  let asked = 0;
  const training = trainer({ text: get("_esm"), patients, get, onlook, onrest: rest });
  const settle = () => model.save_changes();
  /** @type {Acts["choose"]} */
  const choose = (name, value) => {
    model.set(name, value);
    settle();
  };
  /** @type {Acts["begin"]} */
  const begin = (settings) => {
    for (const [name, value] of Object.entries({ ...settings, step: 0 })) model.set(name, value);
    settle();
    renew();
  };
  const shows = desktop({ model, training, held: () => held, t }, still, { begin, choose, settle, rest });

  /** A look has been taken, or is asked for again: drawn at once. What comes next waits until the frame is over. */
  async function onlook() {
    if (!still || !training.busy()) shows.drawLook();
    await new Promise((go) => requestAnimationFrame(() => setTimeout(go)));
  }
  function rest() {
    model.set("step", training.shown);
    model.set("_weights", weightsOf(model, training));
    settle();
    shows.drawLook();
    status.textContent = `${t.at(training.shown)} ${shows.said()}`;
  }
  // Settings that change together, as those of a link do, start one training.
  function renew() {
    asked ||= setTimeout(() => {
      held = Array.from({ length: SHOWN }, (_, n) => {
        const one = patient(patients, patients.training + n, get("task"));
        return { ...one, edge: edgeOf(one.mask) };
      });
      shows.drawSettings();
      asked = setTimeout(() => { // a task of its own: together they would be a long one
        asked = 0;
        training.restart(get("step"));
        shows.drawChoices();
      });
    });
  }

  shows.node.append(status);
  const sight = new IntersectionObserver(([{ isIntersecting }]) => training.see(isIntersecting));
  sight.observe(shows.node);
  renew();
  const watched = {
    [`${shows.traits} _recorded`]: renew,
    step: () => get("step") === training.shown || asked || training.go(get("step")),
    "threshold show curve": shows.drawChoices,
  };
  const ends = [training.stop, shows.stop, () => sight.disconnect(), () => clearTimeout(asked)];
  return shown({ model, el, root: shows.node, watched, ends });
}

export default shareable(localized(mount));
