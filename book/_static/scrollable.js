// What scrolls sideways can be reached by keyboard: a formula or a table that is wider than the column.
addEventListener("load", () => {
  for (const box of document.querySelectorAll("div.math, .pst-scrollable-table-container")) {
    if (box.scrollWidth > box.clientWidth) box.tabIndex = 0;
  }
});
