import { plain } from "../kit/numbers.js";
import { fits } from "../kit/seal.js";
import { h } from "../kit/ui.js";
import { mountQuestion, rich, unitOf } from "./ask.js";
/** @import { Model } from "../kit/ui.js" */
/** @import { Seal } from "../kit/seal.js" */
/** @import { Asking } from "./state.js" */
/** @import { Table } from "./ask.js" */

// A question of a copy for students, which holds its answer as a digest alone: it says right or not, and no reason.

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  /** @type {Asking} */
  const question = { choices: model.get("_choices"), number: model.get("_number") };
  /** @type {Seal} */
  const seal = model.get("_seal");
  /** @type {(given: any, t: Table) => string} */
  const verdictOf = (given, t) => fits(seal, given) ? t.right : t.wrong;
  const said = (/** @type {any} */ given) => question.number ? plain(given) + unitOf(question) : rich(given);
  return mountQuestion({
    ...{ model, el, question, verdictOf },
    toldOf: (given, t) => [
      h("p", { class: "qu-verdict" }, verdictOf(given, t)),
      h("dl", { class: "qu-values" }, h("div", {}, h("dt", {}, t.own), h("dd", {}, said(given)))),
      h("p", { class: "qu-quiet" }, t.inClass),
    ],
  });
}

export default { render };
