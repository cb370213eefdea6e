"""A bare page to try widgets on: a model of a few lines, the widget's own text, the book's colours."""

import json
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page

# As much of the host's model as the front end may rely on, and a record of what was sent to Python.
HARNESS = """
class Model {
  constructor(state) { this.state = state; this.listeners = []; this.saved = []; this.dirty = {}; }
  get(key) { return this.state[key]; }
  set(key, value) {
    if (JSON.stringify(this.state[key]) === JSON.stringify(value)) return;
    this.state[key] = value;
    this.dirty[key] = value;
    for (const [name, act] of [...this.listeners]) if (name === `change:${key}`) act();
  }
  save_changes() { this.saved.push(this.dirty); this.dirty = {}; }
  on(name, act) { this.listeners.push([name, act]); }
  off(name, act) { this.listeners = this.listeners.filter((one) => one[0] !== name || one[1] !== act); }
  send() {}
}
window.models = [];
window.mount = async (state, views, place = document.querySelector("main")) => {
  const url = URL.createObjectURL(new Blob([state._esm], { type: "text/javascript" }));
  const widget = (await import(url)).default;
  const style = document.createElement("style");
  style.textContent = state._css;
  document.head.append(style);
  const model = new Model(state);
  model.cleanups = [];
  await widget.initialize?.({ model });
  for (let i = 0; i < views; i++) {
    const el = document.createElement("div");
    place.append(el);
    model.cleanups.push(await widget.render({ model, el }));
  }
  window.models.push(model);
};
"""

# Values of the theme that the book uses, of the variables that widgets use.
THEME = """
html[data-theme=light] { color-scheme: light; --pst-color-text-base: #222832; --pst-color-text-muted: #48566b;
  --pst-color-background: #fff; --pst-color-border: #d1d5da; }
html[data-theme=dark] { color-scheme: dark; --pst-color-text-base: #ced6dd; --pst-color-text-muted: #9ca4af;
  --pst-color-background: #14181e; --pst-color-border: #48566b; }
body { margin: 0; background: var(--pst-color-background); font-family: sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 0 1rem; }
small { font-size: 0.9rem; }
"""


@pytest.fixture
def harness() -> str:
    """The script that a page needs for ``mount(state, views, place)``."""
    return HARNESS


NEXT_FRAME = "new Promise((done) => requestAnimationFrame(() => setTimeout(done)))"


@pytest.fixture
def show(visit: Callable) -> Callable[..., Page]:
    """``show(*widgets)`` puts them on a page of their own and returns the page; ``views`` of each."""

    def show(*widgets, theme="light", lang="en", views=1, title="Widgets", **options) -> Page:
        page = visit(**options).page
        page.set_content(
            f'<!doctype html><html lang="{lang}" data-theme="{theme}"><head><title>{title}</title>'
            f'<meta name="viewport" content="width=device-width"><style>{THEME}</style></head>'
            f"<body><main><h1>{title}</h1></main><script>{HARNESS}</script></body></html>"
        )
        for widget in widgets:
            state = json.loads(json.dumps(widget.get_state()))  # what a notebook stores is JSON
            page.evaluate("([state, views]) => window.mount(state, views)", [state, views])
        page.evaluate(NEXT_FRAME)  # a plot draws itself once it is told its size
        return page

    return show


@pytest.fixture
def number() -> Callable[[str], float]:
    """``number(text)`` reads what the page sets: 0.04087, 2.634·10⁻⁷, 94.50 %."""
    powers = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")

    def number(text: str) -> float:
        plain = re.sub(
            "·10([⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+)", lambda found: "e" + found[1].translate(powers), text.rstrip(" %")
        )
        return float(plain) / (100 if text.endswith("%") else 1)

    return number
