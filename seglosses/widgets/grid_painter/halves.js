import { fill, h, piece } from "../kit/ui.js";
import { decimals, equals } from "../kit/numbers.js";
import { perHalf } from "./state.js";
/** @import { Model } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { State } from "./state.js" */

// Two images on one grid, side by side, or its upper and lower half: the mean of their scores, beside the pooled ones.

/**
 * @param {Model} model
 * @param {{ halves: Record<string, string>, loss: (name: string) => string }} t
 * @returns {Panel<State>}
 */
export function halvesPanel(model, t) {
  const node = h("dl", { class: "gp-halves" });
  function draw() {
    const [target, prediction, smooth] = ["target", "prediction", "smooth"].map((name) => model.get(name));
    const scores = perHalf({ target, prediction, smooth }, model.get("halves"));
    const lines = /** @type {const} */ ([["dice", "Dice"], ["iou", "IoU"]]).map(([name, label]) => {
      const [one, other] = scores[name];
      const mean = (one + other) / 2;
      return piece(
        "div",
        {},
        piece("dt", {}, label),
        piece(
          "dd",
          { class: "sl-number", "data-mean": name },
          `(${decimals(one)} + ${decimals(other)}) / 2 = `,
          piece("strong", {}, decimals(mean)),
          piece("span", { class: "gp-note" }, ` ${t.loss(label)} ${equals(1 - mean)}`),
        ),
      );
    });
    fill(node, ...lines);
  }
  const label = h("p", { class: "sl-label" }, t.halves[model.get("halves")]);
  return { node: h("div", { class: "gp-later" }, label, node), draw };
}
