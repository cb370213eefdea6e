/**
 * Escape takes the theme's tooltips away; the button that one stands at keeps the focus (WCAG 1.4.13).
 */
addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const tip of document.querySelectorAll(".tooltip")) tip.remove();
});
