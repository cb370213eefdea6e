// What every widget is made of: elements, controls, and words in the page's language.
import { plain } from "./numbers.js";

/**
 * What a front end may rely on of its host: the part of Backbone's model that anywidget promises.
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: any) => void} set
 * @property {() => void} save_changes
 * @property {(name: string, listener: () => void) => void} on
 * @property {(name: string, listener: () => void) => void} off
 */
/** @typedef {Record<string, any>} Attributes */
/** @typedef {{ tag: string, attributes: Attributes, children: Content[] }} Piece */
/** @typedef {string | number | Piece} Content */

/** An attribute that tells JupyterLab that the keys pressed in there are the reader's, not its commands. */
export const OWN_KEYS = { "data-lm-suppress-shortcuts": "true" };

/**
 * An element: h("button", { class: "sl-button", onclick: act }, "Undo").
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {(string | Node)[]} children
 */
export const h = (tag, attributes, ...children) =>
  dress(document.createElement(tag), attributes, ...children);

/**
 * An element of a drawing: svg("path", { d: "M0 0h1" }).
 * @template {keyof SVGElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} [attributes]
 * @param {(string | Node)[]} children
 */
export const svg = (tag, attributes, ...children) =>
  dress(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, ...children);

/**
 * @template {Element} Kind
 * @param {Kind} node
 * @param {Attributes} attributes
 * @param {(string | Node)[]} children
 */
function dress(node, attributes = {}, ...children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/**
 * What an element is to be, for `fill`: piece("span", { class: "sl-number" }, "0.95").
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {Content[]} children
 * @returns {Piece}
 */
export const piece = (tag, attributes = {}, ...children) => ({ tag, attributes, children });

/** @type {WeakMap<Element, Content[]>} */
const given = new WeakMap(); // what each node was filled with

/**
 * Gives `node` these children, texts and pieces. Only what differs from the last time is changed, so that the page
 * lays out and draws no more than that.
 * @param {Element} node
 * @param {Content[]} children
 */
export function fill(node, ...children) {
  if (!given.has(node)) node.replaceChildren();
  change(node, given.get(node) ?? [], children);
  given.set(node, children);
}

/** @type {(node: Element, before: Content[], after: Content[]) => void} */
function change(node, before, after) {
  while (node.childNodes.length > after.length) node.lastChild?.remove();
  after.forEach((next, i) => {
    const [was, own] = [before[i], node.childNodes[i]];
    if (!own) node.append(made(next, node));
    else if (isPiece(next) && isPiece(was) && next.tag === was.tag) {
      again(/** @type {Element} */ (own), was, next);
    } else if (next !== was) {
      if (own instanceof Text && !isPiece(next)) own.data = String(next);
      else own.replaceWith(made(next, node)); // another element, or the browser has translated the text
    }
  });
}

/** @type {(content: Content) => content is Piece} */
const isPiece = (content) => typeof content === "object";

/** @type {(node: Element, was: Piece, next: Piece) => void} */
function again(node, was, next) {
  for (const name of Object.keys(was.attributes)) {
    if (!(name in next.attributes)) node.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(next.attributes)) {
    if (value !== was.attributes[name]) node.setAttribute(name, value);
  }
  change(node, was.children, next.children);
}

/** @type {(next: Content, parent: Element) => string | Element} */
function made(next, parent) {
  if (!isPiece(next)) return String(next);
  const node = next.tag === "svg" ? svg("svg") : document.createElementNS(parent.namespaceURI, next.tag);
  return dress(node, next.attributes, ...next.children.map((child) => made(child, node)));
}

/**
 * A table's words in the language asked for in Python, else in the page's own; where it has none, its first.
 * @template {Record<string, any>} Table
 * @param {Table} table
 * @param {Model} model
 * @returns {Table[keyof Table]}
 */
export const wordsOf = (table, model) =>
  table[(model.get("language") || document.documentElement.lang).slice(0, 2)] ?? Object.values(table)[0];

/**
 * A named row of controls that belong together.
 * @param {string} label
 * @param {Element[]} controls
 */
export const group = (label, ...controls) =>
  h(
    "div",
    { role: "group", class: "sl-group", "aria-label": label },
    h("span", { class: "sl-label", "aria-hidden": "true" }, label),
    ...controls,
  );

/** @type {(label: string, onclick: () => void) => HTMLButtonElement} */
export const button = (label, onclick) => h("button", { type: "button", class: "sl-button", onclick }, label);

/**
 * Buttons of which one is pressed, by what each stands for. `show(chosen)` says which.
 * @template Value
 * @param {Iterable<readonly [Value, string]>} labels
 * @param {(value: Value) => void} onchoose
 */
export function choice(labels, onchoose) {
  const buttons = Array.from(
    labels,
    ([value, label]) => ({ value, node: button(label, () => onchoose(value)) }),
  );
  /** @param {Value} chosen */
  const show = (chosen) => {
    for (const { value, node } of buttons) node.setAttribute("aria-pressed", String(value === chosen));
  };
  return { buttons, nodes: buttons.map(({ node }) => node), show };
}

/**
 * Says which traits a control sets, so that a page in a frame can lock it: sets("alpha", alpha.node).
 * @template {HTMLElement} Kind
 * @param {string} traits
 * @param {Kind} node
 */
export function sets(traits, node) {
  node.dataset.control = traits;
  return node;
}

/**
 * A slider whose value stands beside its name. `onslide` runs while it moves, `onsettle` when it is let go.
 * @param {string} label
 * @param {{ min: number, max: number, step: number, onslide: (value: number) => void, onsettle: () => void }} range
 */
export function slider(label, { min, max, step, onslide, onsettle }) {
  const input = h("input", { type: "range", min, max, step, "aria-label": label });
  const value = h("span", { class: "sl-number", "aria-hidden": "true" });
  input.addEventListener("input", () => onslide(Number(input.value)));
  input.addEventListener("change", onsettle);
  const node = h("label", { class: "sl-slider" }, h("span", {}, label), input, value);
  /** @param {number} number */
  const show = (number) => {
    input.value = String(number);
    input.setAttribute("aria-valuetext", plain(number)); // Python may set what is between two steps
    fill(value, plain(number));
  };
  return { node, input, show };
}

/** @type {(content: Content) => string} */
const textOf = (content) => isPiece(content) ? content.children.map(textOf).join("") : String(content);

/**
 * A fraction set upright, for `fill`; read aloud, copied or searched, it is "(2·19) / (19 + 20)".
 * @type {(top: Content[], bottom: Content[]) => Piece}
 */
export function fraction(top, bottom) {
  /** @param {Content[]} contents */
  const part = (contents) => {
    const bracketed = /[ ·]/.test(contents.map(textOf).join(""));
    /** @param {string} sign */
    const bracket = (sign) => piece("span", { class: "sl-hidden" }, bracketed ? sign : "");
    return piece("span", {}, bracket("("), ...contents, bracket(")"));
  };
  return piece(
    "span",
    { class: "sl-fraction" },
    part(top),
    piece("span", { class: "sl-hidden" }, " / "),
    part(bottom),
  );
}
