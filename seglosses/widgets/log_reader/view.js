import { button, fill, group, h, OWN_KEYS, piece, sets, svg, wordsOf } from "../kit/ui.js";
import { significant } from "../kit/numbers.js";
import { localized, shown } from "../kit/view.js";
import { lineOf, readLog } from "./state.js";
import { STRINGS } from "./words.js";
/** @import { Model } from "../kit/ui.js" */
/** @import { Panel } from "../kit/view.js" */
/** @import { Reading } from "./state.js" */
/** @typedef {typeof STRINGS["en"] | typeof STRINGS["zh"]} Table */

// The losses of a log, pasted or typed; below, which symptom they show. The model holds the text.

/**
 * Where the log is pasted. `draw(text)` leaves what is being typed alone.
 * @type {(t: Table, id: string, oninput: (text: string) => void, onsettle: () => void) => Panel<string>}
 */
function fieldOf(t, id, oninput, onsettle) {
  const hint = h("span", { class: "lr-quiet", id: `${id}-hint` }, `${t.hint} ${t.stays}`);
  const area = h("textarea", {
    class: "lr-log",
    rows: 4,
    spellcheck: "false",
    "aria-describedby": hint.id,
    ...OWN_KEYS,
  });
  area.addEventListener("input", () => oninput(area.value));
  area.addEventListener("change", onsettle);
  const node = sets("log", h("label", { class: "lr-field" }, h("span", {}, t.log), area, hint));
  /** @param {string} text */
  const draw = (text) => {
    if (area.value !== text) area.value = text;
  };
  return { node, draw };
}

/** @type {(t: Table) => Panel<Reading>} */
function linePanel(t) {
  const path = svg("path", { class: "lr-line" });
  const node = svg("svg", { viewBox: "-2 -4 204 48", preserveAspectRatio: "none", role: "img" }, path);
  const box = h("div", { class: "lr-plot" }, node);
  return {
    node: box,
    draw({ losses }) {
      const line = lineOf(losses);
      box.hidden = !line.path;
      path.setAttribute("d", line.path);
      node.setAttribute("aria-label", t.line(significant(line.low), significant(line.high)));
    },
  };
}

/** @param {Table} t */
function verdictPanel(t) {
  const node = h("div", { class: "lr-verdict", role: "status" });
  return {
    node,
    /** @param {Reading} reading */
    draw({ name, says, why, healthy, check, section, losses }) {
      node.dataset.healthy = String(healthy);
      const parts = [piece("p", {}, piece("strong", {}, t.name(name)), ` ${says} ${why}`)];
      if (check) parts.push(piece("p", {}, `${t.check} `, piece("code", {}, check)));
      const there = section && document.getElementById(section);
      const more = there ? [" ", piece("a", { href: `#${section}` }, t.more)] : [];
      if (losses.length) {
        parts.push(piece("p", { class: "lr-quiet" }, t.read(losses.length), ...more));
      }
      fill(node, ...parts);
    },
  };
}

/** @type {(model: Model, el: HTMLElement) => () => void} */
function mount(model, el) {
  const t = wordsOf(STRINGS, model);
  const language = /** @type {"en" | "zh"} */ (t.lang.slice(0, 2));
  const id = `log-${Math.random().toString(36).slice(2)}`;
  const settle = () => model.save_changes();
  const field = fieldOf(t, id, (text) => model.set("log", text), settle);
  const examples = Object.entries(model.get("examples")).map(([name, text]) =>
    button(name, () => {
      model.set("log", text);
      settle();
    })
  );
  const [line, verdict] = [linePanel(t), verdictPanel(t)];
  const draw = () => {
    const text = model.get("log");
    field.draw(text);
    const empty = !text.trim();
    verdict.node.hidden = empty;
    const reading = readLog(model.get("_described"), text, language);
    line.draw(reading);
    if (!empty) verdict.draw(reading);
  };
  const root = h("div", { class: "sl-widget log-reader", lang: t.lang }, field.node);
  if (examples.length) root.append(sets("log", group(t.examples, ...examples)));
  root.append(line.node, verdict.node);
  draw();
  return shown({ model, el, root, watched: { log: draw } });
}

export default localized(mount);
