import { button, h, OWN_KEYS, wordsOf } from "./ui.js";
import { SHARE_STRINGS } from "./links_words.js";
/** @import { Model } from "./ui.js" */
/**
 * How a trait is written: its name and kind, and what that kind needs besides.
 * @typedef {{ name: string, kind: string, low: number, high: number, optional: boolean, words: any[] }} Field
 */
/** @typedef {{ kind: string, fields: Field[] }} Share */

// A widget's whole state as a short word for the address of its page, "#grid=gBCk…", and back.
// links.py writes and reads the same words, and says what they hold; the tests hold the two together.

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const VERSION = 1;
const HALF = 2 ** 23;
/** @param {number} x */
const nearest = (x) => Math.floor(x + 0.5);

/** @param {string} text */
const check = (text) => {
  let sum = 0;
  for (const sign of text) sum = (sum * 31 + sign.charCodeAt(0)) % 4096;
  return DIGITS[sum >> 6] + DIGITS[sum & 63];
};

/**
 * What is neither 0 nor 1 stays so, however near: a loss must not become infinite on its way.
 * @param {number} p
 */
const hundredths = (p) => (p === 0 || p === 1 ? 100 * p : Math.min(Math.max(nearest(100 * p), 1), 99));

/** @type {(n: number, width: number) => string} */
const put = (n, width) => (width ? n.toString(2).padStart(width, "0") : "");
/** @param {number} count */
const widthFor = (count) => (count > 1 ? Math.floor(Math.log2(count - 1)) + 1 : 0);
/** @type {(grid: number[][]) => number[]} */
const flat = (grid) => grid.flat();
const GRIDS = ["mask", "labels", "probabilities", "palette"];
/** @type {Record<string, (value: any, field: Field) => string>} */
const WRITE = {
  mask: (grid) => grid.flat().join(""),
  labels: (grid, { words }) =>
    flat(grid).map((label) => put(words.indexOf(label), widthFor(words.length))).join(""),
  probabilities: (grid) => flat(grid).map((p) => put(hundredths(p), 7)).join(""),
  palette: (grid) => {
    const pixels = flat(grid).map(hundredths);
    const palette = [...new Set(pixels)].sort((a, b) => a - b);
    const width = widthFor(palette.length);
    return put(palette.length - 1, 7) + palette.map((n) => put(n, 7)).join("") +
      pixels.map((n) => put(palette.indexOf(n), width)).join("");
  },
  number: (x) => put(x === null ? 0 : nearest(1000 * x) + HALF, 24),
  choice: (word, { words }) => put(words.indexOf(word), 4),
  one: (value, { words }) => put(words.indexOf(value), 12),
};

/**
 * The word for `values`, by name, of the fields of one kind of widget.
 * @param {Share} share
 * @param {Record<string, any>} values
 */
export function encode({ kind, fields }, values) {
  const grid = fields.find((field) => GRIDS.includes(field.kind));
  let bits = put(VERSION, 4);
  if (grid) bits += put(values[grid.name].length - 1, 6) + put(values[grid.name][0].length - 1, 6);
  for (const field of fields) bits += WRITE[field.kind](values[field.name], field);
  const digits = Array.from(bits.matchAll(/.{1,6}/g), ([six]) => DIGITS[parseInt(six.padEnd(6, "0"), 2)]);
  const text = kind[0] + digits.join("");
  return text + check(text);
}

/**
 * The values in such a word. Throws an Error on anything that `encode` could not have written.
 * @param {Share} share
 * @param {string} word
 */
export function decode({ kind, fields }, word) {
  const text = word.slice(0, -2);
  if (!/^[\w-]+$/.test(text) || text[0] !== kind[0] || check(text) !== word.slice(-2)) {
    throw new Error("not a whole link");
  }
  const bits = [...text.slice(1)].map((digit) => put(DIGITS.indexOf(digit), 6)).join("");
  let at = 0;
  /** @param {number} width */
  const take = (width) => parseInt(bits.slice(at, at += width) || "0", 2);
  /** @param {boolean} condition */
  const expect = (condition) => {
    if (!condition) throw new Error("not a state of this widget");
  };
  expect(take(4) === VERSION);
  const hasGrid = fields.some((field) => GRIDS.includes(field.kind));
  const [rows, cols] = hasGrid ? [take(6) + 1, take(6) + 1] : [0, 0];
  /** @param {() => number} read */
  const table = (read) => Array.from({ length: rows }, () => Array.from({ length: cols }, read));
  /** @type {Record<string, (field: Field) => any>} */
  const READ = {
    mask: () => table(() => take(1)),
    labels: ({ words }) => table(() => words[take(widthFor(words.length))] ?? NaN),
    probabilities: () => table(() => take(7) / 100),
    palette: () => {
      const palette = Array.from({ length: take(7) + 1 }, () => take(7) / 100);
      const width = widthFor(palette.length);
      return table(() => palette[take(width)] ?? NaN);
    },
    number: ({ optional }) => {
      const n = take(24);
      return n === 0 && optional ? null : (n - HALF) / 1000;
    },
    choice: ({ words }) => words[take(4)],
    one: ({ words }) => words[take(12)],
  };
  /** @type {Record<string, any>} */
  const values = {};
  for (const field of fields) {
    const value = (values[field.name] = READ[field.kind](field));
    if (field.kind === "number" && value !== null) expect(value >= field.low && value <= field.high);
    if (field.kind === "choice" || field.kind === "one") expect(value !== undefined);
    if (field.kind === "probabilities" || field.kind === "palette") expect(flat(value).every((p) => p <= 1));
    if (field.kind === "labels") expect(!flat(value).some(Number.isNaN));
  }
  expect(at <= bits.length && bits.length - at < 6 && !bits.slice(at).includes("1"));
  return values;
}

/**
 * What a fragment says about the widget of that name: a word, or null.
 * @param {string} name
 */
function wordFor(name) {
  const parts = location.hash.slice(1).replaceAll("%3D", "=").replaceAll("%26", "&").split("&");
  const own = parts.find((part) => part.startsWith(`${name}=`));
  return own ? own.slice(name.length + 1) : null;
}

/**
 * Take the state that the page's address holds for this widget. Says "opened", "refused" or nothing.
 * @param {Model} model
 * @returns {"" | "opened" | "refused"}
 */
function open(model) {
  const word = wordFor(model.get("name"));
  if (word === null) return "";
  try {
    const values = decode(model.get("_share"), word);
    for (const [name, value] of Object.entries(values)) {
      const grid = Array.isArray(value) && model.get(name);
      if (grid && (grid.length !== value.length || grid[0].length !== value[0].length)) return "refused";
    }
    // A link rounds. Where the page shows a value that rounds to the same, it keeps that value with all its digits.
    for (const field of /** @type {Share} */ (model.get("_share")).fields) {
      /** @param {any} value */
      const write = (value) => WRITE[field.kind](value, field);
      if (write(values[field.name]) !== write(model.get(field.name))) {
        model.set(field.name, values[field.name]);
      }
    }
    model.save_changes();
    return "opened";
  } catch {
    return "refused";
  }
}

/**
 * @param {Model} model
 * @param {HTMLElement} el
 * @param {"" | "opened" | "refused" | undefined} outcome
 */
function bar(model, el, outcome) {
  const t = wordsOf(SHARE_STRINGS, model);
  const note = h("span", { "aria-live": "polite", class: "sh-note" });
  const text = h("textarea", {
    class: "sh-text",
    readonly: "",
    "aria-label": t.text,
    ...OWN_KEYS,
  });
  const word = () => {
    /** @type {Share} */
    const share = model.get("_share");
    const values = Object.fromEntries(share.fields.map(({ name }) => [name, model.get(name)]));
    return `#${model.get("name")}=${encode(share, values)}`;
  };
  /** @type {(what: string, done: string) => Promise<void>} */
  const copy = async (what, done) => {
    text.value = what;
    text.rows = what.split("\n").length;
    text.hidden = true;
    try {
      await navigator.clipboard.writeText(what);
      note.textContent = done;
    } catch { // no permission, or a frame: then the reader copies it
      text.hidden = false;
      text.focus();
      text.select();
      note.textContent = t.refused;
    }
  };
  const type = model.get("_anywidget_id").split(".").at(-1);
  const link = button(t.link, () => copy(location.href.replace(/[?#].*/s, "") + word(), t.linkDone));
  const python = button(
    t.python,
    () =>
      copy(
        `from seglosses.widgets import ${type}\n\n${type}.from_url(${
          [`"${word()}"`, ...model.get("_share").given].join(", ")
        })`,
        t.pythonDone,
      ),
  );
  text.hidden = true;
  if (outcome === "refused") note.textContent = t.bad;
  // A notebook in Jupyter has no address that another reader could open: there, Python is the link.
  const buttons = el.closest(".live-widget") ? [link, python] : [python];
  return h(
    "div",
    { class: "sl-widget sh-bar", lang: t.lang, role: "group", "aria-label": t.share },
    ...buttons,
    note,
    text,
  );
}

/**
 * The same widget, opened as the page's address says, with buttons to copy its state beneath it.
 * @param {{ render: (context: { model: Model, el: HTMLElement }) => () => void }} widget
 */
export function shareable(widget) {
  /** @type {WeakMap<Model, "" | "opened" | "refused">} */
  const outcomes = new WeakMap(); // what became of the address, for each model
  return {
    /** @param {{ model: Model }} context */
    initialize({ model }) {
      const read = () => outcomes.set(model, open(model));
      read();
      addEventListener("hashchange", read);
      return () => removeEventListener("hashchange", read);
    },
    /** @param {{ model: Model, el: HTMLElement }} context */
    render({ model, el }) {
      const cleanup = widget.render({ model, el });
      /** @type {HTMLElement | null} */
      let shown = null;
      const redraw = () => {
        const outcome = outcomes.get(model);
        el.toggleAttribute("data-opened", Boolean(outcome)); // whoever mounts it brings it into view
        const next = bar(model, el, outcome);
        if (shown) shown.replaceWith(next);
        else el.append(next);
        shown = next;
      };
      redraw();
      addEventListener("hashchange", redraw);
      model.on("change:language", redraw);
      return () => {
        removeEventListener("hashchange", redraw);
        model.off("change:language", redraw);
        shown?.remove();
        cleanup();
      };
    },
  };
}
