// What every view does: it puts its panels on the page, follows the model, and ends.
/** @import { Model } from "./ui.js" */

/**
 * A part of a view: its element, and how that shows a state.
 * @template State
 * @typedef {{ node: HTMLElement | SVGElement, draw: (state: State) => void }} Panel
 */

/**
 * Puts `root` into `el` and runs what `watched` holds for a trait, or for several, whenever it changes. The result
 * ends the view, and with it what `ends` holds.
 * @param {{ model: Model, el: HTMLElement, root: HTMLElement, watched: Record<string, () => void>, ends?: (() => void)[] }} view
 */
export function shown({ model, el, root, watched, ends = [] }) {
  const listeners = Object.entries(watched).flatMap(([names, act]) =>
    names.split(" ").map((name) => ({ event: `change:${name}`, act }))
  );
  for (const { event, act } of listeners) model.on(event, act);
  el.append(root);
  return () => {
    for (const { event, act } of listeners) model.off(event, act);
    for (const end of ends) end();
    root.remove();
  };
}

/**
 * A widget whose view `mount(model, el)` draws and whose result takes it away; a change of language draws it anew.
 * @param {(model: Model, el: HTMLElement) => () => void} mount
 */
export const localized = (mount) => ({
  /** @param {{ model: Model, el: HTMLElement }} context */
  render({ model, el }) {
    let unmount = mount(model, el);
    const remount = () => {
      unmount();
      unmount = mount(model, el);
    };
    model.on("change:language", remount);
    return () => {
      model.off("change:language", remount);
      unmount();
    };
  },
});
