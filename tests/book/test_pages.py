"""What holds for every chapter's notebook, whoever reads it and however."""

import ast
import builtins
import json
import re
from pathlib import Path

import pytest
from numerals import originals

BOOK = Path(__file__).parents[2] / "book"
chapters = pytest.mark.parametrize("path", originals(), ids=lambda path: str(path.relative_to(BOOK)))


def cells(path, kind):
    """The cells of one kind, each with its source as one string."""
    notebook = json.loads(path.read_text("utf-8"))
    return [c | {"source": "".join(c["source"])} for c in notebook["cells"] if c["cell_type"] == kind]


@chapters
def test_cell_ids_are_readable_and_belong_to_the_chapter(path):
    """Links, translations and number tests hold on to them, so they say what they are and never change."""
    for cell in cells(path, "markdown") + cells(path, "code"):
        assert re.fullmatch(path.stem.replace("_", "-") + r"(-[a-z0-9]+)+", cell["id"])


@chapters
def test_a_page_has_one_title(path):
    """The first cell of the site opens with it; everything below is a section."""
    _, first, *rest = cells(path, "markdown")
    assert first["source"].startswith("# ")
    assert not [cell["id"] for cell in rest if re.match(r"# ", cell["source"])]


@chapters
def test_the_first_line_says_run_all_in_jupyter_alone(path):
    """Before the first run there a page has no figures and no widgets; on the site it has them all."""
    first = json.loads(path.read_text("utf-8"))["cells"][0]
    assert "Run All" in "".join(first["source"])
    assert "remove-cell" in first["metadata"]["tags"]


@chapters
def test_pictures_have_alt_texts_and_are_light(path):
    """A reader who cannot see a picture is told what it shows; 60 kB is the most that one may weigh."""
    for cell in cells(path, "code"):
        for output in cell["outputs"]:
            for kind, data in output.get("data", {}).items():
                if kind.startswith("image/"):
                    alt = cell["metadata"].get("mystnb", {}).get("image", {}).get("alt", "")
                    assert len(alt) > 20, f"{cell['id']}: metadata mystnb.image.alt says what it shows"
                    assert len("".join(data)) < 60_000, cell["id"]


@chapters
def test_each_output_has_a_form_that_jupyter_shows_before_the_first_run(path):
    """Neither a drawing in SVG nor a live widget is shown until the reader trusts the notebook or runs it."""
    for cell in cells(path, "code"):
        for output in cell["outputs"]:
            kinds = output.get("data", {}).keys()
            if kinds & {"image/svg+xml", "application/vnd.jupyter.widget-view+json"}:
                assert kinds & {"image/png", "text/html"}, cell["id"]


@chapters
def test_pages_call_the_package_and_define_nothing(path):
    """A function that a page needs is tested code of the package; the reader's own are the exception.

    So are the five lines with which a chapter's code begins: they are there to be typed.
    """
    for cell in cells(path, "code"):
        assert cell["id"] == f"{path.stem}-five-lines" or not re.search(
            r"^\s*(def|class) ", cell["source"], re.MULTILINE
        ), cell["id"]


@chapters
def test_a_chapter_that_the_prose_names_exists(path):
    """Whoever is sent to "the BCE chapter" or "the chapter on choosing" finds such a page, or a link."""
    for cell in cells(path, "markdown"):
        named = re.findall(r"\b[Tt]he (\w+) (?:loss )?chapter\b|\bchapter on (\w+)", cell["source"])
        for word in (before or after for before, after in named):
            assert word == "next" or (BOOK / f"{word.lower()}.ipynb").exists(), f"{cell['id']}: {word!r}?"


WHOLE = {
    "A quarter of an hour": 15,
    "Three quarters of an hour": 45,
    "Fifty minutes": 50,
    "Fifty-five minutes": 55,
    "An hour": 60,
    "An hour and ten minutes": 70,
    "An hour and twenty minutes": 80,
    "Twenty minutes": 20,
}
COUNTS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"


@pytest.mark.parametrize("path", sorted(BOOK.glob("*.ipynb")), ids=lambda path: path.stem)
def test_the_minutes_of_the_sections_add_up(path):
    """Each section says how long it takes, and all but the exercises take what the title promises."""
    text = "\n\n".join(cell["source"] for cell in cells(path, "markdown"))
    promised = re.search(r"^\*([^,.]*?)(?: to read| for those on this page)?[,.]", text, re.MULTILINE)[1]
    total = 0
    for title, line in re.findall(r"^## (.+)\n\n(.*)", text, re.MULTILINE):
        if title not in ("What to remember", "Exercises"):
            minutes = re.match(r"\*(?:(A quarter of an hour)|(\w+) minutes?)\b", line)
            assert minutes, f"{title}: {line}"
            total += 15 if minutes[1] else COUNTS.split().index(minutes[2].lower())
    assert abs(total - WHOLE[promised]) <= 5, f"{total} minutes"


@chapters
def test_what_a_reader_can_copy_runs(path):
    """The code that the site shows takes no name from a cell that it leaves out."""
    known = set(dir(builtins))
    for cell in cells(path, "code"):
        if {"remove-input", "remove-cell"} & set(cell["metadata"].get("tags", [])):
            continue
        tree = ast.parse(re.sub(r"(?m)^%.*", "", cell["source"]))
        own = set(bound(tree))
        read = {one.id for one in ast.walk(tree) if isinstance(one, ast.Name)}
        assert read <= known | own, f"{cell['id']}: {sorted(read - known - own)}"
        known |= own


def bound(tree):
    """Each name that a cell gives a meaning to."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.FunctionDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.ExceptHandler):
            yield node.name


@chapters
def test_the_code_of_a_picture_folds(path):
    """The picture comes first, and its code is one line until a reader opens it; other code is open."""
    for cell in cells(path, "code"):
        draws = bool(re.search(r"\bpicture\(", cell["source"]))
        assert ("hide-input" in cell["metadata"].get("tags", [])) == draws, cell["id"]
