import { localized, shown } from "../kit/view.js";
import { memory } from "../kit/memory.js";
import { button, fill, h, languageOf, piece } from "../kit/ui.js";
import { letterField, numberField, wordField } from "./fields.js";
import { gridField } from "./painter.js";
import { judge } from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Model } from "../kit/ui.js" */
/** @import { Exercise } from "./state.js" */

// An exercise that is answered in the page. The model holds its description and the `answer`, null until one is
// checked; this device remembers the answer, and so each form can say how many of its chapter are done.

const CHANGED = "seglosses:answers"; // told to the window when this device remembers more, or less

/**
 * What this device remembers of an exercise. Its name is the same on every page of the book: so the page of all
 * exercises can count what the chapters' pages have kept.
 * @param {string} name
 */
const device = (name) => memory(`${location.pathname.replace(/[^/]*$/, "")}exercise:${name}`);

/** @type {(exercise: Exercise, t: any, id: string) => import("./fields.js").Field | null} */
function fieldOf(exercise, t, id) {
  switch (exercise.kind) {
    case "number":
      return numberField(t, id);
    case "letter":
      return letterField(exercise, t, id);
    case "word":
      return wordField(exercise, t, id);
    case "grid":
      return gridField(exercise, t);
    default:
      return null;
  }
}

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mount(model, el) {
  const t = STRINGS[languageOf(model)];
  /** @type {Exercise} */
  const exercise = model.get("description");
  const own = device(model.get("name"));
  const field = fieldOf(exercise, t, `exercise-${Math.random().toString(36).slice(2)}`);
  const root = h("div", { class: "sl-widget exercise-form", lang: t.lang });
  if (!field) {
    root.append(h("p", { class: "ex-quiet" }, t.jupyter));
    return shown({ model, el, root, watched: {} });
  }

  /** @param {unknown} value */
  const answer = (value) => {
    model.set("answer", value);
    model.save_changes();
  };
  const verdict = h("p", { class: "ex-verdict", role: "status" });
  const progress = h("p", { class: "ex-quiet" });
  const forget = button(t.forget, () => {
    own.forget();
    answer(null);
    dispatchEvent(new Event(CHANGED));
    field.focus();
  });
  const form = h(
    "form",
    { class: "ex-form", novalidate: "" },
    field.node,
    h(
      "div",
      { class: "ex-foot" },
      h("button", { type: "submit", class: "sl-button ex-check" }, t.check),
      forget,
      h("span", { class: "ex-quiet ex-stays" }, t.stays),
    ),
  );
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
  root.append(form, verdict, progress);

  function draw() {
    const given = model.get("answer");
    const { right, reason } = judge(exercise, given);
    field?.show(given);
    forget.hidden = given === null;
    verdict.dataset.right = String(right);
    if (right === null) fill(verdict);
    else fill(verdict, piece("strong", {}, right ? t.right : t.wrong), ` ${reason}`);
  }
  function count() {
    const names = model.get("chapter");
    const done = names.filter((/** @type {string} */ name) => device(name).recall()?.right).length;
    fill(progress, done ? t.done(done, names.length) : "");
  }

  const remembered = own.recall()?.answer ?? null;
  if (model.get("answer") === null && remembered !== null) answer(remembered);
  draw();
  count();
  const heard = [CHANGED, "storage"];
  for (const event of heard) addEventListener(event, count);
  const ends = heard.map((event) => () => removeEventListener(event, count));
  return shown({ model, el, root, watched: { answer: draw }, ends });
}

export default localized(mount);
