// What scrolls sideways can be reached by keyboard: a formula or a table that is wider than its column.
addEventListener("load", () => {
  const watch = new ResizeObserver((changes) => {
    for (const { target } of changes) {
      if (target.scrollWidth > target.clientWidth) target.setAttribute("tabindex", "0");
      else target.removeAttribute("tabindex");
    }
  });
  for (const box of document.querySelectorAll("div.math, .pst-scrollable-table-container")) {
    watch.observe(box);
  }
});
