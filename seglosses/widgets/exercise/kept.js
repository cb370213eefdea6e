import { localized } from "../kit/view.js";
import { wordsOf } from "../kit/ui.js";
import { letterField, numberField, wordField } from "./fields.js";
import { mountForm } from "./form.js";
import { gridField } from "./painter.js";
import { typed } from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Field } from "./fields.js" */

// A question of an exam: the form keeps the answer, and no one says whether it is right. What it reads holds nothing
// that could tell.

/** @type {(question: any, t: any, id: string) => Field} */
function fieldFor(question, t, id) {
  switch (question.kind) {
    case "letter":
      return letterField(question, t, id);
    case "word":
      return wordField(question.count, question, t, id);
    case "grid":
      return gridField(question, t);
    default:
      return numberField(t, id);
  }
}

export default localized((model, el) => {
  const t = wordsOf(STRINGS, model);
  /** @type {(question: any, answer: any) => { right: null, reason: string }} */
  function judge(question, answer) {
    const read = question.kind === "number" && answer !== null ? typed(answer, question.says) : 0;
    const kept = answer === null ? "" : t.stays;
    return { right: null, reason: typeof read === "string" ? read : kept }; // of what is no number, why
  }
  return mountForm({ model, el, fieldOf: fieldFor, judge, act: "keep" });
});
