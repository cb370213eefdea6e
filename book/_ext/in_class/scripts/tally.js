import { memory } from "../../../../seglosses/widgets/kit/memory.js";
import { button, fill, h, OWN_KEYS, piece } from "../../../../seglosses/widgets/kit/ui.js";
import { encode, ticketOf, TICKETS } from "./code.js";
import { answersOf, choicesOf, labelOf, tally } from "./counts.js";
import { texts } from "./words.js";
/** @import { Asked, Chapter, Told } from "./counts.js" */
/** @import { Guess } from "./code.js" */

// The page of whoever teaches: codes go in, one a line, and each question's bars come out.

/**
 * A question with its bars. Its texts are HTML that the build has made of the book's own questions.
 * @type {(question: Asked, number: number) => { node: HTMLElement, draw: (guesses: Guess[]) => void }}
 */
function questionPanel(question, number) {
  const t = texts();
  let open = false;
  /** @type {Guess[]} */
  let last = [];
  const text = h("a", { href: question.address });
  text.innerHTML = question.text;
  const rows = h("ul", { class: "ic-rows", role: "list" });
  // Where choices stand above, the mark says it; a screen reader is told.
  const truth = h("p", { role: "status", ...(!question.number && { class: "sl-hidden" }) });
  const reveal = button(t.show, () => {
    open = !open;
    draw(last);
  });
  const heading = h("p", { class: "ic-question" }, `${number}. `, text);
  const node = h(
    "section",
    { class: "ic-panel" },
    heading,
    rows,
    h("div", { class: "ic-foot" }, reveal, truth),
  );

  /** @type {(label: string, count: number, right: boolean) => HTMLElement} */
  function row(label, count, right) {
    const name = h("span", { class: "ic-label" });
    name.innerHTML = right && open ? `<b>✓ ${label}</b> (${t.right})` : label;
    const width = last.length ? 100 * count / last.length : 0;
    const bar = h(
      "span",
      { class: "ic-bar", "aria-hidden": "true" },
      h("span", { style: `width:${width}%` }),
    );
    const said = h(
      "span",
      { class: "ic-count" },
      `${count}`,
      h("span", {}, ` (${t.share(count, last.length)})`),
    );
    return h("li", { ...(right && open && { "data-right": "" }) }, name, bar, said);
  }
  /** @param {Guess[]} guesses */
  function draw(guesses) {
    last = guesses;
    const { answers, none } = answersOf(question, guesses);
    const label = labelOf(question);
    rows.replaceChildren(
      ...answers.map(({ value, count, right }) => row(label(value), count, right)),
      ...(none ? [row(`<i>${t.none}</i>`, none, false)] : []),
    );
    reveal.textContent = open ? t.hide : t.show;
    truth.innerHTML = open ? t.truth(label(question.right)) : "";
  }
  return { node, draw };
}

/** @param {Told[]} told */
function toldOf(told) {
  const t = texts();
  if (!told.length) return [];
  /** @type {Record<string, (other: any) => string>} */
  const why = t.why;
  const lines = told.map((one) => piece("li", {}, t.line(one.line, why[one.why](one.other))));
  return [piece("p", {}, t.lines(told.length)), piece("ul", {}, ...lines)];
}

/**
 * Forty codes of a chapter, always the same, to try the page with: most guess right, and some give no answer.
 * @param {Chapter} chapter
 */
function madeUp({ tag, questions }) {
  let seed = 1;
  const chance = () => (seed = seed * 16807 % 2147483647) / 2147483647;
  /** @type {(question: Asked) => Guess} */
  const guess = (question) => {
    if (chance() < 0.05) return null;
    if (chance() < 0.4) return question.right;
    if (!question.number) return Math.floor(chance() * question.choices.length);
    return Number((question.right * (0.5 + Math.floor(chance() * 4) / 4)).toPrecision(2));
  };
  return Array.from({ length: 40 }, () => {
    const ticket = ticketOf(Math.floor(chance() * TICKETS));
    return encode(tag, ticket, questions.map(choicesOf), questions.map(guess));
  });
}

/** @type {(place: HTMLElement, chapters: Chapter[]) => void} */
export function showTally(place, chapters) {
  const t = texts();
  const device = memory(`${location.pathname}:codes`);
  const codes = h("textarea", {
    class: "ic-codes",
    rows: 8,
    spellcheck: "false",
    autocapitalize: "characters",
    ...OWN_KEYS,
  });
  codes.value = device.recall() ?? "";
  const options = [t.most, ...chapters.map(({ title }) => title)].map((title, i) =>
    h("option", { value: i }, title)
  );
  const chosen = h("select", OWN_KEYS, ...options);
  const chapterOf = () => chapters[Number(chosen.value) - 1];
  const [counted, told] = [h("p", { role: "status", class: "ic-counted" }), h("div", { class: "ic-told" })];
  const panels = h("div", {});
  /** @type {Chapter | undefined} */
  let shown;
  /** @type {ReturnType<typeof questionPanel>[]} */
  let questions = [];

  function draw() {
    const found = tally(codes.value, chapters, chapterOf());
    const { chapter, votes } = found;
    fill(counted, chapter ? t.counted(votes.length, chapter.title) : t.nothing);
    fill(told, ...toldOf(found.told));
    if (chapter !== shown) {
      questions = (chapter?.questions ?? []).map((question, i) => questionPanel(question, i + 1));
      panels.replaceChildren(...questions.map(({ node }) => node));
    }
    shown = chapter;
    questions.forEach((panel, i) => panel.draw(votes.map(({ guesses }) => guesses[i])));
    device.keep(codes.value);
  }
  /** @param {string} text */
  const write = (text) => {
    codes.value = text;
    draw();
    codes.focus();
  };
  codes.addEventListener("input", draw);
  chosen.addEventListener("change", draw);
  const longest = chapters.reduce((one, other) =>
    one.questions.length < other.questions.length ? other : one
  );
  const example = button(t.example, () => write(madeUp(chapterOf() ?? shown ?? longest).join("\n")));
  const clear = button(t.clear, () => write(""));
  place.append(
    h(
      "div",
      { class: "sl-widget in-class in-class-tally" },
      h(
        "div",
        { class: "ic-input" },
        h("label", {}, h("span", {}, t.codes), codes),
        h("p", { class: "sl-note" }, t.stays),
        h("label", {}, h("span", {}, t.chapter), chosen),
        h("div", { class: "ic-foot" }, example, clear),
      ),
      ...[counted, told, panels],
    ),
  );
  draw();
}
