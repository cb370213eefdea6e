"""The book as the products of a course read it, and how each of them is written: whole, or not at all.

Every product starts from the notebooks of `_toc.yml`. None has a second copy of a chapter.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


class Refused(ValueError):
    """Something that was asked for cannot be made; the message says what, and what to do."""


def pages() -> list[Path]:
    """The pages of the English book in the order of its table of contents, notebooks and Markdown alike."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    names = [toc["root"], *(page["file"] for part in toc["parts"] for page in part["chapters"])]
    return [source(name) for name in names]


def source(name: str) -> Path:
    """The file of a page: a notebook, or a Markdown file."""
    notebook = ROOT / f"{name}.ipynb"
    return notebook if notebook.exists() else ROOT / f"{name}.md"


def chapters(*names: str) -> list[Path]:
    """The notebooks of these names (`dice`, `bce-dice`, ...), or all in their order.

    Raises:
        Refused: there is no chapter of such a name.
    """
    known = {path.stem: path for path in pages() if path.suffix == ".ipynb"}
    for name in names:
        if name not in known:
            raise Refused(f"chapter must be one of {', '.join(known)}; got {name!r}.")
    return [known[name] for name in names or known]


@contextmanager
def written(target: Path) -> Iterator[Path]:
    """A fresh folder that replaces ``target`` once all is in it; after an error nothing has changed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name}-") as made:
        fresh = Path(made) / target.name
        fresh.mkdir()
        yield fresh
        if target.is_dir():
            shutil.rmtree(target)
        fresh.rename(target)


def command(main: Callable[[], None]) -> None:
    """Run a product's command line: what it refuses is one clear line, and an exit status of 1."""
    try:
        main()
    except Refused as refusal:
        sys.exit(str(refusal))
