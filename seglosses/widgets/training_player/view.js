// @ts-nocheck: typed when it is split into panels
import { button, decimals, fill, group, h, languageOf, piece, plain, sets, slider, svg } from "../kit/ui.js";
import { localized } from "../kit/edits.js";
import { areas, contour, marks } from "../kit/pixel_grid.js";
import { plot } from "../kit/plot.js";
import { judge, unpack } from "./state.js";
import { shareable } from "../kit/links.js";
import { STRINGS } from "./words.js";

// The training player: one image as two losses learn to see it, step by recorded step.

const SIDES = ["left", "right"];
const CROSS = "m.25 .25l.5 .5m-.5 0l.5 -.5";
const DIAMOND = "m.5 .2l.3 .3l-.3 .3l-.3 -.3z";
const PACE = 500; // milliseconds a frame
const ENDS = [0.05, 0.1, 0.2, 0.25, 0.5, 1, 1.25, 2.5, 5]; // of the loss axis, each a fifth of which is a short number

function mount(model, el) {
  const t = STRINGS[languageOf(model)];
  const [steps, names, [rows, cols]] = ["_steps", "_names", "_size"].map((name) => model.get(name));
  const last = steps.at(-1);
  const index = () => steps.indexOf(model.get("step"));
  const mask = () => [...model.get("_masks")[model.get("image")]].map(Number);
  const levels = (side) =>
    unpack(model.get("_runs")[model.get(side)].frames[model.get("image")][index()], rows * cols);

  // ---- what moves --------------------------------------------------------------------------------------------
  const goTo = (i) => model.set("step", steps[Math.max(0, Math.min(steps.length - 1, i))]);
  const nearest = (x) => steps.reduce((best, one) => (Math.abs(one - x) < Math.abs(best - x) ? one : best));
  const settle = () => {
    model.save_changes();
    status.textContent = [
      t.at(model.get("step")),
      ...SIDES.map((side) => `${model.get(side)}: ${parts[side].said.textContent}.`),
    ].join(" ");
  };
  const setting = (name) => (value) => {
    model.set(name, value);
    settle();
  };

  // Nothing moves by itself; where the reader's system asks for less motion, playing is not even offered.
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let timer = null;
  const pause = () => {
    clearInterval(timer);
    timer = null;
    play.textContent = t.play;
  };
  const toggle = () => {
    if (timer) {
      pause();
      return settle();
    }
    if (index() === steps.length - 1) goTo(0);
    play.textContent = t.pause;
    timer = setInterval(() => {
      goTo(index() + 1);
      if (index() === steps.length - 1) {
        pause();
        settle();
      }
    }, PACE);
  };
  const walk = (by) => () => {
    pause();
    goTo(index() + by);
    settle();
  };

  // ---- the parts ---------------------------------------------------------------------------------------------
  const step = slider(t.step, {
    min: steps[0],
    max: last,
    step: steps.length > 1 ? steps[1] - steps[0] : 1,
    onslide: (value) => {
      pause();
      model.set("step", nearest(value));
    },
    onsettle: settle,
  });
  const play = button(t.play, toggle);
  const [back, next] = [button(t.back, walk(-1)), button(t.next, walk(1))];
  const choices = (name, words) =>
    Object.entries(words).map(([value, label]) => [value, button(label, () => setting(name)(value))]);
  const shows = choices("show", t.shows);
  const curves = choices("curve", t.curves);
  const images = model.get("_masks").map((_, i) => {
    const node = button(String(i + 1), () => setting("image")(i));
    node.setAttribute("aria-label", t.imageNumber(i + 1));
    return [i, node];
  });
  const chart = plot({
    label: t.plot,
    onpick: (x) => {
      pause();
      model.set("step", nearest(x * last));
    },
    onsettle: settle,
  });

  const picture = (...inside) =>
    svg("svg", { viewBox: `0 0 ${cols} ${rows}`, role: "img", class: "tp-picture" }, ...inside);
  const film = svg("image", { width: cols, height: rows, class: "tp-film" });
  const filmEdges = ["tp-casing", "tp-edge tp-bright"].map((name) => svg("path", { class: name }));
  const filmPicture = picture(film, ...filmEdges);
  filmPicture.setAttribute("aria-label", t.filmLabel);

  const parts = Object.fromEntries(SIDES.map((side) => {
    const cells = svg("g");
    const edge = svg("path", { class: "tp-edge" });
    const select = h(
      "select",
      { class: "tp-select", "aria-label": t.sides[side] },
      ...names.map((name) => h("option", {}, name)),
    );
    select.addEventListener("change", () => setting(side)(select.value));
    return [side, {
      cells,
      edge,
      select,
      node: picture(cells, edge),
      said: h("p", { class: "tp-said sl-number", "aria-hidden": "true" }),
    }];
  }));
  const key = (kind, mark) =>
    h(
      "span",
      { class: "tp-key" },
      svg(
        "svg",
        { viewBox: "0 0 1 1", "aria-hidden": "true" },
        svg("path", { class: `tp-${kind}`, d: "M0 0h1v1h-1z" }),
        ...(mark ? [svg("path", { class: `tp-mark-${kind}`, d: `M0 0${mark}` })] : []),
      ),
      t.keys[kind],
    );
  const keys = h("span", {}, key("tp"), " ", key("fn", DIAMOND), " ", key("fp", CROSS), " ");
  const legend = h("p", { class: "sl-note" });
  const status = h("p", { role: "status", class: "sl-hidden" });

  // ---- drawing -----------------------------------------------------------------------------------------------
  function drawCells(side) {
    const shown = levels(side);
    const judged = judge(shown, mask());
    const { cells, said, node } = parts[side];
    if (model.get("show") === "probability") {
      const { 0: _, ...shades } = areas(shown, cols);
      fill(
        cells,
        ...Object.entries(shades).map(([level, d]) =>
          piece("path", { d, class: "tp-shade", "fill-opacity": (level / 15).toFixed(3) })
        ),
      );
    } else {
      const { tn: _, ...kinds } = areas(judged.kinds, cols);
      fill(
        cells,
        ...Object.entries(kinds).map(([kind, d]) => piece("path", { d, class: `tp-${kind}` })),
        piece("path", { d: marks(judged.kinds, cols, "fp", CROSS), class: "tp-mark-fp" }),
        piece("path", { d: marks(judged.kinds, cols, "fn", DIAMOND), class: "tp-mark-fn" }),
      );
    }
    fill(said, t.counts(decimals(judged.dice), judged.fn, judged.fp));
    node.setAttribute("aria-label", t.grid(model.get(side), model.get("step"), said.textContent));
  }

  function drawStep() {
    step.show(model.get("step"));
    // Not `disabled`: a button that is pressed to the end keeps the focus.
    back.setAttribute("aria-disabled", index() === 0);
    next.setAttribute("aria-disabled", index() === steps.length - 1);
    SIDES.forEach(drawCells);
    chart.move(model.get("step") / last);
  }

  function drawCurves() {
    const loss = model.get("curve") === "loss";
    const lines = SIDES.map((side) => {
      const run = model.get("_runs")[model.get(side)];
      const points = loss
        ? run.loss.map((value, i) => [(i + 1) / last, value])
        : run.dice[model.get("image")].map((value, i) => [steps[i] / last, value]);
      return {
        name: `tp-${side}`,
        label: model.get(side),
        points,
        at: side === "left" ? 0.72 : 0.4,
        under: side === "right",
      };
    });
    const most = Math.max(...lines.flatMap(({ points }) => points.map(([, value]) => value)));
    const to = loss ? ENDS.find((end) => end >= most) ?? most : 1;
    chart.draw({
      x: { label: t.step, ticks: [0, 0.25, 0.5, 0.75, 1].map((x) => [x, plain(x * last)]) },
      y: {
        label: t.axes[model.get("curve")],
        from: 0,
        to,
        ticks: Array.from({ length: 6 }, (_, i) => [(to * i) / 5, plain((to * i) / 5)]),
      },
      curves: lines,
      cursor: model.get("step") / last,
    });
  }

  function drawControls() {
    for (const [name, all] of [["show", shows], ["curve", curves], ["image", images]]) {
      for (const [value, node] of all) node.setAttribute("aria-pressed", value === model.get(name));
    }
    for (const side of SIDES) parts[side].select.value = model.get(side);
    legend.replaceChildren(...(model.get("show") === "mask" ? [keys, t.legend] : [t.shades]));
  }

  function drawImage() {
    const canvas = h("canvas", { width: cols, height: rows });
    const context = canvas.getContext("2d");
    const pixels = context.createImageData(cols, rows);
    const grey = atob(model.get("_films")[model.get("image")]);
    for (let i = 0; i < rows * cols; i++) pixels.data.set([...Array(3).fill(grey.charCodeAt(i)), 255], 4 * i);
    context.putImageData(pixels, 0, 0);
    film.setAttribute("href", canvas.toDataURL());
    const flat = mask();
    const edge = contour(Array.from({ length: rows }, (_, r) => flat.slice(r * cols, (r + 1) * cols)));
    for (const path of [...filmEdges, ...SIDES.map((side) => parts[side].edge)]) path.setAttribute("d", edge);
  }

  const draw = () => {
    drawControls();
    drawStep();
    drawCurves();
  };
  const drawAll = () => {
    drawImage();
    draw();
  };

  const figure = (caption, ...inside) => h("figure", {}, h("figcaption", {}, caption), ...inside);
  const sample = (side) =>
    svg(
      "svg",
      { class: "tp-sample", width: 28, height: 8, "aria-hidden": "true" },
      svg("path", { class: `pl-curve tp-${side}`, d: "M0 4h28" }),
    );
  const root = h(
    "div",
    { class: "sl-widget training-player", lang: t.lang, "data-lm-suppress-shortcuts": "true" },
    h(
      "div",
      { class: "tp-controls" },
      sets("step", step.node),
      sets("step", group(t.walk, ...(still ? [] : [play]), back, next)),
    ),
    h(
      "div",
      { class: "tp-pictures" },
      ...SIDES.map((side) =>
        figure(
          sets(side, h("span", { class: "tp-side" }, parts[side].select, sample(side))),
          parts[side].node,
          parts[side].said,
        )
      ),
      figure(t.film, filmPicture),
    ),
    legend,
    chart.node,
    h(
      "div",
      { class: "sl-controls" },
      sets("show", group(t.show, ...shows.map(([, node]) => node))),
      sets("curve", group(t.curve, ...curves.map(([, node]) => node))),
      ...(images.length > 1 ? [sets("image", group(t.image, ...images.map(([, node]) => node)))] : []),
    ),
    status,
  );

  const watched = {
    "change:step": drawStep,
    "change:left": draw,
    "change:right": draw,
    "change:show": draw,
    "change:curve": draw,
    "change:image": drawAll,
  };
  for (const [name, act] of Object.entries(watched)) model.on(name, act);
  drawAll();
  el.append(root);
  return () => {
    pause();
    for (const [name, act] of Object.entries(watched)) model.off(name, act);
    chart.stop();
    root.remove();
  };
}

export default shareable(localized(mount));
