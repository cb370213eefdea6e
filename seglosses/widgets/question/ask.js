import { memory } from "../kit/memory.js";
import { button, h, OWN_KEYS, wordsOf } from "../kit/ui.js";
import { shown } from "../kit/view.js";
import { isAnswer } from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Model } from "../kit/ui.js" */
/** @import { Answer, Asking } from "./state.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */

// A question that is answered before what follows opens: its form, and what it covers until then.
// The model holds the question and the `answer` (null until the reader commits one); this device remembers it.

/**
 * The text's simple tags as elements. Whatever is no such tag stays text, so nothing in it can ever run.
 * @param {string} text
 */
export function rich(text) {
  const top = h("span");
  /** @type {HTMLElement} */
  let inner = top;
  for (const piece of text.split(/(<\/?(?:b|code|em|i|strong|sub|sup)>)/)) {
    if (/^<\/\w+>$/.test(piece)) inner = inner.parentElement ?? top;
    else if (/^<\w+>$/.test(piece)) inner = inner.appendChild(document.createElement(piece.slice(1, -1)));
    else inner.append(piece);
  }
  return top;
}

// ---- what stays covered -------------------------------------------------------------------------------------

/**
 * What a question covers: the element "#id"; or with "next" the first output that follows in its section and
 * what the section then says about it, up to a subsection or another question.
 * @type {(el: HTMLElement, covers: string) => Element[]}
 */
function following(el, covers) {
  if (covers.startsWith("#")) {
    const target = document.getElementById(covers.slice(1));
    return target ? [target] : [];
  }
  const section = el.closest("section");
  const own = el.closest(".widget-slot");
  if (!section || !own) return []; // Jupyter: there the reader runs the next cell, or does not yet
  const first = [...section.querySelectorAll(".cell_output")].find((one) =>
    own.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING
  );
  if (!first) return [];
  const found = [first];
  let next = [...section.children].find((block) => block.contains(first))?.nextElementSibling;
  for (; next && !next.matches("section, :has(.question-still)"); next = next.nextElementSibling) {
    found.push(next);
  }
  return found;
}

/**
 * Whether the address leads to a place in there, or to a state of a widget: whoever follows it is to see that.
 * @param {Element} target
 */
const linked = (target) =>
  target.contains(document.querySelector(":target")) ||
  [...target.querySelectorAll("[data-name]")].some((one) =>
    new RegExp(`[#&]${one.getAttribute("data-name")}=`).test(location.hash)
  );

/**
 * Hides the targets behind a note with a way past it; the returned function opens them for good.
 * @type {(targets: Element[], t: Table, anyway: () => void) => () => void}
 */
function cover(targets, t, anyway) {
  const note = h(
    "div",
    { class: "sl-widget qu-cover", lang: t.lang },
    h("p", {}, t.covered),
    button(t.anyway, anyway),
  );
  targets[0].before(note);
  for (const target of targets) target.classList.add("qu-covered");
  return () => {
    note.remove();
    for (const target of targets) target.classList.remove("qu-covered");
  };
}

/**
 * What is covered while the question is open. `close()` covers it, `open()` shows it and says whether it was covered, and
 * `follow()` opens it to an address that leads in there. `onpass()` follows a reader's way past the cover.
 * @type {(el: HTMLElement, covers: string, t: Table, onpass: () => void) =>
 *   { open: () => boolean, close: () => void, follow: () => void }}
 */
function coverOf(el, covers, t, onpass) {
  /** @type {(() => void) | null} */
  let uncover = null;
  const targets = () => (covers ? following(el, covers) : []);
  const open = () => {
    const covered = uncover !== null;
    uncover?.();
    uncover = null;
    return covered;
  };
  const close = () => {
    const hidden = targets();
    if (!hidden.length || uncover || hidden.some(linked)) return;
    uncover = cover(hidden, t, () => {
      open();
      onpass();
    });
  };
  const follow = () => {
    if (!uncover || !targets().some(linked)) return;
    open();
    document.querySelector(":target")?.scrollIntoView();
  };
  return { open, close, follow };
}

// ---- before: the form ---------------------------------------------------------------------------------------

/**
 * Where the reader answers; `onanswer(answer)` follows one that is good. `id` names the form's parts on the page.
 * @type {(question: Asking, id: string, t: Table, onanswer: (answer: Answer) => void) =>
 *   { node: HTMLFormElement, focus: () => void }}
 */
function formOf(question, id, t, onanswer) {
  const { number, choices } = question;
  const error = h("p", { class: "qu-error", id: `${id}-error`, role: "alert" });
  const inputs = number
    ? [h("input", { type: "number", step: "any", inputmode: "decimal", class: "qu-number", ...OWN_KEYS })]
    : choices.map((_, i) => h("input", { type: "radio", name: id, value: i, ...OWN_KEYS }));
  for (const input of inputs) {
    input.setAttribute("aria-describedby", error.id);
    input.addEventListener("input", () => error.replaceChildren());
  }
  const read = () => {
    if (!number) return choices[inputs.findIndex((input) => input.checked)]?.[0];
    return inputs[0].value === "" ? undefined : Number(inputs[0].value);
  };
  const fields = number
    ? [h("label", { class: "qu-value" }, h("span", {}, t.value), inputs[0], unitOf(question))]
    : choices.map(([text], i) => h("label", { class: "qu-choice" }, inputs[i], rich(text)));
  const node = h(
    "form",
    { class: "qu-form", novalidate: "" },
    h("fieldset", { "aria-labelledby": `${id}-text` }, ...fields),
    error,
    h(
      "div",
      { class: "qu-foot" },
      h("button", { type: "submit", class: "sl-button qu-commit" }, t.commit),
      h("span", { class: "qu-quiet" }, t.stays),
    ),
  );
  node.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = read();
    if (isAnswer(question, value)) return onanswer(value);
    error.textContent = number ? t.typeFirst(number.low, number.high) : t.chooseFirst;
    inputs[0].focus();
  });
  return { node, focus: () => inputs[0].focus({ preventScroll: true }) };
}

/** @param {Asking} question */
export const unitOf = ({ number }) => (number?.unit ? ` ${number.unit}` : "");

// ---- one view -----------------------------------------------------------------------------------------------

/**
 * Asks the question; once it is answered, `verdictOf(given, t)` is announced and `toldOf(given, t)` stands there.
 * @param {{ model: Model, el: HTMLElement, question: Asking, verdictOf: (given: any, t: Table) => string,
 *   toldOf: (given: any, t: Table) => Node[] }} asked
 */
export function mountQuestion({ model, el, question, verdictOf, toldOf }) {
  const t = wordsOf(STRINGS, model);
  const device = memory(`${location.pathname}:${model.get("name")}`);
  const id = `question-${Math.random().toString(36).slice(2)}`;
  /** @param {Answer | null} value */
  const answer = (value) => {
    model.set("answer", value);
    model.save_changes();
  };

  const told = h("div", {
    class: "qu-told",
    tabindex: -1,
    role: "group",
    "aria-label": t.feedback,
    ...OWN_KEYS,
  });
  const form = formOf(question, id, t, (value) => {
    device.keep(value);
    answer(value);
    told.focus({ preventScroll: true }); // the button that was pressed is gone
  });
  const again = () => {
    device.forget();
    answer(null);
    form.focus();
  };
  const status = h("p", { role: "status", class: "sl-hidden" });
  const root = h(
    "div",
    { class: "sl-widget question", lang: t.lang },
    h("p", { class: "qu-quiet" }, t.first),
    h("p", { class: "qu-text", id: `${id}-text` }, rich(model.get("text"))),
    ...[form.node, told, status],
  );
  const covered = coverOf(el, model.get("covers"), t, () => {
    status.textContent = t.opened;
    root.scrollIntoView({ block: "nearest" });
  });

  function draw() {
    const given = model.get("answer");
    form.node.hidden = given !== null;
    told.hidden = given === null;
    if (given === null) {
      form.node.reset();
      told.replaceChildren();
      status.textContent = "";
      covered.close();
    } else {
      const foot = h("div", { class: "qu-foot" }, button(t.again, again));
      told.replaceChildren(...toldOf(given, t), foot);
      const opened = covered.open() ? ` ${t.opened}` : "";
      status.textContent = verdictOf(given, t) + opened;
    }
  }

  addEventListener("hashchange", covered.follow);
  const ends = [() => removeEventListener("hashchange", covered.follow), covered.open];
  const end = shown({ model, el, root, watched: { answer: draw }, ends });
  // Only now: what it covers is found from its place on the page.
  const remembered = device.recall();
  if (model.get("answer") === null && isAnswer(question, remembered)) answer(remembered);
  else draw();
  return end;
}
