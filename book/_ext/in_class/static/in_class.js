// At a page's end: a button that turns a reader's guesses into a code. What it needs is loaded when it is pressed.
(() => {
  "use strict";
  const here = /** @type {HTMLScriptElement} */ (document.currentScript).src;
  if (!here) return; // a page that is one file has nowhere to load from
  /** @type {Record<string, string>} */
  const labels = { en: "Your guesses as a code, for class", zh: "把我的猜测变成课堂短码" };

  /**
   * Adds a script or a style sheet to the page; its address changes with this script's own.
   * @param {string} name
   */
  function added(name) {
    const style = name.endsWith(".css");
    const node = document.createElement(style ? "link" : "script");
    const address = new URL(name + new URL(here).search, here).href;
    Object.assign(node, style ? { rel: "stylesheet", href: address } : { src: address });
    const loaded = new Promise((done, fail) => {
      node.onload = done;
      node.onerror = () => fail(new Error(`${address} could not be loaded`));
    });
    document.head.append(node);
    return loaded;
  }

  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".in-class-place"))) {
    const button = document.createElement("button");
    const textContent = labels[document.documentElement.lang.slice(0, 2)] ?? labels.en;
    Object.assign(button, { type: "button", className: "in-class-button", textContent });
    button.addEventListener("click", async () => {
      button.disabled = true;
      await Promise.all(["in_class.css", "in_class_reader.js"].map(added));
      button.remove();
      /** @type {any} */ (globalThis).inClassReader(place, place.dataset.tag, () => added("in_class_qr.js"));
    });
    place.append(button);
  }
})();
