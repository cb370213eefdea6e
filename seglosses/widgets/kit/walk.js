import { button, group, sets } from "./ui.js";
/** @import { Panel } from "./view.js" */

// Buttons that walk a widget's trait `step`, one by one or by themselves.

/**
 * Play, back and next; `pause()` stops what plays. Nothing moves by itself, and where the reader's system asks for less
 * motion, playing is not even offered. `goTo(i)` goes there, or to the end that is nearest; `settle()` follows a press
 * and the end; `pace` is in milliseconds a step.
 * @param {{ index: () => number, last: number, pace: number, goTo: (i: number) => void, settle: () => void }} way
 * @param {{ walk: string, play: string, pause: string, back: string, next: string }} t
 * @returns {Panel<void> & { pause: () => void }}
 */
export function walkPanel({ index, last, pace, goTo, settle }, t) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const atEnd = () => index() === last;
  let timer = 0;
  const pause = () => {
    clearInterval(timer);
    timer = 0;
    play.textContent = t.play;
  };
  const play = button(t.play, () => {
    if (timer) {
      pause();
      return settle();
    }
    if (atEnd()) goTo(0);
    play.textContent = t.pause;
    timer = setInterval(() => {
      goTo(index() + 1);
      if (atEnd()) {
        pause();
        settle();
      }
    }, pace);
  });
  /** @type {(label: string, by: number) => HTMLElement} */
  const walk = (label, by) =>
    button(label, () => {
      pause();
      goTo(index() + by);
      settle();
    });
  const [back, next] = [walk(t.back, -1), walk(t.next, 1)];
  return {
    node: sets("step", group(t.walk, ...(still ? [] : [play]), back, next)),
    draw() {
      // Not `disabled`: a button that is pressed to the end keeps the focus.
      back.setAttribute("aria-disabled", String(index() === 0));
      next.setAttribute("aria-disabled", String(atEnd()));
    },
    pause,
  };
}
