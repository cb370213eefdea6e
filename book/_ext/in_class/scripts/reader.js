import { memory } from "../../../../seglosses/widgets/kit/memory.js";
import { button, fill, h, OWN_KEYS, svg } from "../../../../seglosses/widgets/kit/ui.js";
import { isAnswer } from "../../../../seglosses/widgets/question/state.js";
import { encode, ticketOf, TICKETS } from "./code.js";
import { texts } from "./words.js";
/** @import { Guess } from "./code.js" */

// A reader's guesses on this page as a code. What was committed is read from where the questions keep it.

/** @typedef {{ name: string, _choices: [any, ...string[]][], _number: any }} Asked */

/** @returns {Asked[]} */
function questionsOfPage() {
  const json = (/** @type {string} */ kind) =>
    [...document.querySelectorAll(`script[type="application/vnd.jupyter.widget-${kind}+json"]`)]
      .map((script) => JSON.parse(script.textContent));
  const states = Object.assign({}, ...json("state").map(({ state }) => state));
  return json("view").map(({ model_id }) => states[model_id]?.state).filter((state) =>
    state && "covers" in state
  );
}

/** @type {(question: Asked) => Guess} */
function guessOf({ name, _choices: choices, _number: number }) {
  const kept = memory(`${location.pathname}:${name}`).recall();
  if (!isAnswer({ choices, number }, kept)) return null;
  return number ? Number(kept) : choices.findIndex(([choice]) => choice === kept);
}

/** The same for as long as this device remembers; null, if it keeps nothing. */
function ownTicket() {
  const device = memory(`${location.pathname}:in-class-ticket`);
  if (device.recall() === null) device.keep(crypto.getRandomValues(new Uint32Array(1))[0] % TICKETS);
  const ticket = device.recall();
  return ticket === null ? null : ticketOf(ticket);
}

/**
 * A QR code, black on white in every theme, with the quiet zone that scanners need.
 * @param {string} code
 */
function drawnQr(code) {
  const { data, size } = /** @type {any} */ (globalThis).inClassQr(code, { ecc: "M", border: 4 });
  const dark = data.flatMap((/** @type {boolean[]} */ row, /** @type {number} */ y) =>
    row.flatMap((on, x) => on ? [`M${x} ${y}h1v1h-1z`] : [])
  );
  const picture = { class: "ic-qr", viewBox: `0 0 ${size} ${size}`, role: "img" };
  return svg(
    "svg",
    { ...picture, "aria-label": texts().qrOf(code), "shape-rendering": "crispEdges" },
    svg("path", { d: `M0 0h${size}v${size}h-${size}z`, fill: "#fff" }),
    svg("path", { d: dark.join(""), fill: "#000" }),
  );
}

/** @type {(text: HTMLInputElement, note: HTMLElement) => Promise<void>} */
async function copied(text, note) {
  try {
    await navigator.clipboard.writeText(text.value);
    note.textContent = texts().copied;
  } catch { // no permission, or a frame: then the reader copies it
    note.textContent = texts().byHand;
    text.focus();
    text.select();
  }
}

/** @type {(place: HTMLElement, tag: string, loadQr: () => Promise<void>) => void} */
export function showCode(place, tag, loadQr) {
  const t = texts();
  const questions = questionsOfPage();
  const said = h("p", {});
  const text = h("input", { class: "ic-code", readonly: "", "aria-label": t.title, ...OWN_KEYS });
  const note = h("span", { role: "status" });
  const picture = h("div", {});
  const copy = button(t.copy, () => copied(text, note));
  let scannable = false;
  const qr = button(t.qr, async () => {
    if (!scannable) await loadQr();
    scannable = !scannable;
    draw();
  });
  const foot = h("div", { class: "ic-foot" }, copy, qr, note);
  const root = h(
    "div",
    { class: "sl-widget in-class", role: "group", "aria-label": t.title },
    said,
    text,
    foot,
    picture,
  );

  function draw() {
    const guesses = questions.map(guessOf);
    const count = guesses.filter((guess) => guess !== null).length;
    const ticket = ownTicket();
    for (const one of [text, foot, picture]) one.hidden = !count || ticket === null;
    if (ticket === null) return fill(said, t.forgetful);
    if (!count) return fill(said, t.first);
    const asked = questions.map(({ _choices, _number }) => _number ? 0 : _choices.length);
    const code = encode(tag, ticket, asked, guesses);
    fill(said, `${t.guesses(count, questions.length)} ${t.holds}`);
    if (code !== text.value) note.textContent = "";
    text.value = code;
    qr.textContent = scannable ? t.noQr : t.qr;
    picture.replaceChildren(...(scannable ? [drawnQr(code)] : []));
  }
  draw();
  place.append(root);
  // A guess is committed with a form, and taken back with a button: afterwards the code is another.
  for (const sign of ["submit", "click"]) document.addEventListener(sign, draw);
  if (!foot.hidden) copy.focus();
}
