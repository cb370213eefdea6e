import { fill, h, svg } from "../kit/ui.js";
import { equals, plain } from "../kit/numbers.js";
import { follow } from "../kit/pixel_grid.js";
import { diceOf, valueOf } from "./state.js";
/** @import { Panel } from "../kit/view.js" */
/** @import { State } from "./state.js" */
/** @typedef {import("./words.js").Table} Table */

// Dice against IoU: a dot for the masks as they are, the gap between the two scores, and the curve, drawn as far as
// the dot has been, so that a reader finds it before seeing it.

const [SIDE, LEFT, TOP] = [192, 40, 12]; // of the axes, in the picture's own pixels
/** @param {number} j */
const acrossTo = (j) => LEFT + SIDE * j;
/** @param {number} d */
const upTo = (d) => TOP + SIDE * (1 - d);
const SAMPLES = Array.from({ length: 51 }, (_, i) => i / 50);
const DICE_OF_IOU = `M${SAMPLES.map((j) => `${acrossTo(j)} ${upTo(diceOf(j)).toFixed(1)}`).join("L")}`;

/** @type {(x: number, y: number, anchor: string, words: string) => SVGElement} */
const axisText = (x, y, anchor, words) => svg("text", { x, y, "text-anchor": anchor }, words);

/** @type {(t: Table) => Panel<State>} */
export function curvePanel(t) {
  const ticks = [0, 0.5, 1].flatMap((value) => [
    svg("path", { d: `M${LEFT} ${upTo(value)}h${SIDE}M${acrossTo(value)} ${upTo(0)}v4` }),
    axisText(LEFT - 7, upTo(value) + 4, "end", plain(value)),
    axisText(acrossTo(value), upTo(0) + 18, "middle", plain(value)),
  ]);
  const names = [
    axisText(acrossTo(1), upTo(0) + 34, "end", "IoU"),
    axisText(LEFT + 5, TOP + 14, "start", "Dice"),
  ];
  const axes = svg("g", { class: "gp-axes" }, ...ticks, ...names);
  const equal = svg("path", { class: "gp-equal", d: `M${acrossTo(0)} ${upTo(0)}L${acrossTo(1)} ${upTo(1)}` });
  const curve = svg("path", { class: "gp-dice-of-iou", d: DICE_OF_IOU });
  const been = svg("svg", { y: 0, height: TOP + SIDE + 4 }, curve); // it clips what has not been seen
  const gap = svg("path", { class: "gp-gap" });
  const dot = svg("circle", { class: "gp-dot", r: 5 });
  const picture = svg(
    "svg",
    { class: "gp-curve", viewBox: `0 0 ${LEFT + SIDE + 12} ${TOP + SIDE + 38}`, role: "img" },
    ...[axes, equal, been, gap, dot],
  );
  const readout = h("span", { class: "sl-number", "data-score": "gap" });
  let [from, to] = [1, 0];

  /** @param {State} state */
  function draw({ scores }) {
    const [d, j] = [valueOf(scores.dice), valueOf(scores.iou)];
    if (j < from || j > to) {
      [from, to] = [Math.min(from, j), Math.max(to, j)];
      const width = SIDE * (to - from);
      for (const [name, value] of Object.entries({ x: acrossTo(from), width })) {
        been.setAttribute(name, String(value));
      }
      been.setAttribute("viewBox", `${acrossTo(from)} 0 ${width || 1} ${TOP + SIDE + 4}`);
    }
    follow(gap, `M${acrossTo(j)} ${upTo(j)}V${upTo(d)}`);
    dot.setAttribute("transform", `translate(${acrossTo(j)} ${upTo(d)})`);
    const fractions = [scores.dice, scores.iou].map(([top, bottom]) => `${plain(top)}/${plain(bottom)}`);
    fill(readout, ...(scores.dice[1] ? [fractions.join(" − "), " ", equals(d - j)] : ["1 − 1 ", equals(0)]));
    picture.setAttribute("aria-label", t.curve(d.toFixed(2), j.toFixed(2)));
  }
  return {
    node: h(
      "div",
      { class: "gp-later" },
      picture,
      h("p", {}, h("span", { class: "gp-gap-name" }, t.gap), " = ", readout),
    ),
    draw,
  };
}
