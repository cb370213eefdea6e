// What scrolls sideways can be reached by keyboard, and shows that there is more: a formula or a table that is
// wider than its column.
const BOXES = "div.math, .pst-scrollable-table-container";
addEventListener("load", () => {
  /** @param {HTMLElement} box */
  const mark = (box) => {
    const hidden = box.scrollWidth - box.clientWidth;
    if (hidden > 0) box.setAttribute("tabindex", "0");
    else box.removeAttribute("tabindex");
    box.toggleAttribute("data-cut", hidden - box.scrollLeft > 1);
  };
  const watch = new ResizeObserver((changes) => {
    for (const { target } of changes) mark(/** @type {HTMLElement} */ (target.closest(BOXES)));
  });
  for (const box of document.querySelectorAll(BOXES)) {
    watch.observe(box);
    if (box.firstElementChild) watch.observe(box.firstElementChild); // which grows when its font arrives
    box.addEventListener("scroll", () => mark(/** @type {HTMLElement} */ (box)), { passive: true });
  }
});
