"""Each test here runs once in Firefox ESR and once in WebKitGTK: `make test-browsers`.

They are apart from the other tests, which need one browser and seconds; these need two more, and minutes. A
browser that is not there is named, and fails the run.
"""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.browsers.webdriver import DESKTOP, RECORDER, Browser, firefox, missing, webkit
from tests.site.conftest import PAGES, Quiet, serving, site  # noqa: F401 (a fixture)

STARTED = time.monotonic()
# Whom Firefox itself asks, whatever page is open.
OWN = ("firefox.settings.services.mozilla.com", "aus5.mozilla.org", "update.googleapis.com")
BROWSERS = {"firefox": firefox, "webkit": webkit}


def pytest_configure() -> None:
    """Fail before anything is built if a browser is missing."""
    if absent := missing():
        hint = "Hint: apt-get install firefox-esr webkit2gtk-driver xvfb poppler-utils"
        pytest.exit("\n".join(["What these tests need is missing.", *absent, hint]), returncode=1)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say how many minutes it took."""
    terminalreporter.line(f"Firefox ESR and WebKitGTK took {(time.monotonic() - STARTED) / 60:.1f} minutes.")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for the ``name`` of a page runs once for each page of the book."""
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", PAGES)


class Recorded(Quiet):
    """Serves each page with the recorder of its complaints in its head."""

    def do_GET(self) -> None:
        """Send a page with the recorder, and any other file as it is."""
        path = Path(self.translate_path(self.path))
        if path.suffix != ".html":
            return super().do_GET()
        body = path.read_bytes().replace(b"<head>", b"<head>" + RECORDER, 1)
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:  # noqa: F811 (it asks for that fixture)
    """Where the site is served, without a final slash."""
    with serving(site, Recorded) as address:
        yield address


@pytest.fixture(scope="session")
def elsewhere() -> Iterator[tuple[int, list[str]]]:
    """The port of a proxy that refuses every other host, and what it was asked for."""
    asked: list[str] = []

    class Refuse(BaseHTTPRequestHandler):
        def refuse(self) -> None:
            if not self.path.startswith(OWN):
                asked.append(self.path)
            self.send_error(403)

        do_GET = do_POST = do_HEAD = do_CONNECT = refuse

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Refuse)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port, asked
    server.shutdown()
    server.server_close()


@pytest.fixture(
    scope="session", params=[pytest.param(one, marks=pytest.mark.xdist_group(one)) for one in BROWSERS]
)
def started(request: pytest.FixtureRequest, elsewhere: tuple[int, list[str]]) -> Iterator[Browser]:
    """A browser, started once for all its tests."""
    port, _ = elsewhere
    with BROWSERS[request.param](port) as browser:
        yield browser


@pytest.fixture
def browser(started: Browser, elsewhere: tuple[int, list[str]]) -> Iterator[Browser]:
    """The browser in a wide window; at the end its console must have been silent, and no other host asked."""
    _, asked = elsewhere
    started.complaints()
    asked.clear()
    started.resize(DESKTOP)
    yield started
    assert asked == [], "the page asked another host"
    assert started.complaints() == [], "the console was not silent"
