import { localized, shown } from "../kit/view.js";
import { button, fill, h, piece, wordsOf } from "../kit/ui.js";
import { CHANGED, device, whenRemembered } from "./form.js";
import { STRINGS } from "./words.js";
/** @import { Model } from "../kit/ui.js" */

// The list of a chapter's exercises, or of all chapters', with what this device remembers as done. The model holds
// `chapters`; nothing of it changes.

/** @typedef {{ name: string, label: string, about: string, level: number, minutes: number, inPage: boolean }} Entry */
/** @typedef {{ title: string, page: string, exercises: Entry[] }} Chapter */

/** @type {(exercise: Entry) => "right" | "tried" | ""} */
const stateOf = ({ name }) => {
  const kept = device(name).recall();
  return kept ? (kept.right ? "right" : "tried") : "";
};

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mountContents(model, el) {
  const t = wordsOf(STRINGS, model);
  /** @type {Chapter[]} */
  const chapters = model.get("chapters");
  const extension = el.closest(".live-widget") ? "html" : "ipynb";

  /** @type {(exercise: Entry, page: string) => { node: HTMLElement, draw: () => void }} */
  function entry(exercise, page) {
    const address = `${page}.${extension}#${exercise.label}`;
    const said = h("span", { class: "ex-quiet" });
    const link = h("a", { href: address }, exercise.about);
    const node = h("li", {}, link, h("span", {}, `, ${t.entry(exercise.level, exercise.minutes)}`), said);
    const draw = () => {
      const state = stateOf(exercise);
      node.dataset.state = state;
      fill(said, exercise.inPage ? (state && `, ${t.states[state]}`) : `, ${t.inJupyter}`);
    };
    return { node, draw };
  }
  /** @type {(chapter: Chapter) => { nodes: HTMLElement[], draw: () => void }} */
  function section({ title, page, exercises }) {
    const entries = exercises.map((exercise) => entry(exercise, page));
    const heading = h("p");
    const answerable = exercises.filter(({ inPage }) => inPage);
    const draw = () => {
      const done = answerable.filter((exercise) => stateOf(exercise) === "right").length;
      const name = chapters.length > 1 ? [piece("a", { href: `${page}.${extension}` }, title), ": "] : [];
      fill(heading, ...name, t.done(done, answerable.length));
      for (const one of entries) one.draw();
    };
    return { nodes: [heading, h("ul", { role: "list" }, ...entries.map(({ node }) => node))], draw };
  }

  const sections = chapters.map(section);
  const forget = button(t.forgetAll, () => {
    for (const { exercises } of chapters) for (const { name } of exercises) device(name).forget();
    dispatchEvent(new Event(CHANGED));
  });
  const draw = () => {
    for (const one of sections) one.draw();
    forget.hidden = !chapters.some(({ exercises }) => exercises.some(stateOf));
  };
  const root = h(
    "div",
    { class: "sl-widget exercise-contents", lang: t.lang },
    ...sections.flatMap(({ nodes }) => nodes),
    h("div", { class: "ex-foot", role: "status" }, forget),
  );
  draw();
  return shown({ model, el, root, watched: {}, ends: whenRemembered(draw) });
}

export default localized(mountContents);
