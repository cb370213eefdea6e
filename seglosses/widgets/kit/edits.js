// What a reader does to a model, step by step, and undo.
/** @import { Model } from "./ui.js" */
/** @typedef {Record<string, any>} State */

/**
 * Undo and redo over whole states. The present is the caller's: it goes in, and what to show instead comes out.
 * @template State
 */
export class History {
  /** @type {State[]} */
  past = [];
  /** @type {State[]} */
  future = [];
  /** @param {State} before */
  record(before) {
    this.past.push(before);
    this.future = [];
  }
  /** @param {State} present */
  back(present) {
    this.future.push(present);
    return this.past.pop();
  }
  /** @param {State} present */
  forward(present) {
    this.past.push(present);
    return this.future.pop();
  }
  forget() {
    this.past = [];
    this.future = [];
  }
}

/**
 * Edits of the traits `names` of a model, each a step to undo. `settled()` runs after each whole step: a stroke,
 * a button, an undo. What changes from elsewhere (Python, another view) has no steps here: `drawn()` forgets them.
 * @param {Model} model
 * @param {string[]} names
 * @param {() => void} settled
 */
export function edits(model, names, settled) {
  /** @type {History<State>} */
  const history = new History();
  /** @type {() => State} */
  const present = () => Object.fromEntries(names.map((name) => [name, model.get(name)]));
  let ours = false; // true while this view itself writes

  /** @param {State} state */
  const write = (state) => {
    ours = true;
    for (const [name, value] of Object.entries(state)) model.set(name, value);
    ours = false;
  };
  const settle = () => {
    model.save_changes();
    settled();
  };
  /**
   * Ends a step that began in the state `before`; nothing changed is no step.
   * @param {State} before
   */
  const finish = (before) => {
    if (JSON.stringify(before) !== JSON.stringify(present())) history.record(before);
    settle();
  };
  /** @param {State} state */
  const replace = (state) => {
    const before = present();
    write(state);
    finish(before);
  };
  /** @param {"back" | "forward"} direction */
  const can = (direction) => (direction === "back" ? history.past : history.future).length > 0;
  /** @param {"back" | "forward"} direction */
  const travel = (direction) => {
    if (!can(direction)) return;
    write(history[direction](present()) ?? {});
    settle();
  };
  /**
   * Control-Z, Control-Shift-Z and Control-Y anywhere in `root`.
   * @param {HTMLElement} root
   */
  const listen = (root) =>
    root.addEventListener("keydown", (event) => {
      const key = event.key.toLowerCase();
      if (event.altKey || !(event.ctrlKey || event.metaKey) || (key !== "z" && key !== "y")) return;
      travel(key === "y" || event.shiftKey ? "forward" : "back");
      event.preventDefault();
      event.stopPropagation();
    });
  const drawn = () => {
    if (!ours) history.forget();
  };
  return { present, write, settle, finish, replace, can, travel, listen, drawn };
}
