// What every widget is made of: elements, words in the page's language, numbers as a textbook sets them, undo.

/** An element: h("button", { class: "sl-button", onclick: act }, "Undo"). */
export const h = (tag, ...rest) => dress(document.createElement(tag), ...rest);

/** An element of a drawing: svg("path", { d: "M0 0h1" }). */
export const svg = (tag, ...rest) =>
  dress(document.createElementNS("http://www.w3.org/2000/svg", tag), ...rest);

function dress(node, attributes = {}, ...children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** What an element is to be, for `fill`: piece("span", { class: "sl-number" }, "0.95"). */
export const piece = (tag, attributes = {}, ...children) => ({ tag, attributes, children });

const given = new WeakMap(); // what each node was filled with

/**
 * Gives `node` these children, texts and pieces. Only what differs from the last time is changed, so that the page
 * lays out and draws no more than that.
 */
export function fill(node, ...children) {
  if (!given.has(node)) node.replaceChildren();
  change(node, given.get(node) ?? [], children);
  given.set(node, children);
}

function change(node, before, after) {
  while (node.childNodes.length > after.length) node.lastChild.remove();
  after.forEach((next, i) => {
    const [was, own] = [before[i], node.childNodes[i]];
    if (!own) node.append(made(next, node));
    else if (next.tag && next.tag === was?.tag) {
      for (const name of Object.keys(was.attributes)) {
        if (!(name in next.attributes)) own.removeAttribute(name);
      }
      for (const [name, value] of Object.entries(next.attributes)) {
        if (value !== was.attributes[name]) own.setAttribute(name, value);
      }
      change(own, was.children, next.children);
    } else if (next !== was) {
      if (own.nodeType === Node.TEXT_NODE && !next.tag) own.data = next;
      else own.replaceWith(made(next, node)); // another element, or the browser has translated the text
    }
  });
}

function made(next, parent) {
  if (!next.tag) return next;
  const node = next.tag === "svg" ? svg("svg") : document.createElementNS(parent.namespaceURI, next.tag);
  return dress(node, next.attributes, ...next.children.map((child) => made(child, node)));
}

/** The language asked for in Python, else the page's own; what is neither is English. */
export const languageOf = (model) =>
  /^zh/i.test(model.get("language") || document.documentElement.lang) ? "zh" : "en";

/** A named row of controls that belong together. */
export const group = (label, ...controls) =>
  h(
    "div",
    { role: "group", class: "sl-group", "aria-label": label },
    h("span", { class: "sl-label", "aria-hidden": "true" }, label),
    ...controls,
  );

export const button = (label, onclick) => h("button", { type: "button", class: "sl-button", onclick }, label);

/** Says which traits a control sets, so that a page in a frame can lock it: sets("alpha", alpha.node). */
export function sets(traits, node) {
  node.dataset.control = traits;
  return node;
}

/** A slider whose value stands beside its name. `onslide` runs while it moves, `onsettle` when it is let go. */
export function slider(label, { min, max, step, onslide, onsettle }) {
  const input = h("input", { type: "range", min, max, step, "aria-label": label });
  const value = h("span", { class: "sl-number", "aria-hidden": "true" });
  input.addEventListener("input", () => onslide(Number(input.value)));
  input.addEventListener("change", onsettle);
  const node = h("label", { class: "sl-slider" }, h("span", {}, label), input, value);
  const show = (number) => {
    input.value = number;
    input.setAttribute("aria-valuetext", plain(number)); // Python may set what is between two steps
    fill(value, plain(number));
  };
  return { node, show };
}

/** A number as short as it is: 38.3, not 38.300000000000004. */
export const plain = (x) => String(Number(x.toPrecision(12)));

export const decimals = (x) => x.toFixed(4);

/** "= 0.9500" where four decimals say it all, "≈ 0.9744" where they do not. */
export const equals = (x) => `${Math.abs(x - Number(decimals(x))) < 1e-12 ? "=" : "≈"} ${decimals(x)}`;

/** An exponent: 10⁻⁷, (1 − 0.9)². */
export const superscript = (n) => String(n).replace("-", "⁻").replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[digit]);

/** Significant digits, as a textbook sets them: 0.04087, 2.634·10⁻⁷, ∞. */
export function significant(x, digits = 4) {
  if (!Number.isFinite(x)) return Number.isNaN(x) ? "–" : "∞";
  if (x === 0 || (Math.abs(x) >= 1e-4 && Math.abs(x) < 1e5)) return String(Number(x.toPrecision(digits)));
  const [first, power] = x.toExponential(digits - 1).split("e");
  return `${Number(first)}·10${superscript(Number(power))}`;
}

/** A fraction set upright, for `fill`; read aloud, copied or searched, it is "(2·19) / (19 + 20)". */
export function fraction(top, bottom) {
  const part = (text) => {
    const bracket = (sign) => piece("span", { class: "sl-hidden" }, /[ ·]/.test(text) ? sign : "");
    return piece("span", {}, bracket("("), text, bracket(")"));
  };
  return piece(
    "span",
    { class: "sl-fraction" },
    part(top),
    piece("span", { class: "sl-hidden" }, " / "),
    part(bottom),
  );
}

/** Undo and redo over whole states. The present is the caller's: it goes in, and what to show instead comes out. */
export class History {
  past = [];
  future = [];
  record(before) {
    this.past.push(before);
    this.future = [];
  }
  back(present) {
    this.future.push(present);
    return this.past.pop();
  }
  forward(present) {
    this.past.push(present);
    return this.future.pop();
  }
  forget() {
    this.past = [];
    this.future = [];
  }
}
