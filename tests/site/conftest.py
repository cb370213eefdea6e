"""The built site, once for all tests, and a server for it on this machine."""

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import yaml
from filelock import FileLock

ROOT = Path(__file__).parents[2]
RUNTIME = ROOT / "book/_ext/live_widgets"
TOC = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
PAGES = [TOC["root"], *(chapter["file"] for part in TOC["parts"] for chapter in part["chapters"])]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for the ``name`` of a page runs once for each page of the book."""
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", PAGES)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """The folder of a site built from nothing; a single warning, or a reference to nowhere, fails it.

    BOOK_SITE in the environment names a site that was built in another way, to be tested instead.
    """
    if "BOOK_SITE" in os.environ:
        return whole(Path(os.environ["BOOK_SITE"]))
    shared = tmp_path_factory.getbasetemp()
    if worker_id != "master":  # one of several processes, which share the folder above their own
        shared = shared.parent
    with FileLock(shared / "site.lock"):
        if not (shared / "site").exists():
            build(shared / "site")
    return whole(shared / "site/_build/html")


def whole(html: Path) -> Path:
    """The folder of a site, which must have all the pages of the book."""
    assert [page for page in PAGES if not (html / f"{page}.html").exists()] == []
    return html.resolve()


def build(out: Path) -> None:
    """Build the site as `make site` does, into a folder of its own."""
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command = [jupyter_book, "build", ROOT, "-n", "-W", "--keep-going", "--path-output", out]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def serving(folder: Path, handler: type[SimpleHTTPRequestHandler] | None = None) -> Iterator[str]:
    """Serve a folder on this machine; gives its address, without a final slash."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(handler or Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


class Quiet(SimpleHTTPRequestHandler):
    """A file server that does not comment on each request."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where the site is served, without a final slash."""
    with serving(site) as address:
        yield address


# As much of a page of the book as its runtime sees: myst-nb's scripts and slots, without the theme.
PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8">
<title>A page</title><script>EMBED</script>
<link rel="stylesheet" href="live_widgets.css"><script async src="live_widgets.js"></script></head>
<body><header>Header</header><article><section><h1>A page</h1><p>Prose around the widgets</p>SLOTS</section>
REST</article><footer>Footer</footer>
<script type="application/vnd.jupyter.widget-state+json">STATE</script></body></html>"""
SLOT = """<div class="cell_output"><div class="widget-slot"><div class="widget-still">STILL</div>
<script type="application/vnd.jupyter.widget-view+json">{"model_id": "ID"}</script></div></div>"""


@pytest.fixture
def page_of(tmp_path: Path) -> Iterator[Callable[..., str]]:
    """``page_of(*widgets)`` gives the address of a page that shows them; one given twice has two views.

    ``rest`` is what follows them on the page.
    """
    spec = importlib.util.spec_from_file_location("live_widgets", RUNTIME / "__init__.py")
    extension = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(extension)
    for part in (RUNTIME / "static").iterdir():
        shutil.copy(part, tmp_path)

    def write(*widgets, served: bool = False, rest: str = "") -> str:
        state, slots = {}, ""
        for widget in widgets:
            # What a notebook stores is JSON.
            state[widget.model_id] = {
                "model_module": "anywidget",
                "state": json.loads(json.dumps(widget.get_state())),
            }
            stills = widget._repr_mimebundle_()[0]
            still = next(stills[kind] for kind in extension.PICTURES if kind in stills)
            slots += SLOT.replace("STILL", still).replace("ID", widget.model_id)
        page = PAGE.replace("EMBED", extension.EMBED).replace("SLOTS", slots).replace("REST", rest)
        (tmp_path / "page.html").write_text(
            page.replace("STATE", extension.stored({"state": state}, tmp_path)), "utf-8"
        )
        return f"{stack.enter_context(serving(tmp_path)) if served else tmp_path.as_uri()}/page.html"

    with ExitStack() as stack:
        yield write
