import { h, OWN_KEYS } from "../kit/ui.js";

// What an answer is typed or chosen in. A field is { node, read(), show(answer), focus() }; read() is null while
// nothing is there.

/**
 * @typedef {object} Field
 * @property {HTMLElement} node
 * @property {() => any} read
 * @property {(answer: any) => void} show
 * @property {() => void} focus
 */

/** @type {(t: any, id: string) => Field} */
export function numberField(t, id) {
  const hint = h("span", { class: "ex-quiet", id: `${id}-forms` }, t.forms);
  const input = h("input", {
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    class: "ex-number",
    "aria-describedby": hint.id,
    ...OWN_KEYS,
  });
  return {
    node: h("label", { class: "ex-value" }, h("span", {}, t.answer), input, hint),
    read: () => (input.value.trim() ? input.value : null),
    show: (answer) => {
      input.value = answer ?? "";
    },
    focus: () => input.focus(),
  };
}

/**
 * A row of radio buttons, one for each letter.
 * @type {(name: string, letters: string[], names?: Record<string, string>) => Field}
 */
function letterRow(name, letters, names = {}) {
  const inputs = letters.map((value) => h("input", { type: "radio", name, value, ...OWN_KEYS }));
  const labels = inputs.map((input) =>
    h("label", { class: "ex-choice" }, input, h("span", {}, names[input.value] ?? input.value))
  );
  return {
    node: h("div", { class: "ex-row" }, ...labels),
    read: () => inputs.find((input) => input.checked)?.value ?? null,
    show: (answer) => inputs.forEach((input) => input.checked = input.value === answer),
    focus: () => (inputs.find((input) => input.checked) ?? inputs[0]).focus(),
  };
}

/** @type {(exercise: { letters: string[] }, t: any, id: string) => Field} */
export function letterField(exercise, t, id) {
  const row = letterRow(id, exercise.letters);
  return { ...row, node: h("fieldset", {}, h("legend", { class: "ex-quiet" }, t.answer), row.node) };
}

/**
 * A row of letters for each of `count` questions; what is read is the word of all.
 * @type {(count: number, exercise: { letters: string[], names: Record<string, string> }, t: any, id: string) => Field}
 */
export function wordField(count, exercise, t, id) {
  const rows = Array.from(
    { length: count },
    (_, i) => letterRow(`${id}-${i}`, exercise.letters, exercise.names),
  );
  const read = () => rows.map((row) => row.read());
  return {
    node: h(
      "div",
      { role: "group", "aria-label": t.answer, class: "ex-rows" },
      ...rows.map((row, i) => h("fieldset", {}, h("legend", {}, t.question(i + 1)), row.node)),
    ),
    read: () => (read().includes(null) ? null : read().join("")),
    show: (answer) => rows.forEach((row, i) => row.show(answer?.[i] ?? null)),
    focus: () => rows[Math.max(0, read().indexOf(null))].focus(),
  };
}
