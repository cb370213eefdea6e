// @ts-nocheck: typed when it is split into panels
import {
  bce,
  bce_dice,
  bce_diceGradient,
  bceGradient,
  dice,
  diceGradient,
  focal,
  focalGradient,
  iou,
  iouGradient,
  logit,
} from "../kit/losses.js";
import { button, fill, group, h, languageOf, plain, sets, significant, slider, svg } from "../kit/ui.js";
import { localized } from "../kit/edits.js";
import { areas, contour, FINE, follow } from "../kit/pixel_grid.js";
import { decades, plot } from "../kit/plot.js";
import { shareable } from "../kit/links.js";
import { STRINGS } from "./words.js";

// The loss comparer: one prediction on its way from wrong to right, as each of the five losses sees it.

// Of probabilities p for values, where a sure mistake costs infinity, and of logits z for gradients.
const LOSSES = {
  dice: {
    value: (p, y, { smooth }) => 1 - dice(p, y, smooth),
    gradient: (z, y, { smooth }) => diceGradient(z, y, smooth),
  },
  iou: {
    value: (p, y, { smooth }) => 1 - iou(p, y, smooth),
    gradient: (z, y, { smooth }) => iouGradient(z, y, smooth),
  },
  bce: { value: (p, y) => bce(p, y), gradient: (z, y) => bceGradient(z, y) },
  bce_dice: {
    value: (p, y, { smooth, dice_weight }) => bce_dice(p, y, smooth, dice_weight),
    gradient: (z, y, { smooth, dice_weight }) => bce_diceGradient(z, y, smooth, dice_weight),
  },
  focal: {
    value: (p, y, { alpha, gamma }) => focal(p, y, alpha, gamma),
    gradient: (z, y, { alpha, gamma }) => focalGradient(z, y, alpha, gamma),
  },
};
const NAMES = Object.keys(LOSSES);
const SETTINGS = ["smooth", "dice_weight", "alpha", "gamma"];
const ON_THE_WAY = Array.from({ length: 51 }, (_, i) => i / 50);
const SHADES = 40; // of the prediction
const ACROSS = 16; // triangles on a fine grid
const PLACES = { dice: [0.62, true], iou: [0.42], bce: [0.24], bce_dice: [0.1], focal: [0.05] }; // of the labels

/** Straight from one map to the other, and exactly each of them at its end. */
const between = (wrong, right, position) => wrong.map((p, i) => (1 - position) * p + position * right[i]);

function dot(a, b) {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
const norm = (a) => Math.sqrt(dot(a, a));

// A triangle as an SVG path from the middle of its pixel, in fortieths of a pixel: of each side, up or down.
const TRIANGLES = [-1, 1].map((way) =>
  Array.from(
    { length: 37 },
    (_, side) => `m${-side / 2} ${(-way * side) / 2}h${side}l${-side / 2} ${way * side}z`,
  )
);

/** Triangles for what a loss pulls up and for what it pulls down, as two paths; `middles` say where each stands. */
function triangles(pulls, middles, smallest) {
  const largest = pulls.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  const paths = [[], []];
  pulls.forEach((pull, i) => {
    const down = pull > 0 ? 1 : 0; // descent: where the gradient is positive, the logit falls
    const side = Math.round(36 * Math.sqrt(Math.abs(pull) / largest));
    if (side >= smallest) paths[down].push(middles[i] + TRIANGLES[down][side]);
  });
  return paths.map((parts) => parts.join(""));
}

function mount(model, el) {
  const t = STRINGS[languageOf(model)];
  const [rows, cols] = [model.get("target").length, model.get("target")[0].length];

  const write = (name) => (value) => model.set(name, value);
  const settle = () => {
    model.save_changes();
    status.textContent = `${t.here(plain(model.get("position")))}: ${
      NAMES.map((name) => `${t.names[name]} ${cells[name].value.textContent}`).join(", ")
    }`;
  };

  // ---- what follows from the state --------------------------------------------------------------------------
  const flat = (name) => model.get(name).flat();
  const settings = () => Object.fromEntries(SETTINGS.map((name) => [name, model.get(name)]));
  let way = []; // the predictions along the way
  const curves = {}; // for each loss its curve; moving the position changes none of them
  function trace(names) {
    const [y, given] = [flat("target"), settings()];
    for (const name of names) {
      curves[name] = way.map((p, i) => [ON_THE_WAY[i], LOSSES[name].value(p, y, given)]);
    }
    // The sum of two curves that are computed already, so that moving dice_weight is as fast as moving the position.
    curves.bce_dice = curves.bce.map(([x, bce], i) => [x, bce + given.dice_weight * curves.dice[i][1]]);
  }

  // ---- the parts --------------------------------------------------------------------------------------------
  const position = slider(t.position, {
    min: 0,
    max: 1,
    step: 0.01,
    onslide: write("position"),
    onsettle: settle,
  });
  const dice_weight = slider(t.dice_weight, {
    min: 0,
    max: 5,
    step: 0.1,
    onslide: write("dice_weight"),
    onsettle: settle,
  });
  const scales = ["linear", "log"].map((name) => [
    name,
    button(t.scales[name], () => {
      model.set("scale", name);
      settle();
    }),
  ]);
  const chart = plot({
    label: t.plot,
    onpick: (x) => write("position")(Math.round(100 * x) / 100),
    onsettle: settle,
  });

  const caption = h("caption");
  const cells = Object.fromEntries(
    NAMES.map((
      name,
    ) => [
      name,
      Object.fromEntries(
        Object.keys(t.columns).map((column) => [column, h("td", { "data-cell": `${name} ${column}` })]),
      ),
    ]),
  );
  const setting = Object.fromEntries(NAMES.map((name) => [name, h("small")]));
  const table = h(
    "table",
    { class: "sl-table" },
    caption,
    h(
      "thead",
      {},
      h("tr", {}, h("td"), ...Object.values(t.columns).map((label) => h("th", { scope: "col" }, label))),
    ),
    h(
      "tbody",
      {},
      ...NAMES.map((name) =>
        h(
          "tr",
          {},
          h("th", { scope: "row" }, sampleLine(name), t.names[name], " ", setting[name]),
          ...Object.values(cells[name]),
        )
      ),
    ),
  );

  // On a fine grid a triangle in each pixel could not be seen: one stands for a block of them.
  const block = cols > FINE ? Math.ceil(cols / ACROSS) : 1;
  const blocks = [rows, cols].map((length) => Math.ceil(length / block));
  const blockOf = Array.from(
    { length: rows * cols },
    (_, i) => Math.floor(i / cols / block) * blocks[1] + Math.floor((i % cols) / block),
  );
  const together = (gradient) => {
    const sums = Array(blocks[0] * blocks[1]).fill(0);
    for (let i = 0; i < gradient.length; i++) sums[blockOf[i]] += gradient[i];
    return sums;
  };
  const middles = Array.from(
    { length: blocks[0] * blocks[1] },
    (_, i) => `M${40 * (i % blocks[1]) + 20} ${40 * Math.floor(i / blocks[1]) + 20}`,
  );
  const map = (...parts) => {
    const edge = svg("path", { class: "lc-edge" });
    return {
      edge,
      node: svg("svg", { viewBox: `0 0 ${cols} ${rows}`, role: "img", class: "lc-map" }, ...parts, edge),
    };
  };
  const shades = Array.from(
    { length: SHADES + 1 },
    (_, k) => svg("path", { class: "lc-shade", "fill-opacity": k / SHADES }),
  );
  const prediction = map(...shades);
  prediction.node.setAttribute("aria-label", t.predictionMap);
  const maps = Object.fromEntries(NAMES.map((name) => {
    const [up, down] = ["lc-up", "lc-down"].map((name) =>
      svg("path", { class: name, transform: `scale(${block / 40})` })
    );
    return [name, { up, down, ...map(up, down) }];
  }));
  const figure = (label, { node }) =>
    h("figure", {}, h("figcaption", { "aria-hidden": "true" }, label), node);
  const status = h("p", { role: "status", class: "sl-hidden" });

  // ---- drawing ----------------------------------------------------------------------------------------------
  function drawPlot() {
    const log = model.get("scale") === "log";
    const most = Math.max(...Object.values(curves).flat().map(([, value]) => value).filter(Number.isFinite));
    const high = [0.5, 1, 1.25, 2.5, 5].find((end) => end >= most) ?? 5;
    const ticks = Array.from({ length: 6 }, (_, i) => [(high * i) / 5, plain((high * i) / 5)]);
    chart.draw({
      x: { label: "", ticks: [[0, t.wrong], [0.25, "0.25"], [0.5, "0.5"], [0.75, "0.75"], [1, t.right]] },
      y: {
        label: t.loss,
        log,
        ...(log ? { from: 1e-3, to: 10, ticks: decades(1e-3, 10) } : { from: 0, to: high, ticks }),
      },
      curves: NAMES.map((name) => ({
        name: `lc-${name}`,
        label: t.names[name],
        points: curves[name],
        at: PLACES[name][0],
        under: PLACES[name][1],
      })),
      cursor: model.get("position"),
    });
  }

  function drawHere(names = NAMES) {
    const [y, given, here] = [flat("target"), settings(), model.get("position")];
    const p = between(flat("wrong"), flat("right"), here);
    const z = p.map(logit);
    position.show(here);
    fill(caption, t.here(plain(here)));
    const areaOf = areas(p.map((value) => Math.round(SHADES * value)), cols);
    shades.forEach((shade, k) => follow(shade, areaOf[k] ?? ""));
    const gradients = Object.fromEntries(
      [...names, "bce"].map((name) => [name, LOSSES[name].gradient(z, y, given)]),
    );
    for (const name of names) {
      const gradient = gradients[name];
      const numbers = {
        value: LOSSES[name].value(p, y, given),
        norm: norm(gradient),
        cosine: dot(gradient, gradients.bce) / (norm(gradient) * norm(gradients.bce)),
      };
      for (const [column, number] of Object.entries(numbers)) fill(cells[name][column], significant(number));
      const [up, down] = triangles(together(gradient), middles, blocks[1] / 8); // smaller ones could not be seen
      follow(maps[name].up, up);
      follow(maps[name].down, down);
      maps[name].node.setAttribute(
        "aria-label",
        t.map(t.names[name], ...[-1, 1].map((sign) => gradient.filter((g) => sign * g > 0).length)),
      );
    }
  }

  function drawControls() {
    const { smooth, dice_weight: w, alpha, gamma } = settings();
    dice_weight.show(w);
    const region = `s ${plain(smooth)}`;
    const said = {
      dice: region,
      iou: region,
      bce: "",
      bce_dice: `${region}, w ${plain(w)}`,
      focal: `${alpha === null ? "" : `α ${plain(alpha)}, `}γ ${plain(gamma)}`,
    };
    for (const name of NAMES) setting[name].textContent = said[name];
    for (const [name, node] of scales) node.setAttribute("aria-pressed", name === model.get("scale"));
  }

  const draw = (names = NAMES) => {
    trace(names.filter((name) => name !== "bce_dice"));
    drawControls();
    drawPlot();
    drawHere(names);
  };
  const drawMaps = () => {
    const [wrong, right] = [flat("wrong"), flat("right")];
    way = ON_THE_WAY.map((position) => between(wrong, right, position));
    draw();
  };
  const drawGrid = () => {
    const edge = contour(model.get("target"));
    for (const one of [prediction, ...Object.values(maps)]) one.edge.setAttribute("d", edge);
    drawMaps();
  };

  const root = h(
    "div",
    { class: "sl-widget loss-comparer", lang: t.lang, "data-lm-suppress-shortcuts": "true" },
    sets("position", position.node),
    chart.node,
    h(
      "div",
      { class: "lc-controls" },
      sets("dice_weight", dice_weight.node),
      sets("scale", group(t.axis, ...scales.map(([, node]) => node))),
    ),
    table,
    h("p", { class: "sl-note" }, t.cosine),
    h(
      "div",
      { class: "lc-maps", role: "group", "aria-label": t.maps },
      figure(t.prediction, prediction),
      ...NAMES.map((name) => figure(t.names[name], maps[name])),
    ),
    h("p", { class: "sl-note" }, t.legend, " ", ...(block > 1 ? [t.block(block), " "] : []), t.note),
    status,
  );

  const watched = {
    "change:target": drawGrid,
    "change:wrong": drawMaps,
    "change:right": drawMaps,
    "change:position": () => {
      chart.move(model.get("position"));
      drawHere();
    },
    "change:dice_weight": () => draw(["bce_dice"]),
    "change:smooth": () => draw(),
    "change:alpha": () => draw(["focal"]),
    "change:gamma": () => draw(["focal"]),
    "change:scale": () => {
      drawControls();
      drawPlot();
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

/** A piece of a loss's curve, as the plot has it. */
const sampleLine = (name) =>
  svg(
    "svg",
    { class: "lc-sample", width: 28, height: 8, "aria-hidden": "true" },
    svg("path", { class: `pl-curve lc-${name}`, d: "M0 4h28" }),
  );

export default shareable(localized(mount));
