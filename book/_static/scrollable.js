// What scrolls sideways can be reached by keyboard, and shows that there is more: a formula or a table that is
// wider than its column.
addEventListener("load", () => {
  /** @param {HTMLElement} box */
  const mark = (box) => {
    const hidden = box.scrollWidth - box.clientWidth;
    if (hidden > 0) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
    box.toggleAttribute("data-cut", hidden - box.scrollLeft > 1);
  };
  const watch = new ResizeObserver((changes) => {
    for (const { target } of changes) mark(/** @type {HTMLElement} */ (target));
  });
  for (const box of document.querySelectorAll("div.math, .pst-scrollable-table-container")) {
    watch.observe(box);
    box.addEventListener("scroll", () => mark(/** @type {HTMLElement} */ (box)), { passive: true });
  }
});
