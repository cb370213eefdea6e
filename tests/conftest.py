"""What several test folders share: a real browser that can reach nothing but the site under test."""

import shutil
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, Route, expect, sync_playwright

HOW_TO_GET_A_BROWSER = """\
No browser to test with. Get one of the two:
  .venv/bin/playwright install chromium      Playwright's own, where it can be downloaded
  apt-get install chromium-headless-shell    the distribution's (or brew install --cask chromium)"""
# How long a test waits for what it expects before it fails: long enough for a machine that is busy.
PATIENCE = 60_000
expect.set_options(timeout=PATIENCE)
# The shell first: without windows to manage, it opens a page in a fourth of the time.
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")


def chromium(playwright: Playwright) -> str:
    """The path of Playwright's Chromium where it was downloaded, else of the system's."""
    own = playwright.chromium.executable_path
    found = own if Path(own).exists() else next(filter(None, map(shutil.which, BROWSERS)), None)
    if not found:
        pytest.fail(HOW_TO_GET_A_BROWSER, pytrace=False)
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One headless Chromium for the whole run, started quietly."""
    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(
            executable_path=chromium(playwright),
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        yield chrome
        chrome.close()


class Visit:
    """A browser context that refuses requests to other hosts and notes them, and every complaint."""

    def __init__(self, browser: Browser, **options) -> None:
        self.context: BrowserContext = browser.new_context(**options)
        self.context.set_default_timeout(PATIENCE)
        self.foreign: list[str] = []
        self.complaints: list[str] = []
        self.context.route(lambda url: url.startswith("http"), self._local_only)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _local_only(self, route: Route) -> None:
        if route.request.url.startswith(("http://127.0.0.1", "http://localhost")):
            route.continue_()
        else:
            self.foreign.append(route.request.url)
            route.abort()

    def _console(self, message) -> None:
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)


@pytest.fixture
def visit(browser: Browser) -> Iterator:
    """Open fresh pages with ``visit(**options)``; each must have stayed home and kept the console silent."""
    visits: list[Visit] = []

    def open_one(**options) -> Visit:
        visits.append(Visit(browser, **options))
        return visits[-1]

    yield open_one
    for one in visits:
        one.context.close()
    assert [u for one in visits for u in one.foreign] == [], "the page asked another host"
    assert [c for one in visits for c in one.complaints] == [], "the console was not silent"


@pytest.fixture(scope="session")
def violations() -> Callable[..., list[tuple]]:
    """``violations(page, coloured, **options)``: what axe finds on a page: rule, weight, where.

    Contrast is looked at in the elements of the selector ``coloured``; the options are those of ``axe.run``.
    """
    axe = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")

    def found(page: Page, coloured: str = "*", **options) -> list[tuple]:
        if not page.evaluate("'axe' in window"):
            page.evaluate(axe)
        run = """([coloured, options]) => {
            const named = ":not([role=gridcell])"; // the sign in a cell is content: its name says it in words
            axe.configure({ rules: [
                { id: "color-contrast", selector: coloured },
                { id: "label-content-name-mismatch", selector: named },
            ] });
            return axe.run(options);
        }"""
        result = page.evaluate(run, [coloured, {"resultTypes": ["violations"], **options}])
        return [(v["id"], v["impact"], [n["html"][:160] for n in v["nodes"]]) for v in result["violations"]]

    return found
