"""JupyterLab: what is drawn is a tensor in the next cell, and a chapter reads well before its first run."""

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

CELLS = {
    "painter": "from seglosses.grids import LUNG\nfrom seglosses.widgets import GridPainter\n"
    "painter = GridPainter(LUNG)\npainter",
    "read": "print('painted', int(painter.prediction.sum()), 'at', painter.prediction.nonzero().tolist())",
    "set": "painter.prediction = LUNG",
    "refuse": "try:\n    painter.prediction = 255 * LUNG\nexcept ValueError as error:\n    print(error)",
}


BOOK = Path(__file__).parents[2] / "book"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a JupyterLab of this machine's own, with a notebook to paint in and two chapters."""
    tmp_path = tmp_path_factory.mktemp("lab")
    for chapter in ("dice", "exercises"):
        shutil.copy(BOOK / f"{chapter}.ipynb", tmp_path)
    cells = [nbformat.v4.new_code_cell(source, id=name) for name, source in CELLS.items()]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), tmp_path / "paint.ipynb")
    options = ["--no-browser", "--allow-root", "--ip=127.0.0.1", "--port=0", "--IdentityProvider.token="]
    quiet = ["--LabApp.news_url=", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate"]
    # All cells are on the page, not only those in sight.
    settings = tmp_path_factory.mktemp("settings")
    tracker = settings / "@jupyterlab/notebook-extension/tracker.jupyterlab-settings"
    tracker.parent.mkdir(parents=True)
    tracker.write_text('{"windowingMode": "none"}', "utf-8")
    folders = [f"--notebook-dir={tmp_path}", f"--LabApp.user_settings_dir={settings}"]
    command = [sys.executable, "-m", "jupyterlab", *options, *quiet, *folders]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        log = ""
        for line in server.stderr:  # until the server ends, if it never says where it is
            log += line
            if found := re.search(r"http://127\.0\.0\.1:\d+/lab", line):
                break
        assert found, f"JupyterLab did not start:\n{log}"
        # A pipe that nobody empties would hold the server up.
        drain = threading.Thread(target=server.stderr.read, daemon=True)
        drain.start()
        yield found.group()
        server.terminate()
        drain.join()


def test_paint_then_read_then_set(lab, browser):
    """Two clicks reach Python as a tensor; a mask set in Python, and none that is wrong, reaches the grid."""
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    context.set_default_timeout(90_000)
    page = context.new_page()
    page.goto(f"{lab}/tree/paint.ipynb?reset")
    page.locator(".jp-Notebook .jp-Cell").nth(len(CELLS) - 1).wait_for()
    page.locator(".jp-NotebookPanel-toolbar [data-status=idle]").wait_for()  # the kernel is there

    def run(number: int) -> None:
        cell = page.locator(".jp-Notebook .jp-CodeCell").nth(number)
        # Keys that come while the kernel still connects are lost: press again, as a reader would.
        for _ in range(3):
            cell.locator(".cm-content").click()
            page.keyboard.press("Control+Enter")
            try:
                return expect(cell.locator(".jp-InputPrompt")).not_to_have_text("[ ]:", timeout=20_000)
            except AssertionError as error:
                lost = error
        raise lost

    run(0)
    cells = page.locator(".jp-OutputArea [role=gridcell]")
    expect(cells).to_have_count(100, timeout=90_000)
    cells.nth(12).click()
    cells.nth(99).click()
    run(1)
    expect(page.get_by_text("painted 2 at [[1, 2], [9, 9]]")).to_be_visible(timeout=90_000)

    found = page.locator(".jp-OutputArea [role=gridcell][data-outcome=tp]")
    expect(found).to_have_count(1)
    run(2)
    expect(found).to_have_count(20, timeout=90_000)
    run(3)
    expect(page.get_by_text("prediction must hold only 0 and 1")).to_be_visible(timeout=90_000)
    expect(found).to_have_count(20)
    context.close()


FOLDED = ("answer = 1 / 9", "Zeros must become large negative numbers", "How many pixels does the prediction")


def shown_pictures(chapter: str) -> list[str]:
    """The cells of a chapter with a figure or a widget's still, but for those that a question covers."""
    cells = nbformat.read(BOOK / f"{chapter}.ipynb", as_version=4).cells
    uncovered = [cell for cell in cells if not cell["metadata"].get("jupyter", {}).get("outputs_hidden")]
    return [
        cell["id"]
        for cell in uncovered
        for output in cell.get("outputs", [])
        if "image/png" in (data := output.get("data", {})) or "<img" in data.get("text/html", "")
    ]


def test_a_chapter_reads_well_before_its_first_run(lab, browser):
    """Not trusted: a line says Run All; figures and widgets are pictures; hints and solutions are folded."""
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    context.set_default_timeout(90_000)
    page = context.new_page()
    page.goto(f"{lab}/tree/dice.ipynb?reset")
    first = page.locator(".jp-Notebook .jp-MarkdownCell").first
    expect(first).to_contain_text("Run All Cells", timeout=90_000)
    expect(page.locator(".jp-OutputArea").get_by_text("Hint")).to_have_count(
        4, timeout=90_000
    )  # its last cells
    pictures = page.locator(".jp-OutputArea img")
    expect(pictures).to_have_count(len(shown_pictures("dice")))
    for picture in pictures.all():
        assert picture.evaluate("(one) => one.decode().then(() => one.naturalWidth)") > 200
    expect(page.get_by_text("<Picture size")).to_have_count(0)
    expect(page.get_by_text("Solution to").locator("visible=true")).to_have_count(4)
    for folded in FOLDED:
        expect(page.get_by_text(folded).locator("visible=true")).to_have_count(0)
    context.close()


def test_the_list_of_exercises_leads_to_the_chapters_before_the_first_run(lab, browser):
    """Its links are links there, too."""
    context = browser.new_context()
    context.set_default_timeout(90_000)
    page = context.new_page()
    page.goto(f"{lab}/tree/exercises.ipynb?reset")
    page.get_by_role("link", name="What Dice cannot see").click()
    title = page.get_by_role("heading", name="Dice loss: two regions and what they share")
    expect(title).to_be_visible(timeout=90_000)
    context.close()
