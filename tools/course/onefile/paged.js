// The book in one file: shows the page that the address leads to, as a site would.
(() => {
  "use strict";
  const pages = /** @type {HTMLElement[]} */ ([...document.querySelectorAll(".page")]);
  const names = pages.map((page) => page.id);

  /** @type {Map<string, Element>} */
  const widgets = new Map(); // by the names that links to their states begin with
  const states = JSON.parse(
    document.querySelector('script[type="application/vnd.jupyter.widget-state+json"]')?.textContent ?? "{}",
  ).state ?? {};
  for (const view of document.querySelectorAll('script[type="application/vnd.jupyter.widget-view+json"]')) {
    const name = states[JSON.parse(view.textContent).model_id]?.state.name;
    if (name && !widgets.has(name)) widgets.set(name, view);
  }

  // What the address means: a part of a page, or a widget whose state it holds.
  function place() {
    const part = decodeURIComponent(location.hash.slice(1));
    const widget = part.includes("=") ? widgets.get(part.split("=")[0]) : undefined;
    return document.getElementById(part) ?? widget?.closest(".widget-slot") ?? null;
  }

  function show() {
    const target = place();
    const page = target?.closest(".page") ?? (location.hash.length > 1 ? null : pages[0]);
    if (!(page instanceof HTMLElement)) return; // it leads nowhere: what is shown stays
    const turned = !("shown" in page.dataset);
    for (const one of pages) one.toggleAttribute("data-shown", one === page);
    for (const link of document.querySelectorAll(".bd-links a")) {
      const here = link.getAttribute("href") === `#${page.id}`;
      for (const mark of ["current", "active"]) link.closest("li")?.classList.toggle(mark, here);
    }
    dispatchEvent(new Event("page"));
    document.title = page.querySelector("h1")?.textContent?.replace(/#$/, "") ?? document.title;
    if (target && target !== page) target.scrollIntoView({ behavior: "instant" });
    else if (turned) scrollTo({ top: 0, behavior: "instant" });
  }

  // A widget that makes its own links makes them as on the site: dice.html#the-formula.
  addEventListener("click", (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
    const [, name, part] = link?.getAttribute("href")?.match(/^(?:\.\.\/)*([\w/-]+)\.html(?:#(.*))?$/) ?? [];
    const page = name?.replaceAll("/", "-").replace(/^book-/, "");
    if (!page || !names.includes(page)) return;
    event.preventDefault();
    location.hash = part ? `${page}--${part}` : page;
  });

  if (!place()) pages[0].setAttribute("data-shown", "");
  addEventListener("hashchange", show);
  show();
})();
