import { fill, fraction, h, piece, svg } from "../kit/ui.js";
import { equals } from "../kit/numbers.js";
import { bars, valueOf } from "./state.js";
/** @import { Piece } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { Part, Score, State, Stretch, Term } from "./state.js" */
/** @typedef {import("./words.js").Table} Table */

// Dice and IoU, each as the fraction it is: in numbers, as bars, and with terms that light up their pixels.

/** @type {[name: Score, label: string, rows: [string, string]][]} */
const SCORES = [
  ["dice", "Dice", ["2·|X ∩ Y|", "|X| + |Y|"]],
  ["iou", "IoU", ["|X ∩ Y|", "|X ∪ Y|"]],
];
const HEIGHTS = { top: "25%", bottom: "75%" };

/**
 * The term that an element stands for, the first of those it is part of.
 * @type {(target: EventTarget | null) => Term | null}
 */
const termOf = (target) =>
  target instanceof Element
    ? /** @type {Term} */ (target.closest("[data-terms]")?.getAttribute("data-terms")?.split(" ")[0] || null)
    : null;

/**
 * Follows which term of `node` is lit: the one under the pointer, else the one that the keyboard is at, else the one
 * that was pressed last. Terms are one stop in the tab order; arrow keys go from one to the next.
 * @type {(node: HTMLElement, onchange: () => void) => { lit: () => Term | null, pressed: () => Term | null, place: () => number }}
 */
function followTerms(node, onchange) {
  /** @type {Record<"over" | "focus" | "pressed", Term | null>} */
  const terms = { over: null, focus: null, pressed: null };
  let place = 0;
  const lit = () => terms.over ?? terms.focus ?? terms.pressed;
  /** @type {(how: keyof typeof terms, term: Term | null) => void} */
  const note = (how, term) => {
    if (terms[how] === term) return;
    terms[how] = term;
    onchange();
  };
  /** @param {EventTarget | null} target */
  const press = (target) => {
    const term = termOf(target);
    note("pressed", term === terms.pressed ? null : term);
  };
  const buttons = () => /** @type {HTMLElement[]} */ ([...node.querySelectorAll("[role=button]")]);
  /** @param {number} to */
  const go = (to) => {
    const all = buttons();
    place = (to + all.length) % all.length;
    onchange(); // the tab stop goes along
    all[place].focus();
  };

  node.addEventListener("pointerover", (event) => note("over", termOf(event.target)));
  node.addEventListener("pointerleave", () => note("over", null));
  node.addEventListener("focusin", ({ target }) => {
    const at = buttons().findIndex((one) => one === target);
    if (at >= 0) place = at;
    note("focus", target instanceof Element && target.matches(":focus-visible") ? termOf(target) : null);
  });
  node.addEventListener("focusout", () => note("focus", null));
  node.addEventListener("click", ({ target }) => termOf(target) && press(target));
  node.addEventListener("keydown", (event) => {
    if (event.altKey || event.ctrlKey || event.metaKey || !termOf(event.target)) return;
    if (event.key === "ArrowRight") go(place + 1);
    else if (event.key === "ArrowLeft") go(place - 1);
    else if (event.key === "Enter" || event.key === " ") press(event.target);
    else if (event.key === "Escape" && terms.pressed) note("pressed", null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  return { lit, pressed: () => terms.pressed, place: () => place };
}

/**
 * The scores. `lit()` is the term whose pixels are to be lit, and `onlight()` is told when it changes.
 * @type {(t: Table, onlight: () => void) => Panel<State> & { lit: () => Term | null }}
 */
export function scoresPanel(t, onlight) {
  const lines = SCORES.map(([name, label, rows]) => {
    const drawn = svg("svg", { class: "gp-bars", "aria-hidden": "true" });
    const names = h("span", { class: "gp-rows" }, ...rows.map((row) => h("span", {}, row)));
    const value = h("div", { "data-score": name });
    return {
      name,
      label,
      drawn,
      value,
      node: h("dd", {}, value, h("div", { class: "gp-drawn" }, names, drawn)),
    };
  });
  const list = h(
    "dl",
    { class: "gp-scores" },
    ...lines.map(({ label, node }) => h("div", {}, h("dt", {}, label), node)),
  );
  const note = h("p", { class: "gp-note gp-term-note sl-screen" });
  /** @type {State | null} */
  let state = null;
  const terms = followTerms(list, () => {
    if (state) draw(state);
    onlight();
  });

  /** @param {State} next */
  function draw(next) {
    state = next;
    const lit = terms.lit();
    const { room, seam, stretches } = bars(state.counts, state.smooth);
    let index = 0;
    /** @param {Part} part */
    const shown = ({ term, text }) =>
      term ? termButton(t, term, text, terms.pressed() === term, index++ === terms.place()) : text;
    for (const { name, label, value, drawn } of lines) {
      const [formula, result] = state.formulas[name].map(([top, bottom]) =>
        fraction(top.map(shown), bottom.map(shown))
      );
      fill(value, ...equation(t, label, formula, result, state.scores[name]));
      fill(
        drawn,
        ...stretches[name].map((one) => stretchLine(one, room)),
        ...(name === "dice" ? [seamLine(seam / room)] : []),
      );
      if (drawn.dataset.lit !== (lit ?? "")) drawn.dataset.lit = lit ?? "";
    }
    fill(note, lit ? t.terms[lit] : t.pointAtTerms);
  }
  return { node: h("div", {}, list, note), draw, lit: terms.lit };
}

/** @type {(t: Table, term: Term, text: string, pressed: boolean, tabStop: boolean) => Piece} */
const termButton = (t, term, text, pressed, tabStop) =>
  piece("span", {
    role: "button",
    class: "gp-term",
    tabindex: tabStop ? 0 : -1,
    "aria-label": `${text}, ${t.terms[term]}`,
    "aria-pressed": String(pressed),
    "data-terms": term,
  }, text);

/**
 * "= 2·19 / (19 + 20) = 38 / 39 ≈ 0.9744", and the loss.
 * @type {(t: Table, label: string, formula: Piece, result: Piece, score: [number, number]) => Piece[]}
 */
const equation = (t, label, formula, result, [top, bottom]) => [
  piece(
    "span",
    { class: "gp-equation" },
    "= ",
    formula,
    " = ",
    result,
    " ",
    piece("strong", { class: "sl-number" }, bottom ? equals(top / bottom) : "→ 1"),
  ),
  ...(bottom ? [] : [piece("span", { class: "gp-note" }, t.bothEmpty)]),
  piece("span", { class: "gp-note" }, `${t.loss(label)} ${equals(1 - valueOf([top, bottom]))}`),
];

/** @type {(stretch: Stretch, room: number) => Piece} */
const stretchLine = ({ kind, row, from, to, terms }, room) =>
  piece("line", {
    class: `gp-stretch gp-${kind}`,
    "data-terms": terms.join(" "),
    x1: `${(100 * from) / room}%`,
    x2: `${(100 * to) / room}%`,
    y1: HEIGHTS[row],
    y2: HEIGHTS[row],
  });

/** @param {number} share */
const seamLine = (share) =>
  piece("line", { class: "gp-seam", x1: `${100 * share}%`, x2: `${100 * share}%`, y1: 0, y2: "100%" });
