// @ts-nocheck: typed when it is split into panels
import { classWeights, pixelLoss, pixelPull } from "../kit/losses.js";
import { button, fill, group, h, languageOf, piece, sets, significant, slider } from "../kit/ui.js";
import { localized } from "../kit/edits.js";
import { decades, plot } from "../kit/plot.js";
import { shareable } from "../kit/links.js";
import { STRINGS } from "./words.js";

// The focal explorer: what alpha and gamma make of every pixel, one by one and all together.

const PAPER = [[0, 0.75], [0.5, 0.5], [1, 0.25], [2, 0.25], [5, 0.25]]; // gamma, alpha: Lin et al., table 1b
const SOURCE = [2, 0.5];
const CLASSES = ["y1", "y0"]; // foreground and background, as the classes of their curves
const GROUPS = ["negatives", "positives", "hard"];

const STEPS = Array.from({ length: 121 }, (_, i) => Math.max(1e-3, Math.min(1 - 1e-6, i / 120)));
const tenths = [0, 0.2, 0.4, 0.6, 0.8, 1].map((x) => [x, String(x)]);
const percent = (x) => (Number.isNaN(x) ? "–" : `${(100 * x).toFixed(2)} %`);

/** The pixels that have the same class and, to so many decimals, the same p_t: `{ y, pt, count }`. */
function alike(probabilities, target, digits) {
  const groups = new Map();
  target.forEach((row, r) =>
    row.forEach((y, c) => {
      const p = probabilities[r][c];
      const pt = Number((y ? p : 1 - p).toFixed(digits));
      const key = `${y} ${pt}`;
      groups.set(key, { y, pt, count: (groups.get(key)?.count ?? 0) + 1 });
    })
  );
  return [...groups.values()];
}

const groupOf = ({ y, pt }) => (pt < 0.5 ? "hard" : y ? "positives" : "negatives");

/** Where the first function is the larger: [from, to] in p_t to six digits, or null. */
function larger(first, second) {
  const above = (pt) => first(pt) > second(pt);
  const edge = (out, within) => {
    for (let i = 0; i < 40; i++) {
      const middle = (out + within) / 2;
      if (above(middle)) within = middle;
      else out = middle;
    }
    return within;
  };
  const inside = STEPS.filter(above);
  if (!inside.length) return null;
  const [low, high] = [inside[0], inside[inside.length - 1]];
  return [low === STEPS[0] ? 0 : edge(low - 1 / 120, low), edge(Math.min(1, high + 1 / 120), high)];
}

function mount(model, el) {
  const t = STRINGS[languageOf(model)];
  const write = (state) => {
    for (const [name, value] of Object.entries(state)) model.set(name, value);
  };
  const settle = () => {
    model.save_changes();
    announce();
  };
  const choose = (state) => {
    write(state);
    settle();
  };

  // ---- what follows from the state --------------------------------------------------------------------------
  let pixels = []; // the grid's, alike ones together; only a new grid changes them
  let places = []; // the same for the dots: where there are very many, a hundredth of p_t is one place
  const weight = (y) => classWeights(model.get("alpha"))[y];
  const measure = () => (model.get("view") === "loss" ? pixelLoss : pixelPull);
  const sameForBoth = () => weight(0) === weight(1);

  /** The mean over the grid and each group's share of it, of `worth(pixel)`. */
  function shares(worth) {
    const sums = { negatives: 0, positives: 0, hard: 0 };
    let count = 0;
    for (const pixel of pixels) {
      sums[groupOf(pixel)] += pixel.count * worth(pixel);
      count += pixel.count;
    }
    const total = GROUPS.reduce((sum, name) => sum + sums[name], 0);
    return { mean: total / count, of: Object.fromEntries(GROUPS.map((name) => [name, sums[name] / total])) };
  }
  const rows = () => {
    const [value, gamma] = [measure(), model.get("gamma")];
    return {
      pixels: shares(() => 1),
      bce: shares(({ pt }) => value(pt)),
      focal: shares(({ y, pt }) => weight(y) * value(pt, gamma)),
    };
  };

  // ---- the parts --------------------------------------------------------------------------------------------
  const views = ["loss", "gradient"].map((
    name,
  ) => [name, button(t.views[name], () => choose({ view: name }))]);
  const scales = ["linear", "log"].map((
    name,
  ) => [name, button(t.scales[name], () => choose({ scale: name }))]);
  const preset = ([gamma, alpha], label = `${gamma}, ${alpha}`) => {
    const node = button(label, () => choose({ gamma, alpha }));
    node.setAttribute("aria-label", alpha === null ? label : `γ ${gamma}, α ${alpha}`);
    return [gamma, alpha, node];
  };
  const paper = PAPER.map((values) => preset(values));
  const source = preset(SOURCE);
  const plain = preset([0, null], t.plain);

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

  // A finger near a dot means the dot.
  const pick = (x) => {
    const near = places.map(({ pt }) => pt).find((pt) => Math.abs(pt - x) < 0.015) ?? x;
    write({ p_t: Math.max(0.01, Math.min(0.99, Math.round(100 * near) / 100)) });
  };
  const settlePixel = () => {
    model.save_changes();
    const { y1, y0 } = cells.focal;
    status.textContent = t.saysPixel(model.get("p_t"), y1.textContent, y0.textContent);
  };
  const chart = plot({ label: t.plot, onpick: pick, onsettle: settlePixel });
  const pt = slider(t.pt, {
    min: 0.01,
    max: 0.99,
    step: 0.01,
    onslide: (value) => write({ p_t: value }),
    onsettle: settlePixel,
  });

  // One pixel, its two factors told apart, set like a sum by hand.
  const heads = { weight: t.weight, factor: "", base: "", focal: `= ${t.focal}`, weaker: t.weaker };
  const lines = Object.entries(heads).map(([line, label]) => ({
    line,
    head: h("th", { scope: "row" }, label),
    y1: h("td", { "data-cell": `y1 ${line}` }),
    y0: h("td", { "data-cell": `y0 ${line}` }),
  }));
  const cells = Object.fromEntries(lines.map(({ line, ...nodes }) => [line, nodes]));
  const oneCaption = h("caption");
  const onePixel = h(
    "table",
    { class: "sl-table" },
    oneCaption,
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td"),
        ...CLASSES.map((name) => h("th", { scope: "col" }, sample(name), t.classes[name])),
      ),
    ),
    h("tbody", {}, ...lines.map(({ line, head, y1, y0 }) => h("tr", { class: `fe-${line}` }, head, y1, y0))),
  );

  // All pixels: who carries the loss.
  const sharesCaption = h("caption");
  const bars = Object.fromEntries(["pixels", "bce", "focal"].map((name) => [name, {
    mean: h("td", { "data-share": `${name} mean` }),
    of: Object.fromEntries(GROUPS.map((part) => [part, h("td", { "data-share": `${name} ${part}` })])),
    bar: Object.fromEntries(GROUPS.map((part) => [part, h("span", { class: `fe-part fe-${part}` })])),
  }]));
  const sharesTable = h(
    "table",
    { class: "sl-table fe-shares" },
    sharesCaption,
    h(
      "thead",
      {},
      h(
        "tr",
        {},
        h("td"),
        ...GROUPS.map((part) =>
          h(
            "th",
            { scope: "col" },
            h("span", { class: `fe-part fe-sample fe-${part}`, "aria-hidden": "true" }),
            t.groups[part],
          )
        ),
        h("th", { scope: "col" }, t.mean),
      ),
    ),
    ...Object.entries(bars).map(([name, { mean, of, bar }]) =>
      h(
        "tbody",
        {},
        h(
          "tr",
          {},
          h("th", { scope: "row" }, { pixels: t.pixels, bce: "BCE", focal: t.focal }[name]),
          ...Object.values(of),
          mean,
        ),
        h(
          "tr",
          { "aria-hidden": "true" },
          h("td", { colspan: 5 }, h("div", { class: "fe-bar" }, ...Object.values(bar))),
        ),
      )
    ),
  );

  const stronger = h("p", { class: "sl-note" });
  const power = (before) => [`${before}(1 − pₜ)`, piece("sup", {}, "γ")];
  const factor = h("p", { class: "sl-note" });
  fill(factor, t.factor, ...power(" "), " (1 − γ pₜ ln pₜ / (1 − pₜ))");
  const status = h("p", { role: "status", class: "sl-hidden" });

  // ---- drawing ----------------------------------------------------------------------------------------------
  function drawControls() {
    const [g, a] = [model.get("gamma"), model.get("alpha")];
    if (a !== null) lastAlpha = a;
    gamma.show(g);
    alpha.show(a ?? lastAlpha);
    alpha.node.classList.toggle("fe-off", a === null);
    if (a === null) alpha.node.querySelector("input").setAttribute("aria-valuetext", t.noAlpha);
    noAlpha.setAttribute("aria-pressed", a === null);
    for (const [pg, pa, node] of [...paper, source, plain]) {
      node.setAttribute("aria-pressed", pg === g && pa === a);
    }
    for (const [name, node] of views) node.setAttribute("aria-pressed", name === model.get("view"));
    for (const [name, node] of scales) node.setAttribute("aria-pressed", name === model.get("scale"));
  }

  function drawPlot() {
    const [value, g, view] = [measure(), model.get("gamma"), model.get("view")];
    const log = model.get("scale") === "log";
    const focal = (y) => (x) => weight(y) * value(x, g);
    const curve = (name, of, [at, under]) => ({
      name: `fe-${name}`,
      label: t.curves[name],
      at,
      under,
      points: STEPS.map((x) => [x, of(x)]),
    });
    // Where there is room for each label: above a falling curve, or under the flat part that a log axis makes.
    const place = log
      ? { bce: [0.1], upper: [0.5], lower: [0.25, true] }
      : view === "loss"
      ? { bce: [0.32], upper: [0.32], lower: [0.32] }
      : { bce: [0.6], upper: [0.16], lower: [0.16] };
    const [first, second] = weight(1) >= weight(0) ? ["upper", "lower"] : ["lower", "upper"];
    const curves = [
      curve("bce", (x) => value(x), place.bce),
      ...(sameForBoth()
        ? [curve("both", focal(1), place.lower)]
        : [curve("y1", focal(1), place[first]), curve("y0", focal(0), place[second])]),
    ];

    const largest = places.reduce((most, { pt: x }) => Math.max(most, value(x)), 0);
    const high = view === "gradient" ? 1.25 : largest > 2.5 ? 5 : 2.5;
    const linear = Array.from(
      { length: 6 },
      (_, i) => [(high * i) / 5, String(Number(((high * i) / 5).toPrecision(3)))],
    );
    const y = {
      label: t.measure[view],
      log,
      ...(log ? { from: 1e-7, to: 10, ticks: decades(1e-7, 10) } : { from: 0, to: high, ticks: linear }),
    };

    // Large dots first, so that a few pixels are never hidden behind many.
    const dots = [...places].sort((one, other) => other.count - one.count).map((
      { y: which, pt: x, count },
    ) => ({
      name: which ? "fe-y1" : "fe-y0",
      square: !which,
      x,
      y: focal(which)(x),
      size: 3 + Math.min(11, 1.2 * Math.sqrt(count)),
      text: places.length <= 12 ? `×${count}` : "",
    }));

    const heavier = weight(1) >= weight(0) ? 1 : 0;
    const band = view === "gradient" ? larger(focal(heavier), (x) => value(x)) : null;
    stronger.hidden = view !== "gradient";
    stronger.textContent = band
      ? t.stronger(
        t.pulled[sameForBoth() ? "both" : heavier ? "y1" : "y0"],
        ...band.map((x) => String(Number(x.toFixed(4)))),
      )
      : t.never;
    chart.draw({ x: { label: "pₜ", ticks: tenths }, y, curves, dots, band, cursor: model.get("p_t") });
  }

  function drawPixel() {
    const [value, g, x] = [measure(), model.get("gamma"), model.get("p_t")];
    const loss = model.get("view") === "loss";
    pt.show(x);
    fill(oneCaption, t.onePixel(x));
    fill(cells.factor.head, ...(loss ? power("× ") : [t.focusing]));
    factor.hidden = loss;
    cells.base.head.textContent = loss ? "× BCE, −ln pₜ" : "× BCE, 1 − pₜ";
    CLASSES.forEach((name, i) => {
      const a = weight(1 - i);
      const numbers = {
        weight: a,
        factor: value(x, g) / value(x),
        base: value(x),
        focal: a * value(x, g),
        weaker: value(x) / (a * value(x, g)),
      };
      const product = piece("small", {}, ` = ${significant(1 / numbers.factor)} × ${significant(1 / a)}`);
      for (const [line, number] of Object.entries(numbers)) {
        fill(cells[line][name], significant(number), ...(line === "weaker" ? [product] : []));
      }
    });
  }

  function drawShares() {
    sharesCaption.textContent = t.shares[model.get("view")];
    for (const [name, { mean, of }] of Object.entries(rows())) {
      fill(bars[name].mean, name === "pixels" ? "" : significant(mean));
      for (const part of GROUPS) {
        fill(bars[name].of[part], percent(of[part]));
        bars[name].bar[part].style.flexGrow = Number.isNaN(of[part]) ? 0 : of[part];
      }
    }
  }

  function announce() {
    const { bce, focal } = rows();
    const a = model.get("alpha");
    status.textContent = t.says(
      model.get("gamma"),
      a === null ? t.noAlpha : `α ${a}`,
      significant(focal.mean),
      significant(bce.mean),
      percent(focal.of.hard),
      percent(bce.of.hard),
    );
  }

  const draw = () => {
    drawControls();
    drawPlot();
    drawPixel();
    drawShares();
  };
  const drawGrid = () => {
    const grid = [model.get("probabilities"), model.get("target")];
    pixels = alike(...grid, 14); // 1 - 0.1 and 0.9 are the same
    places = pixels.length > 100 ? alike(...grid, 2) : pixels;
    draw();
  };

  const root = h(
    "div",
    { class: "sl-widget focal-explorer", lang: t.lang, "data-lm-suppress-shortcuts": "true" },
    h(
      "div",
      { class: "fe-sliders" },
      sets("gamma", gamma.node),
      sets("alpha", h("div", {}, alpha.node, noAlpha)),
    ),
    h(
      "div",
      { class: "sl-controls fe-presets" },
      sets("alpha gamma", group(t.paper, ...paper.map(([, , node]) => node))),
      sets("alpha gamma", group(t.source, source[2], plain[2])),
    ),
    h(
      "div",
      { class: "sl-controls" },
      sets("view", group(t.show, ...views.map(([, node]) => node))),
      sets(
        "scale",
        group(t.axis, ...scales.map(([, node]) => node)),
      ),
    ),
    chart.node,
    stronger,
    sets("p_t", pt.node),
    onePixel,
    factor,
    sharesTable,
    h("p", { class: "sl-note" }, t.hard),
    status,
  );

  const watched = {
    "change:target": drawGrid,
    "change:probabilities": drawGrid,
    "change:alpha": draw,
    "change:gamma": draw,
    "change:view": draw,
    "change:scale": draw,
    "change:p_t": () => {
      chart.move(model.get("p_t"));
      drawPixel();
    },
  };
  for (const [name, act] of Object.entries(watched)) model.on(name, act);
  drawGrid();
  el.append(root);
  return () => {
    for (const [name, act] of Object.entries(watched)) model.off(name, act);
    chart.stop();
    root.remove();
  };
}

/** The dot of a class, as the plot has it. */
const sample = (name) => h("span", { class: `fe-dot fe-${name}`, "aria-hidden": "true" });

export default shareable(localized(mount));
