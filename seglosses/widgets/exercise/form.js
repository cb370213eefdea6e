import { shown } from "../kit/view.js";
import { memory } from "../kit/memory.js";
import { button, fill, h, piece, wordsOf } from "../kit/ui.js";
import { STRINGS } from "./words.js";
/** @import { Model } from "../kit/ui.js" */
/** @import { Exercise, Verdict } from "./state.js" */
/** @import { Field } from "./fields.js" */

// The form of an exercise that is answered in the page. The model holds its description and the `answer`, null until
// one is checked; this device remembers the answer.

export const CHANGED = "seglosses:answers"; // told to the window when this device remembers more, or less

/**
 * What this device remembers of an exercise. Its name is the same on every page of the book: so a list can tell
 * what the chapters' pages have kept.
 * @param {string} name
 */
export const device = (name) => memory(`${location.pathname.replace(/[^/]*$/, "")}exercise:${name}`);

/**
 * Runs `act` whenever what this device remembers changes, here or in another tab. The results end that.
 * @param {() => void} act
 */
export function whenRemembered(act) {
  return [CHANGED, "storage"].map((event) => {
    addEventListener(event, act);
    return () => removeEventListener(event, act);
  });
}

/**
 * A hint that opens when it is asked for.
 * @type {(t: any, text: string) => HTMLElement}
 */
const hintOf = (t, text) => h("details", { class: "ex-hint" }, h("summary", {}, t.hint), h("p", {}, text));

/**
 * Draws the form of the model's exercise: `fieldOf` gives what the answer is typed or painted in, null where there
 * is none, and `judge` its verdict. `act` is what the button says: the word for checking, or another.
 * @param {{ model: Model, el: HTMLElement, fieldOf: (exercise: any, t: any, id: string) => Field | null,
 *   judge: (exercise: any, answer: any) => Verdict, act?: "check" | "keep" }} form
 */
export function mountForm({ model, el, fieldOf, judge, act = "check" }) {
  const t = wordsOf(STRINGS, model);
  /** @type {Exercise} */
  const exercise = model.get("description");
  const own = device(model.get("name"));
  const field = fieldOf(exercise, t, `exercise-${Math.random().toString(36).slice(2)}`);
  const root = h("div", { class: "sl-widget exercise-form", lang: t.lang });
  if (!field) {
    root.append(h("p", { class: "ex-quiet" }, t.jupyter), hintOf(t, exercise.hint));
    return shown({ model, el, root, watched: {} });
  }

  /** @param {unknown} value */
  const answer = (value) => {
    model.set("answer", value);
    model.save_changes();
  };
  const verdict = h("p", { class: "ex-verdict", role: "status" });
  const forget = button(t.forget, () => {
    own.forget();
    dispatchEvent(new Event(CHANGED));
    field.focus();
  });
  const check = h("button", { type: "submit", class: "sl-button ex-check" }, t[act]);
  const stays = h("span", { class: "ex-quiet ex-stays" }, t.stays);
  const foot = h("div", { class: "ex-foot" }, check, forget, stays);
  const form = h("form", { class: "ex-form", novalidate: "" }, field.node, foot);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = field.read();
    if (value === null) {
      fill(verdict, t.first);
      return field.focus();
    }
    own.keep({ answer: value, right: judge(exercise, value).right });
    answer(value);
    draw(); // also where the same answer is checked again
    dispatchEvent(new Event(CHANGED));
  });
  root.append(form, verdict, ...(exercise.hint ? [hintOf(t, exercise.hint)] : []));

  function draw() {
    const given = model.get("answer");
    const { right, reason } = judge(exercise, given);
    field?.show(given);
    forget.hidden = given === null;
    verdict.dataset.right = String(right);
    if (right === null) fill(verdict, reason);
    else fill(verdict, piece("strong", {}, right ? t.right : t.wrong), ` ${reason}`);
  }
  let kept = own.recall()?.answer ?? null;
  /** Follows what this device remembers; an answer that came from Python is not taken back for that. */
  const follow = () => {
    const before = JSON.stringify(kept);
    kept = own.recall()?.answer ?? null;
    if (JSON.stringify(kept) !== before) answer(kept);
  };

  if (model.get("answer") === null && kept !== null) answer(kept);
  draw();
  return shown({ model, el, root, watched: { answer: draw }, ends: whenRemembered(follow) });
}
