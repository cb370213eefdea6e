// @ts-nocheck: typed when it is split into panels
import { button, h, languageOf, plain } from "../kit/ui.js";
import { STRINGS } from "./words.js";

// A question that is answered before what follows opens: commit first, then see each answer's reason.
// The model holds the question and the `answer` (null until the reader commits one); this device remembers it.

/** The text's simple tags as elements. Whatever is no such tag stays text, so nothing in it can ever run. */
function rich(text) {
  const top = h("span");
  let inner = top;
  for (const piece of text.split(/(<\/?(?:b|code|em|i|strong|sub|sup)>)/)) {
    if (/^<\/\w+>$/.test(piece)) inner = inner === top ? top : inner.parentNode;
    else if (/^<\w+>$/.test(piece)) inner = inner.appendChild(h(piece.slice(1, -1)));
    else inner.append(piece);
  }
  return top;
}

/** Four decimals at most, as everywhere in the book; "≈" where that is not all of them. */
const short = (x) => plain(Number(x.toFixed(4)));
const shortEquals = (x) => `${Math.abs(x - Number(x.toFixed(4))) < 1e-12 ? "" : "≈ "}${short(x)}`;

// ---- this device's memory: a private window or a frame may refuse it, and then nothing is remembered --------

const memory = (name) => {
  const key = `seglosses:${location.pathname}:${name}`;
  const attempt = (act) => {
    try {
      return act();
    } catch {
      return null;
    }
  };
  return {
    recall: () => attempt(() => JSON.parse(localStorage.getItem(key))),
    keep: (answer) => attempt(() => localStorage.setItem(key, JSON.stringify(answer))),
    forget: () => attempt(() => localStorage.removeItem(key)),
  };
};

// ---- what stays covered -------------------------------------------------------------------------------------

/** What a question covers: the element "#id"; or with "next" the first output that follows in its section and
 *  what the section then says about it, up to a subsection or another question. */
function following(el, covers) {
  if (covers.startsWith("#")) return [document.getElementById(covers.slice(1))].filter(Boolean);
  const section = el.closest("section");
  const own = el.closest(".widget-slot");
  if (!section || !own) return []; // Jupyter: there the reader runs the next cell, or does not yet
  const first = [...section.querySelectorAll(".cell_output")].find((one) =>
    own.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING
  );
  if (!first) return [];
  const found = [first];
  let next = [...section.children].find((block) => block.contains(first)).nextElementSibling;
  for (; next && !next.matches("section, :has(.question-still)"); next = next.nextElementSibling) {
    found.push(next);
  }
  return found;
}

/** Whether the address leads to a place in there, or to a state of a widget: whoever follows it is to see that. */
const linked = (target) =>
  target.contains(document.querySelector(":target")) ||
  [...target.querySelectorAll("[data-name]")].some((one) =>
    new RegExp(`[#&]${one.dataset.name}=`).test(location.hash)
  );

/** Hides the targets behind a note with a way past it; the returned function opens them for good. */
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

// ---- one view -----------------------------------------------------------------------------------------------

function render({ model, el }) {
  const t = STRINGS[languageOf(model)];
  const [right, choices, number] = ["_right", "_choices", "_number"].map((name) => model.get(name));
  const unit = number?.unit ? ` ${number.unit}` : "";
  const device = memory(model.get("name"));
  const id = `question-${Math.random().toString(36).slice(2)}`;

  const inRange = (x) =>
    (number.low === null || x >= number.low) && (number.high === null || x <= number.high);
  const isAnswer = (answer) =>
    number ? Number.isFinite(answer) && inRange(answer) : choices.some(([text]) => text === answer);
  const matches = (
    answer,
    value,
  ) => (number
    ? Math.abs(answer - value) <= number.tolerance + 1e-12 * Math.max(1, Math.abs(value))
    : answer === value);

  const answer = (value) => {
    model.set("answer", value);
    model.save_changes();
  };

  // ---- before: the form ----
  const error = h("p", { class: "qu-error", id: `${id}-error`, role: "alert" });
  const inputs = number
    ? [h("input", { type: "number", step: "any", inputmode: "decimal", class: "qu-number" })]
    : choices.map((_, i) => h("input", { type: "radio", name: id, value: i }));
  for (const input of inputs) {
    input.setAttribute("aria-describedby", error.id);
    input.setAttribute("data-lm-suppress-shortcuts", "true"); // JupyterLab: keys here are the reader's, not commands
    input.addEventListener("input", () => error.replaceChildren());
  }
  const read = () => {
    if (!number) return choices[inputs.findIndex((input) => input.checked)]?.[0];
    return inputs[0].value === "" ? undefined : Number(inputs[0].value);
  };
  const form = h(
    "form",
    { class: "qu-form", novalidate: "" },
    h(
      "fieldset",
      { "aria-labelledby": `${id}-text` },
      ...(number
        ? [h("label", { class: "qu-value" }, h("span", {}, t.value), inputs[0], unit)]
        : choices.map(([text], i) => h("label", { class: "qu-choice" }, inputs[i], rich(text)))),
    ),
    error,
    h(
      "div",
      { class: "qu-foot" },
      h("button", { type: "submit", class: "sl-button qu-commit" }, t.commit),
      h("span", { class: "qu-quiet" }, t.stays),
    ),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const value = read();
    if (!isAnswer(value)) {
      error.textContent = number ? t.typeFirst(number.low, number.high) : t.chooseFirst;
      inputs[0].focus();
      return;
    }
    device.keep(value);
    answer(value);
    told.focus({ preventScroll: true }); // the button that was pressed is gone
  });

  // ---- after: the verdict and the reasons ----
  const told = h("div", {
    class: "qu-told",
    tabindex: -1,
    role: "group",
    "aria-label": t.feedback,
    "data-lm-suppress-shortcuts": "true",
  });

  /** A reason behind the answer that it belongs to: open for the reader's own answer and for the right one. */
  const reason = (value, text, given) => {
    const [own, correct] = [matches(given, value), matches(right, value)];
    const tags = [own && t.yours, correct && t.truth].filter(Boolean);
    return h(
      "details",
      { class: "qu-reason", ...(correct && { "data-right": "" }), ...((own || correct) && { open: "" }) },
      h(
        "summary",
        { "data-lm-suppress-shortcuts": "true" },
        h("span", { class: "qu-mark", "aria-hidden": "true" }, correct ? "✓" : "✗"),
        " ",
        number ? shortEquals(value) + unit : rich(value),
        ...tags.map((tag) => h("span", { class: "qu-tag" }, tag)),
      ),
      h("p", {}, rich(text)),
    );
  };

  const verdictOf = (given) => {
    if (!number) return matches(given, right) ? t.right : t.wrong;
    if (!matches(given, right)) return t.far(short(Math.abs(given - right)) + unit);
    return number.tolerance ? t.near(short(number.tolerance) + unit) : t.right;
  };

  function tell(given) {
    const line = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));
    const reveal = model.get("reveal");
    told.replaceChildren(
      h("p", { class: "qu-verdict" }, verdictOf(given)),
      ...(number
        ? [
          h(
            "dl",
            { class: "qu-values" },
            line(t.value, plain(given) + unit),
            line(t.trueValue, shortEquals(right) + unit),
          ),
        ]
        : []),
      ...(number && reveal ? [h("p", {}, rich(reveal))] : []),
      ...(number && choices.length ? [h("p", { class: "qu-quiet" }, t.slips)] : []),
      ...choices.map(([value, text]) => reason(value, text, given)),
      ...(!number && reveal ? [h("p", {}, rich(reveal))] : []),
      h(
        "div",
        { class: "qu-foot" },
        button(t.again, () => {
          device.forget();
          answer(null);
          inputs[0].focus({ preventScroll: true });
        }),
      ),
    );
  }

  // ---- both ----
  const status = h("p", { role: "status", class: "sl-hidden" });
  const root = h(
    "div",
    { class: "sl-widget question", lang: t.lang },
    h("p", { class: "qu-quiet" }, t.first),
    h("p", { class: "qu-text", id: `${id}-text` }, rich(model.get("text"))),
    form,
    told,
    status,
  );

  let uncover = null;
  const targets = () => (model.get("covers") ? following(el, model.get("covers")) : []);
  const open = () => {
    uncover?.();
    uncover = null;
  };
  const close = () => {
    const hidden = targets();
    if (hidden.length && !uncover && !hidden.some(linked)) {
      uncover = cover(hidden, t, () => {
        open();
        status.textContent = t.opened;
        root.scrollIntoView({ block: "nearest" });
      });
    }
  };
  const follow = () => {
    if (!uncover || !targets().some(linked)) return;
    open();
    document.querySelector(":target")?.scrollIntoView();
  };

  function draw() {
    const given = model.get("answer");
    const committed = given !== null;
    form.hidden = committed;
    told.hidden = !committed;
    if (committed) {
      tell(given);
      status.textContent = [verdictOf(given), uncover && t.opened].filter(Boolean).join(" ");
      open();
    } else {
      form.reset();
      told.replaceChildren();
      status.textContent = "";
      close();
    }
  }

  el.append(root);
  const remembered = device.recall();
  if (model.get("answer") === null && isAnswer(remembered)) answer(remembered);
  draw();
  model.on("change:answer", draw);
  addEventListener("hashchange", follow);
  return () => {
    model.off("change:answer", draw);
    removeEventListener("hashchange", follow);
    open();
    root.remove();
  };
}

export default { render };
