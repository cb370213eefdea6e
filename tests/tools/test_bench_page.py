"""The page benchmark: its default route builds and can be visited, without npm and without the network."""

import gzip
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bench_page
import pytest
import yaml
from playwright.sync_api import Browser

CHAPTER = "book/dice"
# As much of html-manager as the benchmark waits for: where a widget belongs a grid, if require.js was there.
HTML_MANAGER = """if (window.requirejs) addEventListener("DOMContentLoaded", () => {
  for (const view of document.querySelectorAll("script[type*=widget-view]"))
    view.insertAdjacentHTML("afterend", "<p role=gridcell>1</p>");
});"""
# Each package has all the files that the page asks for; which one was asked for stands in the log.
NPM = f"""#!/bin/sh
[ "$1 $2" = "pack --silent" ] || exit 1
echo "$3" >> "$NPM_LOG"
mkdir -p package/dist package/es5
echo "window.requirejs = true" > package/require.js
echo > package/es5/tex-mml-chtml.js
cat > package/dist/embed-amd.js <<'END'
{HTML_MANAGER}
END
tar czf packed.tgz package
echo packed.tgz
"""
GRID = "<!doctype html><title>A grid</title><p role=gridcell>1</p>"


def program(path: Path, text: str) -> None:
    """Write a script that can be called."""
    path.write_text(text, "utf-8")
    path.chmod(0o755)


@pytest.fixture(scope="module")
def default(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The default route of one chapter, built from the book's own configuration."""
    folder = tmp_path_factory.mktemp("default")
    source = bench_page.default_route(folder / "source")
    (source / "_toc.yml").write_text(f"format: jb-book\nroot: {CHAPTER}\n")  # the others take half a minute
    assert bench_page.build(source, folder / "out") > 0
    return folder / "out/_build/html"


def test_the_default_route_is_jupyter_book_s_own(default: Path):
    """The chapter is built with html-manager, require.js and MathJax, and with nothing of the book's own."""
    page = (default / f"{CHAPTER}.html").read_text("utf-8")
    notebook = json.loads((bench_page.ROOT / f"{CHAPTER}.ipynb").read_text("utf-8"))
    first = (cell["source"][0] for cell in notebook["cells"] if cell["cell_type"] == "markdown")
    heading = next(line for line in first if line.startswith("# ")).strip("# \n")
    assert f"<h1>{heading}<" in page
    assert "application/vnd.jupyter.widget-view+json" in page
    for theirs in ("html-manager", "require.js", "mathjax", "fontawesome.js"):
        assert theirs in page
    for ours in ("live_widgets", 'class="katex'):
        assert ours not in page


def test_a_visit_is_served_from_packages(
    default: Path, browser: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """What the page asks of other hosts comes from npm's packages, each fetched once, and is counted."""
    program(tmp_path / "npm", NPM)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    monkeypatch.setenv("NPM_LOG", str(tmp_path / "log"))
    elsewhere = bench_page.Elsewhere(tmp_path)
    seconds, size = bench_page.visit(browser, default, CHAPTER, elsewhere)
    assert seconds > 0
    assert size > len(gzip.compress((default / f"{CHAPTER}.html").read_bytes()))
    asked = (tmp_path / "log").read_text().splitlines()
    assert sorted(pack.rpartition("@")[0] for pack in asked) == [
        "@jupyter-widgets/html-manager",
        "mathjax",
        "requirejs",
    ]
    for pack in asked:  # these are here already
        assert elsewhere.body(f"https://unpkg.com/{pack}/dist/embed-amd.js").startswith(
            b"if (window.requirejs)"
        )
        assert elsewhere.body(f"https://unpkg.com/{pack}/nothing.js") is None
    assert elsewhere.body("https://example.org/script.js") is None
    assert (tmp_path / "log").read_text().splitlines() == asked


def test_every_extension_of_the_book_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """One that is added to the configuration is left out of the default route too."""
    names = {"live_widgets": "book/_ext", "added_tomorrow": "book/_ext"}
    config = {"sphinx": {"local_extensions": names, "config": {"extensions": ["myst_nb", *names]}}}
    (tmp_path / "ours/book").mkdir(parents=True)
    (tmp_path / "ours/_toc.yml").touch()
    (tmp_path / "ours/_config.yml").write_text(yaml.safe_dump(config))
    monkeypatch.setattr(bench_page, "ROOT", tmp_path / "ours")
    written = yaml.safe_load((bench_page.default_route(tmp_path / "default") / "_config.yml").read_text())
    assert written == {"sphinx": {"config": {"extensions": ["myst_nb"]}}}


def test_a_build_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """The tool ends with all that the build printed, on either stream."""
    program(tmp_path / "jupyter-book", "#!/bin/sh\necho reading\necho no such extension >&2\nexit 1\n")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with pytest.raises(SystemExit, match="reading\nno such extension\n"):
        bench_page.build(tmp_path, tmp_path / "out")


def test_the_tool_prints_both_routes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture
):
    """From the command line to the table: a row for each route, their ratio, and the time of the build."""

    def build(source: Path, out: Path) -> float:
        page = out / f"_build/html/{CHAPTER}.html"
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(GRID)
        return 1.5

    monkeypatch.setattr(bench_page, "build", build)
    monkeypatch.setattr(sys, "argv", ["bench_page.py", CHAPTER, "--rounds", "1"])
    with ThreadPoolExecutor(1) as thread:  # a thread has only one Playwright, and this one has the tests'
        thread.submit(bench_page.main).result()
    title, _, _, ours, default, ratio, warm = capsys.readouterr().out.splitlines()
    assert title.startswith(f"{CHAPTER}, medians of 1 visits")
    assert (ours.split()[0], default.split()[0]) == ("ours", "default")
    assert ratio.split()[2] == "1.00", "the same page twice is not of the same size"
    assert warm == "warm build of the site: 1.5 s"
