import { button, choice, fill, group, h, OWN_KEYS, piece, sets, slider, wordsOf } from "../kit/ui.js";
import { significant } from "../kit/numbers.js";
import { localized, shown } from "../kit/view.js";
import { decades, fifths, plot } from "../kit/plot.js";
import { shareable } from "../kit/links.js";
import { alike, GROUPS, larger, POINTS, rows, worth } from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Curve, Dot } from "../kit/plot.js" */
/** @import { Content, Model } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { ClassName, Pixels, Settings } from "./state.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */
/** @typedef {Settings & { p_t: number, scale: "linear" | "log" }} Now */
/** @typedef {(state: Record<string, any>) => void} Write */

// The focal explorer: what alpha and gamma make of every pixel, one by one and all together.

/** @type {[gamma: number, alpha: number][]} */
const PAPER = [[0, 0.75], [0.5, 0.5], [1, 0.25], [2, 0.25], [5, 0.25]]; // Lin et al., table 1b
/** @type {ClassName[]} */
const CLASSES = ["y1", "y0"]; // foreground and background, as the classes of their curves

/** @param {number} x */
const percent = (x) => (Number.isNaN(x) ? "–" : `${(100 * x).toFixed(2)} %`);

/** @param {string} before */
const power = (before) => [`${before}(1 − pₜ)`, piece("sup", {}, "γ")];

/** @type {(model: Model) => Now} */
function read(model) {
  const [alpha, gamma, p_t, view, scale] = ["alpha", "gamma", "p_t", "view", "scale"].map((name) =>
    model.get(name)
  );
  return { alpha, gamma, p_t, view, scale };
}

// ---- the controls -------------------------------------------------------------------------------------------

/**
 * The sliders of alpha and gamma, and the pairs of them to start from. `write` follows a slide, `choose` a choice.
 * @type {(model: Model, t: Table, acts: { write: Write, choose: Write, settle: () => void }) => Panel<Now>}
 */
function settingsPanel(model, t, { write, choose, settle }) {
  const gamma = slider(t.gamma, {
    min: 0,
    max: 5,
    step: 0.1,
    onslide: (value) => write({ gamma: value }),
    onsettle: settle,
  });
  const alpha = slider(t.alpha, {
    min: 0,
    max: 1,
    step: 0.05,
    onslide: (value) => write({ alpha: value }),
    onsettle: settle,
  });
  let lastAlpha = 0.25; // what "no α" gives back when it is pressed again
  const noAlpha = button(t.noAlpha, () => choose({ alpha: model.get("alpha") === null ? lastAlpha : null }));
  return {
    node: h(
      "div",
      { class: "fe-sliders" },
      sets("gamma", gamma.node),
      sets("alpha", h("div", {}, alpha.node, noAlpha)),
    ),
    draw(now) {
      if (now.alpha !== null) lastAlpha = now.alpha;
      gamma.show(now.gamma);
      alpha.show(now.alpha ?? lastAlpha);
      alpha.node.classList.toggle("fe-off", now.alpha === null);
      if (now.alpha === null) alpha.input.setAttribute("aria-valuetext", t.noAlpha);
      noAlpha.setAttribute("aria-pressed", String(now.alpha === null));
    },
  };
}

/** @type {(t: Table, choose: Write) => Panel<Now>} */
function presetsPanel(t, choose) {
  /** @type {(gamma: number, alpha: number | null, label?: string) => { key: string, node: HTMLElement }} */
  const preset = (gamma, alpha, label = `${gamma}, ${alpha}`) => {
    const node = button(label, () => choose({ gamma, alpha }));
    node.setAttribute("aria-label", alpha === null ? label : `${label}: γ, α`);
    return { key: `${gamma} ${alpha}`, node };
  };
  const paper = PAPER.map(([gamma, alpha]) => preset(gamma, alpha));
  const own = [preset(2, 0.5), preset(0, null, t.plain)];
  return {
    node: h(
      "div",
      { class: "sl-controls fe-presets" },
      sets("alpha gamma", group(t.paper, ...paper.map(({ node }) => node))),
      sets("alpha gamma", group(t.source, ...own.map(({ node }) => node))),
    ),
    draw({ gamma, alpha }) {
      for (const { key, node } of [...paper, ...own]) {
        node.setAttribute("aria-pressed", String(key === `${gamma} ${alpha}`));
      }
    },
  };
}

/** @type {(t: Table, choose: Write) => Panel<Now>} */
function choicesPanel(t, choose) {
  const views = choice(Object.entries(t.views), (view) => choose({ view }));
  const scales = choice(Object.entries(t.scales), (scale) => choose({ scale }));
  return {
    node: h(
      "div",
      { class: "sl-controls" },
      sets("view", group(t.show, ...views.nodes)),
      sets("scale", group(t.axis, ...scales.nodes)),
    ),
    draw({ view, scale }) {
      views.show(view);
      scales.show(scale);
    },
  };
}

// ---- the plot -----------------------------------------------------------------------------------------------

/**
 * Cross-entropy and focal loss of each class, or of both where they are one.
 * @type {(now: Now, t: Table) => Curve[]}
 */
function focalCurves(now, t) {
  const { plain, focal, heavier, even } = worth(now);
  /** @typedef {[at: number, under?: boolean]} Place */
  /** @type {(name: keyof Table["curves"], of: (x: number) => number, place: Place) => Curve} */
  const curve = (name, of, [at, under]) => {
    const points = POINTS.map((x) => /** @type {[number, number]} */ ([x, of(x)]));
    return { name: `fe-${name}`, label: t.curves[name], at, under, points };
  };
  // Where there is room for each label: above a falling curve, or under the flat part that a log axis makes.
  /** @type {Record<"bce" | "upper" | "lower", Place>} */
  const place = now.scale === "log"
    ? { bce: [0.1], upper: [0.5], lower: [0.25, true] }
    : now.view === "loss"
    ? { bce: [0.32], upper: [0.32], lower: [0.32] }
    : { bce: [0.6], upper: [0.16], lower: [0.16] };
  const [y1, y0] = heavier ? [place.upper, place.lower] : [place.lower, place.upper];
  const both = [curve("both", focal(1), place.lower)];
  const each = [curve("y1", focal(1), y1), curve("y0", focal(0), y0)];
  return [curve("bce", plain, place.bce), ...(even ? both : each)];
}

/**
 * Large dots first, so that a few pixels are never hidden behind many.
 * @type {(places: Pixels[], now: Now) => Dot[]}
 */
function dotsOf(places, now) {
  const { focal } = worth(now);
  return [...places].sort((one, other) => other.count - one.count).map(({ y, pt, count }) => ({
    name: y ? "fe-y1" : "fe-y0",
    square: !y,
    x: pt,
    y: focal(y)(pt),
    size: 3 + Math.min(11, 1.2 * Math.sqrt(count)),
    text: places.length <= 12 ? `×${count}` : "",
  }));
}

/**
 * The plot, and a sentence about its band. `places()` are the pixels as the dots have them.
 * @param {Table} t
 * @param {() => Pixels[]} places
 * @param {{ onpick: (x: number) => void, onsettle: () => void }} acts
 * @returns {Panel<Now> & { sentence: HTMLElement, move: (x: number) => void, stop: () => void }}
 */
function plotPanel(t, places, acts) {
  const chart = plot({ label: t.plot, ...acts });
  const sentence = h("p", { class: "sl-note" });
  /** @param {Now} now */
  function draw(now) {
    const { plain, focal, heavier, even } = worth(now);
    const [log, gradient] = [now.scale === "log", now.view === "gradient"];
    const largest = places().reduce((most, { pt }) => Math.max(most, plain(pt)), 0);
    const high = gradient ? 1.5 : largest > 2.5 ? 5 : 2.5;
    const axis = log
      ? { from: 1e-7, to: 10, ticks: decades(1e-7, 10) }
      : { from: 0, to: high, ticks: fifths(high) };
    const band = gradient ? larger(focal(heavier), plain) : null;
    const whose = t.pulled[even ? "both" : heavier ? "y1" : "y0"];
    sentence.hidden = !gradient;
    const [from, to] = (band ?? []).map((x) => String(Number(x.toFixed(4))));
    sentence.textContent = band ? t.stronger(whose, from, to) : t.never;
    chart.draw({
      x: { label: "pₜ", ticks: fifths(1) },
      y: { label: t.measure[now.view], log, ...axis },
      curves: focalCurves(now, t),
      dots: dotsOf(places(), now),
      band,
      cursor: now.p_t,
    });
  }
  return { node: chart.node, sentence, draw, move: chart.move, stop: chart.stop };
}

/** @type {(t: Table, write: Write, settle: () => void) => Panel<Now>} */
function cursorPanel(t, write, settle) {
  const onslide = (/** @type {number} */ value) => write({ p_t: value });
  const pt = slider(t.pt, { min: 0.01, max: 0.99, step: 0.01, onslide, onsettle: settle });
  return { node: sets("p_t", pt.node), draw: (now) => pt.show(now.p_t) };
}

// ---- the tables ---------------------------------------------------------------------------------------------

/**
 * The dot of a class, as the plot has it.
 * @param {ClassName} name
 */
const sample = (name) => h("span", { class: `fe-dot fe-${name}`, "aria-hidden": "true" });

/**
 * One pixel, its two factors told apart, set like a sum by hand; `factor` says what focusing is for gradients.
 * @type {(t: Table) => Panel<Now> & { factor: HTMLElement, said: (now: Now) => string }}
 */
function pixelPanel(t) {
  /** @type {(line: string, label: string) => Record<"head" | ClassName, HTMLElement>} */
  const line = (line, label) => ({
    head: h("th", { scope: "row" }, label),
    y1: h("td", { "data-cell": `y1 ${line}` }),
    y0: h("td", { "data-cell": `y0 ${line}` }),
  });
  const lines = {
    weight: line("weight", t.weight),
    factor: line("factor", ""),
    base: line("base", ""),
    focal: line("focal", `= ${t.focal}`),
    weaker: line("weaker", t.weaker),
  };
  const caption = h("caption");
  const heads = CLASSES.map((name) => h("th", { scope: "col" }, sample(name), t.classes[name]));
  const body = Object.entries(lines).map(([name, { head, y1, y0 }]) =>
    h("tr", { class: `fe-${name}` }, head, y1, y0)
  );
  const factor = h("p", { class: "sl-note" });
  fill(factor, t.factor, ...power(" "), " (1 − γ pₜ ln pₜ / (1 − pₜ))");

  /** @param {Now} now */
  function draw(now) {
    const [{ weight, plain, factor: focusing }, x] = [worth(now), now.p_t];
    const loss = now.view === "loss";
    fill(caption, t.onePixel(x));
    fill(lines.factor.head, ...(loss ? power("× ") : [t.focusing]));
    factor.hidden = loss;
    lines.base.head.textContent = loss ? "× BCE, −ln pₜ" : "× BCE, 1 − pₜ";
    for (const name of CLASSES) {
      const [a, f] = [weight(name === "y1" ? 1 : 0), focusing(x)];
      const focal = worth(now).focal(name === "y1" ? 1 : 0)(x);
      const product = piece("small", {}, ` = ${significant(1 / f)} × ${significant(1 / a)}`);
      /** @type {Record<keyof typeof lines, Content[]>} */
      const says = {
        weight: [significant(a)],
        factor: [significant(f)],
        base: [significant(plain(x))],
        focal: [significant(focal)],
        weaker: [significant(plain(x) / focal), product],
      };
      for (const row of /** @type {(keyof typeof lines)[]} */ (Object.keys(lines))) {
        fill(lines[row][name], ...says[row]);
      }
    }
  }
  const { y1, y0 } = lines.focal;
  return {
    node: h(
      "table",
      { class: "sl-table" },
      caption,
      h("thead", {}, h("tr", {}, h("td"), ...heads)),
      h("tbody", {}, ...body),
    ),
    factor,
    draw,
    said: (now) => t.saysPixel(now.p_t, y1.textContent, y0.textContent),
  };
}

/**
 * All pixels: who carries the loss.
 * @type {(t: Table, pixels: () => Pixels[]) => Panel<Now>}
 */
function sharesPanel(t, pixels) {
  /** @type {(name: string, label: string) => { mean: HTMLElement, parts: { part: typeof GROUPS[number], of: HTMLElement, bar: HTMLElement }[], label: string }} */
  const row = (name, label) => ({
    label,
    mean: h("td", { "data-share": `${name} mean` }),
    parts: GROUPS.map((part) => ({
      part,
      of: h("td", { "data-share": `${name} ${part}` }),
      bar: h("span", { class: `fe-part fe-${part}` }),
    })),
  });
  const table = { pixels: row("pixels", t.pixels), bce: row("bce", "BCE"), focal: row("focal", t.focal) };
  const caption = h("caption");
  const heads = GROUPS.map((part) =>
    h(
      "th",
      { scope: "col" },
      h("span", { class: `fe-part fe-sample fe-${part}`, "aria-hidden": "true" }),
      t.groups[part],
    )
  );
  const bodies = Object.values(table).map(({ label, mean, parts }) => {
    const bars = h("div", { class: "fe-bar" }, ...parts.map(({ bar }) => bar));
    return h(
      "tbody",
      {},
      h("tr", {}, h("th", { scope: "row" }, label), ...parts.map(({ of }) => of), mean),
      h("tr", { "aria-hidden": "true" }, h("td", { colspan: 5 }, bars)),
    );
  });
  /** @param {Now} now */
  function draw(now) {
    caption.textContent = t.shares[now.view];
    const shares = rows(pixels(), now);
    for (const name of /** @type {const} */ (["pixels", "bce", "focal"])) {
      fill(table[name].mean, name === "pixels" ? "" : significant(shares[name].mean));
      for (const { part, of, bar } of table[name].parts) {
        const share = shares[name].of[part];
        fill(of, percent(share));
        bar.style.flexGrow = String(Number.isNaN(share) ? 0 : share);
      }
    }
  }
  const head = h("tr", {}, h("td"), ...heads, h("th", { scope: "col" }, t.mean));
  return {
    node: h("table", { class: "sl-table fe-shares" }, caption, h("thead", {}, head), ...bodies),
    draw,
  };
}

/**
 * What a reader who cannot see the tables hears of all pixels.
 * @type {(pixels: Pixels[], now: Now, t: Table) => string}
 */
function summary(pixels, now, t) {
  const { bce, focal } = rows(pixels, now);
  const alpha = now.alpha === null ? t.noAlpha : `α ${now.alpha}`;
  const [all, allBce] = [focal.mean, bce.mean].map((x) => significant(x));
  const [hard, hardBce] = [focal, bce].map(({ of }) => percent(of.hard));
  return t.says(now.gamma, alpha, all, allBce, hard, hardBce);
}

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mount(model, el) {
  const t = wordsOf(STRINGS, model);
  /** @type {Pixels[]} */
  let pixels = []; // the grid's, alike ones together; only a new grid changes them
  /** @type {Pixels[]} */
  let places = []; // the same for the dots: where there are very many, a hundredth of p_t is one place
  const status = h("p", { role: "status", class: "sl-hidden" });

  /** @type {Write} */
  const write = (state) => {
    for (const [name, value] of Object.entries(state)) model.set(name, value);
  };
  const settle = () => {
    model.save_changes();
    status.textContent = summary(pixels, read(model), t);
  };
  /** @type {Write} */
  const choose = (state) => {
    write(state);
    settle();
  };
  const settlePixel = () => {
    model.save_changes();
    status.textContent = onePixel.said(read(model));
  };
  /** @param {number} x */
  const pick = (x) => { // a finger near a dot means the dot
    const near = places.map(({ pt }) => pt).find((pt) => Math.abs(pt - x) < 0.015) ?? x;
    write({ p_t: Math.max(0.01, Math.min(0.99, Math.round(100 * near) / 100)) });
  };

  const controls = [
    settingsPanel(model, t, { write, choose, settle }),
    presetsPanel(t, choose),
    choicesPanel(t, choose),
  ];
  const chart = plotPanel(t, () => places, { onpick: pick, onsettle: settlePixel });
  const pt = cursorPanel(t, write, settlePixel);
  const [onePixel, shares] = [pixelPanel(t), sharesPanel(t, () => pixels)];

  /** @param {Panel<Now>[]} panels */
  const drawThese = (...panels) => {
    for (const panel of panels) panel.draw(read(model));
  };
  const draw = () => drawThese(...controls, chart, shares, pt, onePixel);
  const drawGrid = () => {
    const [probabilities, target] = [model.get("probabilities"), model.get("target")];
    pixels = alike(probabilities, target, 14); // 1 - 0.1 and 0.9 are the same
    places = pixels.length > 100 ? alike(probabilities, target, 2) : pixels;
    draw();
  };
  const moveTo = () => {
    chart.move(model.get("p_t"));
    drawThese(pt, onePixel);
  };

  const root = h(
    "div",
    { class: "sl-widget focal-explorer", lang: t.lang, ...OWN_KEYS },
    ...controls.map(({ node }) => node),
    ...[chart.node, chart.sentence, pt.node, onePixel.node, onePixel.factor, shares.node],
    ...[h("p", { class: "sl-note" }, t.hard), status],
  );
  drawGrid();
  const watched = { "target probabilities": drawGrid, "alpha gamma view scale": draw, p_t: moveTo };
  return shown({ model, el, root, watched, ends: [chart.stop] });
}

export default shareable(localized(mount));
