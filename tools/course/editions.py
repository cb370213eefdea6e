"""The English book once more, with other notebooks: how an edition's site is made of its own sources."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

import languages
import nbformat
import yaml
from nbformat import NotebookNode

from course.book import ROOT, Refused, pages, written

BOOK = ROOT / "book"
LINK = re.compile(r"\[([^\]]*)\]\(([^)#\s]+)(?:#[^)\s]*)?\)")

Change = Callable[[NotebookNode, Path], NotebookNode]
"""What an edition makes of a notebook, given its path in the book."""


def make(target: Path, change: Change, left_out: Collection[Path] = ()) -> None:
    """Write an edition: its notebooks in a folder and as a zip, and its site."""
    with written(target) as out:
        book = out / "sources"
        sources(change, left_out, book)
        build(book, out / "site")
        others = shutil.ignore_patterns("_*", "*.md", "*.bib", "*.py")
        shutil.copytree(book / "book", out / "notebooks", ignore=others)
        shutil.rmtree(book)
        shutil.make_archive(str(out / "notebooks"), "zip", out, "notebooks")


def sources(change: Change, left_out: Collection[Path], target: Path) -> None:
    """Write an edition's sources: each notebook changed, all else as it is, without the pages left out."""
    ignored = shutil.ignore_patterns("*.ipynb", "_ext", ".*", *languages.editions())
    shutil.copytree(BOOK, target / "book", ignore=ignored)
    (target / "_config.yml").write_text(configuration(), "utf-8")
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    gone = {page.relative_to(ROOT).with_suffix("").as_posix() for page in left_out}
    for part in toc["parts"]:
        part["chapters"] = [page for page in part["chapters"] if page["file"] not in gone]
    toc["parts"] = [part for part in toc["parts"] if part["chapters"]]
    (target / "_toc.yml").write_text(yaml.safe_dump(toc, allow_unicode=True, sort_keys=False), "utf-8")
    kept = [page for page in pages() if page not in left_out]
    for page in left_out:
        (target / page.relative_to(ROOT)).unlink(missing_ok=True)
    for folder in {page.parent for page in left_out} - {page.parent for page in kept}:
        shutil.rmtree(target / folder.relative_to(ROOT))  # with what stood beside its pages
    for page in kept:
        copy = target / page.relative_to(ROOT)
        if page.suffix == ".ipynb":
            write(without_links(change(nbformat.read(page, as_version=4), page), page, left_out), copy)
        else:
            copy.write_text(unlinked(page.read_text("utf-8"), page, left_out), "utf-8")


def configuration() -> str:
    """The book's configuration: its extensions where they stand, and no pages in other languages."""
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    sphinx = config["sphinx"]
    sphinx["local_extensions"] = {name: str(ROOT / path) for name, path in sphinx["local_extensions"].items()}
    sphinx["config"]["editions"] = []  # they would be built from the book itself, with all answers
    said: str = yaml.safe_dump(config, allow_unicode=True, sort_keys=False)
    return said


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook as this project stores it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(nbformat.writes(notebook) + "\n", "utf-8")


def without_links(notebook: NotebookNode, page: Path, gone: Iterable[Path]) -> NotebookNode:
    """The notebook with plain words where its prose leads to a page that is gone."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = unlinked(cell.source, page, gone)
    return notebook


def unlinked(text: str, page: Path, gone: Iterable[Path]) -> str:
    """A page's text with plain words for its links to pages that are gone."""
    targets = {path.resolve() for path in gone}

    def words(link: re.Match[str]) -> str:
        return link[1] if (page.parent / link[2]).resolve() in targets else link[0]

    return LINK.sub(words, text)


def build(book: Path, target: Path) -> None:
    """Build the site of an edition's sources, as `make site` does the book's.

    It names no repository: a button that starts a chapter in the cloud would start the book's.

    Raises:
        Refused: the build fails, or warns.
    """
    jupyter_book = Path(sys.executable).with_name("jupyter-book")
    environment = {name: value for name, value in os.environ.items() if name != "BOOK_REPOSITORY"}
    with tempfile.TemporaryDirectory() as out:
        command = [str(jupyter_book), "build", str(book), "-n", "-W", "--keep-going", "--path-output", out]
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
        if done.returncode != 0:
            raise Refused(f"the site could not be built:\n{done.stdout[-2000:]}\n{done.stderr[-3000:]}")
        shutil.move(Path(out) / "_build/html", target)
