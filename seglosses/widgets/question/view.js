import { h, OWN_KEYS } from "../kit/ui.js";
import { plain } from "../kit/numbers.js";
import { mountQuestion, rich, unitOf } from "./ask.js";
import { matches, short, shortEquals } from "./state.js";
/** @import { Model } from "../kit/ui.js" */
/** @import { Question } from "./state.js" */
/** @import { Table } from "./ask.js" */

// What a reader is told who has committed an answer: the verdict, and each answer's reason.

/** @type {(question: Question, given: any, t: Table) => string} */
function verdictOf(question, given, t) {
  const { number, right } = question;
  const unit = unitOf(question);
  if (!number) return matches(question, given, right) ? t.right : t.wrong;
  if (!matches(question, given, right)) return t.far(short(Math.abs(given - right)) + unit);
  return number.tolerance ? t.near(short(number.tolerance) + unit) : t.right;
}

/**
 * A reason behind the answer that it belongs to: open for the reader's own answer and for the right one.
 * @type {(question: Question, choice: [value: any, text: string], given: any, t: Table) => HTMLElement}
 */
function reasonOf(question, [value, text], given, t) {
  const [own, correct] = [matches(question, given, value), matches(question, question.right, value)];
  const tags = [...(own ? [t.yours] : []), ...(correct ? [t.truth] : [])];
  const answer = question.number ? shortEquals(value) + unitOf(question) : rich(value);
  return h(
    "details",
    { class: "qu-reason", ...(correct && { "data-right": "" }), ...((own || correct) && { open: "" }) },
    h(
      "summary",
      OWN_KEYS,
      h("span", { class: "qu-mark", "aria-hidden": "true" }, correct ? "✓" : "✗"),
      " ",
      answer,
      ...tags.map((tag) => h("span", { class: "qu-tag" }, tag)),
    ),
    h("p", {}, rich(text)),
  );
}

/**
 * What a reader who has answered is told.
 * @type {(question: Question, given: any, reveal: string, t: Table) => HTMLElement[]}
 */
function toldOf(question, given, reveal, t) {
  const { number, choices, right } = question;
  const unit = unitOf(question);
  /** @type {(name: string, value: string) => HTMLElement} */
  const line = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
  const reasons = choices.map((choice) => reasonOf(question, choice, given, t));
  const revealed = reveal ? [h("p", {}, rich(reveal))] : [];
  const verdict = h("p", { class: "qu-verdict" }, verdictOf(question, given, t));
  if (!number) return [verdict, ...reasons, ...revealed];
  const own = line(t.value, plain(given) + unit);
  const values = h("dl", { class: "qu-values" }, own, line(t.trueValue, shortEquals(right) + unit));
  const slips = choices.length ? [h("p", { class: "qu-quiet" }, t.slips)] : [];
  return [verdict, values, ...revealed, ...slips, ...reasons];
}

/** @param {{ model: Model, el: HTMLElement }} context */
function render({ model, el }) {
  /** @type {Question} */
  const question = {
    right: model.get("_right"),
    choices: model.get("_choices"),
    number: model.get("_number"),
  };
  return mountQuestion({
    ...{ model, el, question },
    verdictOf: (given, t) => verdictOf(question, given, t),
    toldOf: (given, t) => toldOf(question, given, model.get("reveal"), t),
  });
}

export default { render };
