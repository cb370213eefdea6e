// What a deck of this book adds to reveal.js, as a plugin: slides that fit, and keys that reach the right one.
//
// While the focus is in a widget, its keys are the widget's: arrows and digits in a grid, a slider or a field,
// Space and Enter on a button. Page Up and Page Down, which a presenter's remote control sends, always turn the
// slide; Escape gives the keys back to the deck. T changes between light and dark.
(() => {
  "use strict";
  /**
   * @typedef {{ configure: (options: object) => void, next: () => void, prev: () => void,
   *   on: (event: string, then: (event: any) => void) => void, getSlidesElement: () => HTMLElement,
   *   getRevealElement: () => HTMLElement, addKeyBinding: (key: object, then: () => void) => void }} Reveal
   */

  // ---- slides that fit ----
  // What is drawn grows as far as its slide has room, and shrinks before the text does.
  const DRAWN = [1.5, 1.4, 1.3, 1.2, 1.1, 1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7];
  const SLIDE = [1, 0.95, 0.9, 0.85, 0.8, 0.75, 0.7, 0.65, 0.6]; // a test keeps every slide far from the end

  /**
   * Whether anything in there is larger than its place.
   * @param {Element} place
   */
  const overflows = (place) =>
    [place, ...place.querySelectorAll("div.math")].some((one) =>
      one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1
    );

  /** @type {(slide: HTMLElement, name: string) => number} */
  const sizeOf = (slide, name) => Number(slide.style.getPropertyValue(name) || Infinity);

  /**
   * Draws a slide as large as it can be and still fit, and no larger than it is.
   * @param {HTMLElement} slide
   */
  function fit(slide) {
    const [drawn, all] = [sizeOf(slide, "--drawn"), sizeOf(slide, "--fit")];
    slide.style.setProperty("--fit", `${Math.min(1, all)}`);
    const most = slide.querySelector(".question-still") ? 1.2 : Infinity; // below an answer comes its reason
    const sizes = slide.querySelector(".drawn")
      ? DRAWN.filter((size) => size <= Math.min(drawn, most)).map((
        size,
      ) => /** @type {const} */ (["--drawn", size]))
      : [];
    // A text by itself may stand in two columns.
    const text = slide.querySelector(":scope > .told");
    if (text && overflows(slide)) text.classList.add("two");
    if (text && overflows(text)) text.classList.remove("two");
    const then = SLIDE.filter((size) => size <= all).map((size) => /** @type {const} */ (["--fit", size]));
    for (const [name, size] of [...sizes, ...then]) {
      slide.style.setProperty(name, `${size}`);
      if (!overflows(slide)) return;
    }
  }

  /** @param {Reveal} deck */
  const slidesOf = (
    deck,
  ) => /** @type {HTMLElement[]} */ ([
    ...deck.getSlidesElement().querySelectorAll("section:not(:has(section))"),
  ]);

  // Widgets and fonts change what a slide holds, so both come first.
  async function settled() {
    if (document.querySelector('script[src*="live_widgets"]')) {
      await new Promise((done) => {
        new PerformanceObserver((_, watcher) => {
          if (!performance.getEntriesByName("widgets-ready").length) return;
          watcher.disconnect();
          done(undefined);
        }).observe({ type: "mark", buffered: true });
      });
    }
    await document.fonts.ready;
  }

  /** @param {Reveal} deck */
  function fitAll(deck) {
    const frame = deck.getRevealElement();
    frame.classList.add("measured");
    for (const slide of slidesOf(deck)) fit(slide);
    frame.classList.remove("measured");
  }

  // An answer that comes to stand below its question makes a slide smaller, and nothing makes it larger again:
  // what one points at should not move.
  /** @param {Reveal} deck */
  function keepFitting(deck) {
    const watcher = new ResizeObserver((entries) => {
      for (const slide of new Set(entries.map(({ target }) => target.closest("section")))) {
        if (slide && overflows(slide)) fit(slide);
      }
    });
    for (const part of deck.getSlidesElement().querySelectorAll(".cell, details")) watcher.observe(part);
  }

  // ---- keys that reach the right one ----
  const FIELDS = "input, select, textarea, [role=grid]";
  const PRESSED = "button, summary, [role=button]";

  /**
   * Whether a key is for the deck, and not for what has the focus.
   * @param {KeyboardEvent} event
   */
  function isForDeck(event) {
    const at = event.target instanceof Element ? event.target : document.body;
    if (event.defaultPrevented || at.closest(FIELDS)) return false;
    return !(at.closest(PRESSED) && [" ", "Enter"].includes(event.key));
  }

  /** @param {Reveal} deck */
  function shareKeys(deck) {
    deck.configure({ keyboardCondition: isForDeck });
    addEventListener("keydown", (event) => {
      const at = document.activeElement;
      if (!(at instanceof HTMLElement) || !at.closest(".slides section")) return;
      const turn = { PageDown: deck.next, PageUp: deck.prev, Escape: () => {} }[event.key];
      if (!turn) return;
      at.blur();
      turn();
      event.preventDefault();
      event.stopPropagation();
    }, { capture: true });
    deck.on("slidechanged", () => {
      const at = document.activeElement;
      if (at instanceof HTMLElement && at.closest(".slides section:not(.present)")) at.blur();
    });
    const { dataset } = document.documentElement;
    deck.addKeyBinding({ keyCode: 84, key: "T", description: "Light, dark" }, () => {
      dataset.theme = dataset.theme === "dark" ? "light" : "dark";
    });
    // A finger that paints turns no slide.
    for (const widget of deck.getSlidesElement().querySelectorAll(".widget-slot")) {
      widget.setAttribute("data-prevent-swipe", "");
    }
  }

  /** @type {any} */ (globalThis).Deck = () => ({
    id: "deck",
    /** @param {Reveal} deck */
    async init(deck) {
      await settled();
      shareKeys(deck);
      fitAll(deck);
      keepFitting(deck);
    },
  });
})();
