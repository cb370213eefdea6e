// The page of an exam: a form for each question, and what was answered as a text to hand in.
// The front end of the forms is text in the page, since a page from a file may not load a script of its own.

/** @type {{ number: string, module: string, notYet: string, questions: { name: string, description: any }[] }} */
const exam = JSON.parse(/** @type {HTMLElement} */ (document.getElementById("exam")).textContent ?? "");
const text = /** @type {HTMLTextAreaElement} */ (document.getElementById("answers"));
const save = /** @type {HTMLAnchorElement} */ (document.getElementById("save"));

/**
 * What a form asks of a widget's model, without a kernel behind it.
 * @param {Record<string, any>} state
 */
function modelOf(state) {
  /** @type {Map<string, Set<() => void>>} */
  const listeners = new Map();
  const of = (/** @type {string} */ event) => listeners.get(event) ?? new Set();
  return {
    get: (/** @type {string} */ name) => state[name],
    set(/** @type {string} */ name, /** @type {any} */ value) {
      state[name] = value;
      for (const act of of(`change:${name}`)) act();
    },
    save_changes: write,
    on: (/** @type {string} */ event, /** @type {() => void} */ act) =>
      listeners.set(event, of(event).add(act)),
    off: (/** @type {string} */ event, /** @type {() => void} */ act) => of(event).delete(act),
  };
}

/** @type {(answer: any) => string} */
const said = (answer) =>
  answer === null
    ? exam.notYet
    : Array.isArray(answer)
    ? answer.flatMap((row, r) =>
      row.flatMap((/** @type {number} */ x, /** @type {number} */ c) => x ? [`(${r}, ${c})`] : [])
    ).join(", ")
    : String(answer).trim();

function write() {
  const lines = models.map((model, i) => `${i + 1}: ${said(model.get("answer"))}`);
  text.value = [exam.number, ...lines, ""].join("\n");
  save.href = URL.createObjectURL(new Blob([text.value], { type: "text/plain" }));
}

const models = exam.questions.map(({ name, description }) =>
  modelOf({ name, description, answer: null, language: "" })
);
const form = await import(URL.createObjectURL(new Blob([exam.module], { type: "text/javascript" })));
models.forEach((model, i) =>
  form.default.render({ model, el: document.getElementById(`question-${i + 1}`) })
);
write();
