// @ts-nocheck: typed when it is split into panels
import { counts, fractions } from "../kit/losses.js";
import { button, equals, fill, group, h, languageOf, piece, sets, significant, slider } from "../kit/ui.js";
import { edits, localized } from "../kit/edits.js";
import { marks, pixelGrid } from "../kit/pixel_grid.js";
import {
  approximately,
  brief,
  computation,
  mapOf,
  regional,
  regionLoss,
  strength,
  unit,
  values,
} from "./state.js";
import { shareable } from "../kit/links.js";
import { STRINGS } from "./words.js";

// The probability painter: probabilities over a hard truth, what each pixel costs, and where it pulls.
// The model holds everything that lasts; a view only draws it.

const MAPS = ["probability", "loss", "gradient"];
const LOSSES = ["bce", "focal", "dice", "iou", "bce_dice"];
const HUES = { yes: [0, 114, 178], cost: [213, 94, 0] }; // as --fn and --fp in ui.css
const STRONGEST = 0.6; // as in the style sheet, so that a cell and its sample in the legend are of one colour
const NUMBERED = 12; // columns: in narrower cells no number can be read
const SAMPLES = {
  probability: () => [0, 0.25, 0.5, 0.75, 1],
  loss: () => [0, 0.1, 0.5, 1, 2, Infinity],
  gradient: (n) => [-1, -0.3, 0, 0.3, 1].map((x) => x / n),
};

function mount(model, el) {
  const t = STRINGS[languageOf(model)];
  const [rows, cols] = [model.get("target").length, model.get("target")[0].length];
  const pixels = rows * cols;
  const numbered = cols <= NUMBERED;
  let now; // the state that is drawn, as the maps take it
  const read = () => ({
    p: model.get("probabilities").flat(),
    y: model.get("target").flat(),
    loss: model.get("loss"),
    alpha: model.get("alpha"),
    gamma: model.get("gamma"),
  });
  const map = () => mapOf(model.get("show"), model.get("loss"));

  // ---- what changes the model -----------------------------------------------------------------------------
  const edit = edits(model, ["probabilities"], () => {
    drawButtons();
    announce();
  });
  const set = (name, value) => {
    edit.write({ [name]: value });
    edit.settle();
  };
  const with_ = (path, value) => {
    const grid = model.get("probabilities").map((row) => [...row]);
    for (const [r, c] of path) grid[r][c] = value;
    return { probabilities: grid };
  };

  let before = null; // the state that the running stroke began in
  const board = pixelGrid({
    rows,
    cols,
    label: t.grid(rows, cols),
    begin() {
      before = edit.present();
    },
    paint(path) {
      if (path.length) inspect(path.at(-1));
      edit.write(with_(path, model.get("brush")));
    },
    end: () => edit.finish(before),
    cancel: () => edit.write(before),
  });
  const placeOf = (node) => {
    const cell = node.closest?.("[role=gridcell]");
    if (!cell) return null;
    const r = board.cells.findIndex((row) => row[0].parentNode === cell.parentNode);
    return [r, board.cells[r].indexOf(cell)];
  };
  board.node.addEventListener("keydown", (event) => {
    const place = placeOf(event.target);
    if (!place || event.ctrlKey || event.metaKey || event.altKey) return;
    const p = model.get("probabilities")[place[0]][place[1]];
    const step = { "+": 0.05, "=": 0.05, "-": -0.05, "−": -0.05 }[event.key];
    if (/^\d$/.test(event.key)) edit.replace(with_([place], Number(event.key) / 10));
    else if (step) edit.replace(with_([place], Number(Math.min(1, Math.max(0, p + step)).toFixed(4))));
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  for (const kind of ["pointerover", "focusin"]) {
    board.node.addEventListener(kind, (event) => {
      const place = placeOf(event.target);
      if (!place) return;
      inspect(place);
      drawPixel();
      if (kind === "focusin") announce();
    });
  }

  // ---- the parts ------------------------------------------------------------------------------------------
  const maps = MAPS.map((name) => [
    name,
    button(t.maps[name], () => {
      if (mapOf(name, model.get("loss")) === name) set("show", name);
    }),
  ]);
  const losses = h("select", {
    class: "sl-button",
    "aria-label": t.loss,
    "data-lm-suppress-shortcuts": "true",
    onchange: () => set("loss", losses.value),
  }, ...LOSSES.map((name) => h("option", { value: name }, t.losses[name])));
  const presets = model.get("_presets").map((
    [name, grid],
  ) => [grid, button(t.names[name] ?? name, () => edit.replace({ probabilities: grid }))]);
  const undo = button(t.undo, () => edit.travel("back"));
  const redo = button(t.redo, () => edit.travel("forward"));
  const reset = button(t.reset, () => {
    const { probabilities, ...settings } = model.get("_start");
    edit.write(settings);
    edit.replace({ probabilities });
  });
  const knob = (name, max, step) => {
    const made = slider(t[name], {
      min: 0,
      max,
      step,
      onslide: (value) => edit.write({ [name]: value }),
      onsettle: () => edit.settle(),
    });
    sets(name, made.node);
    return made;
  };
  const knobs = {
    brush: knob("brush", 1, 0.05),
    threshold: knob("threshold", 1, 0.05),
    alpha: knob("alpha", 1, 0.05),
    gamma: knob("gamma", 5, 0.5),
  };
  const focal = h("div", { class: "pp-focal" }, knobs.alpha.node, knobs.gamma.node);

  const legend = h("div", { class: "pp-legend" });
  const pixel = h("div", { class: "pp-pixel" });
  const totals = h("dl", { class: "pp-totals" });
  const share = h("div", { class: "pp-share" });
  const scores = h("dl", { class: "pp-totals" });
  const mask = h("p", { class: "pp-note" });
  const status = h("p", { role: "status", class: "sl-hidden" });

  // ---- drawing --------------------------------------------------------------------------------------------
  const costs = (kind, value) => kind === "loss" || (kind === "gradient" && value > 0);
  const levelOf = (kind, value) => Math.round(100 * strength(kind, value, pixels));

  function drawColours() {
    const kind = map();
    const numbers = values(kind, now);
    const colours = new Uint8ClampedArray(4 * pixels);
    for (let i = 0; i < pixels; i++) {
      colours.set(HUES[costs(kind, numbers[i]) ? "cost" : "yes"], 4 * i);
      colours[4 * i + 3] = 255 * STRONGEST * levelOf(kind, numbers[i]) / 100;
    }
    board.tint(colours);
  }

  const nodes = board.cells.flat();
  const seen = nodes.map(() => ({})); // what each cell says, so that a stroke touches only the cells it changes
  function drawCells(unitOfAll) {
    const kind = map();
    const numbers = values(kind, now);
    nodes.forEach((node, i) => {
      const [was, p, y] = [seen[i], now.p[i], now.y[i]];
      const text = numbered ? brief(kind, numbers[i], unitOfAll) : "";
      const said = numbered ? kind : ""; // where no number fits, a cell says its probability alone
      if (was.p === p && was.y === y && was.said === said && was.text === text) return;
      seen[i] = { p, y, said, text };
      if (node.textContent !== text) node.textContent = text;
      const name = t.cell(Math.floor(i / cols) + 1, (i % cols) + 1, y, significant(p));
      node.setAttribute(
        "aria-label",
        numbered && kind !== "probability" ? `${name}, ${t.maps[kind]} ${text}` : name,
      );
    });
  }

  /** Where no number fits, a bar in each pixel whose gradient is negative: the sign is not told by colour alone. */
  function drawSigns() {
    const negative = !numbered && map() === "gradient" ? values("gradient", now).map((g) => g < 0) : [];
    board.over.trace("minus", marks(negative, cols, true, "m.3 .5h.4"));
  }

  let scale = ""; // the scale that stands in the legend
  function drawLegend(power) {
    const kind = map();
    if (scale === kind + power) return;
    scale = kind + power;
    const samples = SAMPLES[kind](pixels).map((value) => {
      const style = `--strength: ${levelOf(kind, value)}`;
      return piece("span", {
        class: "sl-cell pp-sample",
        "data-hue": costs(kind, value) ? "cost" : "yes",
        style,
      }, brief(kind, value, power));
    });
    fill(
      legend,
      piece("span", { class: "sl-label" }, t.legend[kind]),
      piece("span", { class: "pp-samples" }, ...samples),
      piece("span", { class: "sl-label" }, t.unit[power]),
      ...(kind === "gradient" ? [piece("p", { class: "pp-note" }, t.signs)] : []),
    );
  }

  let inspected = null;
  function inspect(place) {
    if (inspected) board.cells[inspected[0]][inspected[1]].classList.remove("pp-inspected");
    inspected = place;
    board.cells[place[0]][place[1]].classList.add("pp-inspected");
  }
  const steps = () => computation(map(), now, inspected[0] * cols + inspected[1]);
  const whose = () => {
    const i = inspected[0] * cols + inspected[1];
    return `y = ${now.y[i]}, p = ${significant(now.p[i])}`;
  };
  function drawPixel() {
    fill(
      pixel,
      piece(
        "p",
        { class: "pp-title" },
        t.pixel(inspected[0] + 1, inspected[1] + 1),
        piece("span", {}, whose()),
      ),
      piece(
        "dl",
        { class: "pp-steps" },
        ...steps().map(([name, text]) =>
          piece("div", {}, piece("dt", {}, name), piece("dd", { class: "sl-number" }, text))
        ),
      ),
    );
  }

  const line = (name, ...value) =>
    piece("div", {}, piece("dt", {}, name), piece("dd", { class: "sl-number", "data-of": name }, ...value));

  function drawTotals() {
    const loss = t.losses[now.loss];
    if (regional(now.loss)) fill(totals, line(t.value(loss), approximately(regionLoss(now), 6)));
    else {
      const sum = values("loss", now).reduce((total, x) => total + x, 0);
      fill(
        totals,
        line(`${t.sum} ${loss}`, approximately(sum, 6)),
        line(
          `${t.mean} ${loss}`,
          `= ${t.sum} / ${pixels} `,
          piece("strong", {}, approximately(sum / pixels, 6)),
        ),
      );
    }
  }

  function drawShare() {
    const of = map() === "gradient" || regional(now.loss) ? "gradient" : "loss";
    const sizes = values(of, now).map(Math.abs);
    const part = { positive: 0, negative: 0 };
    const number = { positive: 0, negative: 0 };
    sizes.forEach((x, i) => {
      part[now.y[i] ? "positive" : "negative"] += x;
      number[now.y[i] ? "positive" : "negative"] += 1;
    });
    const total = part.positive + part.negative;
    const told = total === 0
      ? t.nothing
      : total === Infinity
      ? t.infinite(sizes.filter((x) => x === Infinity).length)
      : "";
    const percent = (name) => `${((100 * part[name]) / total).toFixed(1)} %`;
    const names = Object.keys(part);
    const words = names.map((name) => `${t.classes[name]} ${percent(name)}`).join(", ");
    fill(
      share,
      piece("p", { class: "pp-title" }, t.share[of]),
      ...(told ? [piece("p", {}, told)] : [
        piece(
          "div",
          { class: "pp-bar", role: "img", "aria-label": words },
          ...names.map((name) =>
            piece("span", { "data-class": name, style: `flex-grow: ${part[name] / total}` })
          ),
        ),
        piece(
          "div",
          { class: "pp-key" },
          ...names.map((name) =>
            piece(
              "p",
              {},
              piece("span", { class: "pp-swatch", "data-class": name, "aria-hidden": "true" }),
              piece(
                "span",
                {},
                `${t.classes[name]} `,
                piece("strong", { class: "sl-number", "data-share": name }, percent(name)),
              ),
              piece("span", { class: "pp-note" }, t.pixels(number[name], pixels)),
            )
          ),
        ),
      ]),
    );
  }

  const outlined = {}; // the masks whose lines stand, so that only a mask that changed is traced again
  function drawLines() {
    const threshold = model.get("threshold");
    const hard = now.p.map((p) => Number(p >= threshold));
    mask.textContent = t.mask(significant(threshold));
    const grid = (flat) => board.cells.map((_, r) => flat.slice(r * cols, (r + 1) * cols));
    let changed = false;
    for (const [kind, ones, inset] of [["edge", now.y, 0], ["dots", hard, 0.08]]) {
      if (outlined[kind]?.every((one, i) => one === ones[i])) continue;
      outlined[kind] = ones;
      changed = true;
      board.outline(grid(ones), kind, inset);
    }
    if (!changed) return;
    const exact = fractions(counts(hard, now.y));
    fill(
      scores,
      ...Object.entries(t.scores).map(([name, label]) => {
        const [top, bottom] = exact[name];
        return line(
          label,
          bottom ? `= ${top}/${bottom} ${equals(top / bottom)}` : name === "dice" ? t.bothEmpty : t.undefined,
        );
      }),
    );
  }

  function drawButtons() {
    const shown = JSON.stringify(model.get("probabilities"));
    for (const [name, node] of maps) {
      const possible = mapOf(name, model.get("loss")) === name;
      node.setAttribute("aria-pressed", name === map());
      node.setAttribute("aria-disabled", !possible);
      node.title = possible ? "" : t.noMap(t.losses[model.get("loss")]);
    }
    losses.value = model.get("loss");
    focal.hidden = model.get("loss") !== "focal";
    for (const [grid, node] of presets) node.setAttribute("aria-pressed", JSON.stringify(grid) === shown);
    undo.setAttribute("aria-disabled", !edit.can("back"));
    redo.setAttribute("aria-disabled", !edit.can("forward"));
    for (const [name, one] of Object.entries(knobs)) one.show(model.get(name));
  }

  /** What a reader who cannot see the grid hears: the pixel's computation, and the whole. */
  function announce() {
    const whole = [...totals.querySelectorAll("div:last-child")].map((node) => node.textContent).join();
    status.textContent = `${whose()}. ${steps().map((step) => step.join(" ")).join(". ")}. ${whole}`;
  }

  function draw() {
    edit.drawn();
    now = read();
    const power = unit(map(), values(map(), now));
    drawColours();
    drawCells(power);
    drawSigns();
    drawLegend(power);
    drawPixel();
    drawTotals();
    drawShare();
    drawLines();
    drawButtons();
  }

  const root = h(
    "div",
    { class: "sl-widget probability-painter", lang: t.lang, "data-lm-suppress-shortcuts": "true" },
    h(
      "div",
      { class: "sl-controls" },
      sets("show", group(t.map, ...maps.map(([, node]) => node))),
      sets("loss", group(t.loss, losses)),
      ...(presets.length
        ? [sets("probabilities", group(t.presets, ...presets.map(([, node]) => node)))]
        : []),
    ),
    h(
      "div",
      { class: "pp-main" },
      h(
        "div",
        {},
        sets("probabilities", h("div", { class: numbered ? "pp-numbered" : "" }, board.node)),
        legend,
        knobs.brush.node,
        sets("probabilities", h("div", { class: "sl-group pp-later" }, undo, redo, reset)),
        h("p", { class: "pp-note pp-later pp-hint" }, t.hint),
      ),
      h(
        "div",
        {},
        focal,
        pixel,
        h("div", {}, h("p", { class: "pp-title" }, t.all(pixels)), totals),
        share,
        h("div", { class: "pp-later" }, knobs.threshold.node, scores, mask),
      ),
    ),
    status,
  );
  edit.listen(root);

  const flat = model.get("target").flat();
  const first = Math.max(flat.indexOf(1), 0);
  inspect([Math.floor(first / cols), first % cols]);
  const names = ["target", "probabilities", "loss", "show", "alpha", "gamma", "brush", "threshold"];
  for (const name of names) model.on(`change:${name}`, draw);
  draw();
  el.append(root);
  return () => {
    for (const name of names) model.off(`change:${name}`, draw);
    root.remove();
  };
}

export default shareable(localized(mount));
