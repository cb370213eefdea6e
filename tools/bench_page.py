"""What a first visit costs: this site against Jupyter Book's default route, in one interleaved run.

    python tools/bench_page.py [book/dice] [--rounds 5]

The default route is the same chapter without the book's own extensions: widgets through html-manager with
require.js, formulas through MathJax, icons by Font Awesome's script. What it asks of other hosts is taken
once from npm packages of the same name, and served from memory. Needs npm; the book does not.

Printed for each: the time until the first grid can be painted, at a fourth of the processor's speed, and the
compressed size of all that is loaded. The times are medians; read their ratio.
"""

import argparse
import gzip
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import yaml
from playwright.sync_api import Browser, Route, sync_playwright

from tests.conftest import chromium

ROOT = Path(__file__).parents[1]
# cdnjs.cloudflare.com/ajax/libs/NAME/VERSION/FILE and (cdn.jsdelivr.net/npm|unpkg.com)/NAME@VERSION/FILE
CDNJS = re.compile(r"https?://cdnjs[^/]*/ajax/libs/(?P<name>[\w.-]+)/(?P<version>[\d.]+)/(?P<file>[^?]+)")
NPM = re.compile(
    r"https?://[^/]+/(?:npm/)?(?P<name>@?[\w.-]+(?:/[\w.-]+)?)@(?P<version>[^/]+)/(?P<file>[^?]+)"
)

INTEGRITY = re.compile(rb' integrity="[^"]*"')


def build(source: Path, out: Path) -> float:
    """Build a book and return the seconds that it took; if that fails, end with what the build said."""
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    command: list[str | Path] = [jupyter_book, "build", source, "--path-output", out]
    start = time.perf_counter()
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.exit(f"{done.stdout}\nThe book in {source} could not be built: see above.")
    return time.perf_counter() - start


def default_route(folder: Path) -> Path:
    """Copy the book's sources into a folder, with its configuration less its own extensions."""
    shutil.copytree(ROOT / "book", folder / "book")
    shutil.copy(ROOT / "_toc.yml", folder)
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    ours = config["sphinx"].pop("local_extensions")
    extensions = config["sphinx"]["config"]["extensions"]
    config["sphinx"]["config"]["extensions"] = [name for name in extensions if name not in ours]
    (folder / "_config.yml").write_text(yaml.safe_dump(config), "utf-8")
    return folder


class Elsewhere:
    """Files of other hosts, taken from the npm packages that they are published in."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def package(self, name: str, version: str) -> Path:
        """The unpacked folder of a package, fetched at its first use."""
        name = {"require.js": "requirejs"}.get(name, name)
        unpacked = self.folder / f"{name.replace('/', '-')}-{version.strip('^~')}"
        if not unpacked.exists():
            unpacked.mkdir()
            pack = ["npm", "pack", "--silent", f"{name}@{version}"]
            archive = subprocess.run(pack, cwd=unpacked, check=True, capture_output=True, text=True).stdout
            subprocess.run(["tar", "xzf", archive.strip().splitlines()[-1]], cwd=unpacked, check=True)
        return unpacked / "package"

    def body(self, url: str) -> bytes | None:
        """What the other host would have answered; None where no package has it."""
        asked = CDNJS.match(url) or NPM.match(url)
        if not asked:
            return None
        file = asked["file"] if not url.endswith("require.min.js") else "require.js"
        found = self.package(asked["name"], asked["version"]) / file
        found = found if found.suffix else found.with_name(found.name + ".js")
        return found.read_bytes() if found.exists() else None


def visit(browser: Browser, site: Path, page: str, elsewhere: Elsewhere) -> tuple[float, int]:
    """Seconds until a grid can be painted, and bytes loaded, of a first visit at a fourth of the speed."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    loaded: dict[str, int] = {}

    def answer(route: Route) -> None:
        url = route.request.url
        local = site / url.split("/", 3)[3].split("?")[0].split("#")[0]
        if url.startswith("http://book.test/"):
            body = local.read_bytes() if local.is_file() else None
        else:
            body = elsewhere.body(url)
        if body is None:  # html-manager looks for anywidget here before it asks the other host
            return route.abort()
        body = INTEGRITY.sub(b"", body)  # npm's require.js is not the minified one that the page expects
        loaded[url] = len(gzip.compress(body))
        kind = {"js": "text/javascript", "css": "text/css", "html": "text/html", "svg": "image/svg+xml"}
        suffix = local.suffix[1:] or "js"
        return route.fulfill(body=body, content_type=kind.get(suffix, "application/octet-stream"))

    context.route("**/*", answer)
    tab = context.new_page()
    context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": 4})
    start = time.perf_counter()
    tab.goto(f"http://book.test/{page}.html", wait_until="commit")
    tab.locator("[role=gridcell]").first.wait_for(state="visible", timeout=60_000)
    usable = time.perf_counter() - start
    tab.wait_for_load_state("networkidle")
    context.close()
    return usable, sum(loaded.values())


def main() -> None:
    """Build both, visit them in turn, print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", nargs="?", default="book/dice")
    parser.add_argument("--rounds", type=int, default=5)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary, sync_playwright() as playwright:
        folder = Path(temporary)
        build(ROOT, folder / "ours")
        warm = build(ROOT, folder / "ours")
        build(default_route(folder / "source"), folder / "default")
        elsewhere = Elsewhere(folder)
        browser = playwright.chromium.launch(executable_path=chromium(playwright), args=["--no-sandbox"])
        visits: dict[str, list[tuple[float, int]]] = {"ours": [], "default": []}
        for round_ in range(asked.rounds + 1):
            for name, seen in visits.items():
                seen.append(visit(browser, folder / name / "_build/html", asked.page, elsewhere))
            if round_ == 0:  # the first round fills the caches of the disk
                visits = {name: [] for name in visits}
        browser.close()
    seconds = {name: statistics.median(second for second, _ in seen) for name, seen in visits.items()}
    size = {name: seen[-1][1] / 1000 for name, seen in visits.items()}
    print(f"{asked.page}, medians of {asked.rounds} visits in turn, processor slowed 4 times")
    print(f"            usable after    loaded (gzip)\n{'-' * 42}")
    for name in visits:
        print(f"{name:10}  {seconds[name]:8.2f} s    {size[name]:10.0f} kB")
    faster, lighter = seconds["ours"] / seconds["default"], size["ours"] / size["default"]
    print(f"{'ratio':10}  {faster:8.2f}      {lighter:10.2f}")
    print(f"warm build of the site: {warm:.1f} s")


if __name__ == "__main__":
    main()
