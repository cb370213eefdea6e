"""A widget's front end as one text: every file once, each with its mark, and no name twice."""

import re
from pathlib import Path

import pytest

from seglosses.widgets.kit import bundle
from seglosses.widgets.kit.bundle import HERE, LANGUAGE, PIECE, module, styles

VIEWS = [
    path.relative_to(HERE).as_posix() for path in sorted(HERE.glob("*/view.js")) if path.parent.name != "kit"
]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch) -> Path:
    """A folder for files of the test's own, in the place of the package's."""
    monkeypatch.setattr(bundle, "HERE", tmp_path)
    (tmp_path / "kit").mkdir()
    (tmp_path / "kit/one.js").write_text("export const one = 1;\n")
    (tmp_path / "room").mkdir()
    return tmp_path


@pytest.mark.parametrize("view", VIEWS)
def test_a_widget_is_self_contained(view):
    """Nothing is left to import, each file is in it once behind its mark, and it exports the widget alone."""
    text = module(view)
    marks = re.findall(r"^/\*! piece: (\S+) \*/$", text, re.M)
    assert marks[-1] == view
    assert len(set(marks)) == len(marks) > 2
    assert re.findall(r"^import .*", text, re.M) == []
    assert len(re.findall(r"^export .*", text, re.M)) == 1


def test_pieces_are_the_files(folder):
    """Joined, they are the whole; a mark is no comment that a file could hold by chance."""
    (folder / "room/view.js").write_text(
        'import { one } from "../kit/one.js";\n// ---- part\nexport default one;\n'
    )
    text = module("room/view.js")
    pieces = [piece for piece in PIECE.split(text) if piece]
    assert pieces == [
        "/*! piece: kit/one.js */\nconst one = 1;\n\n",
        "/*! piece: room/view.js */\n// ---- part\nexport default one;\n",
    ]
    (folder / "a.css").write_text("/* part */ p {}\n")
    looks, own = PIECE.split(styles("a.css"))[1:]
    assert looks.startswith("/*! piece: kit/looks.json */\n.sl-widget { --hue-green: #009e73;")
    assert own == "/*! piece: a.css */\n/* part */ p {}\n"


def test_each_language_is_a_piece(folder):
    """A table of words without the piece of a language is the table of the others."""
    table = "export const STRINGS = {\n  en: {\n    a: {},\n  },\n  zh: {\n    a: {},\n  },\n};\n"
    (folder / "room/words.js").write_text(table)
    pieces = PIECE.split(module("room/words.js"))[1:]
    assert [match and match[1] for match in map(LANGUAGE.match, pieces)] == [None, "en", "zh", None]
    assert "".join(piece.partition("\n")[2] for piece in pieces) == table.removeprefix("export ")
    without = "".join(piece.partition("\n")[2] for piece in pieces if "zh" not in piece.partition("\n")[0])
    assert without == "const STRINGS = {\n  en: {\n    a: {},\n  },\n};\n"


@pytest.mark.parametrize("words", sorted(HERE.glob("*/*words.js")), ids=lambda path: f"{path.parent.name}")
def test_every_table_of_words_comes_apart(words):
    """And one language has no word of another."""
    pieces = PIECE.split(module(words.relative_to(HERE).as_posix()))
    spoken = [match[1] for match in map(LANGUAGE.match, pieces) if match]
    assert spoken[-2:] == ["en", "zh"]
    rest = "".join(piece for piece in pieces if not re.match(r"\S+ piece: \S+ zh ", piece))
    assert re.findall("[\u4e00-\u9fff]", rest) == []


def test_data_is_a_piece_too(folder):
    """What Python reads from a JSON file, a script has under the name that it imports it by."""
    (folder / "kit/looks.json").write_text('{ "edge": 2.5 }\n')
    line = 'import looks from "../kit/looks.json" with { type: "json" };'
    (folder / "room/view.js").write_text(f"{line}\nexport default looks.edge;\n")
    assert '/*! piece: kit/looks.json */\nconst looks = { "edge": 2.5 };' in module("room/view.js")


def test_a_file_that_two_import_stands_once(folder):
    """And in front of both."""
    (folder / "kit/two.js").write_text('import { one } from "./one.js";\nexport const two = one + 1;\n')
    imports = 'import { one } from "../kit/one.js";\nimport {\n  two,\n} from "../kit/two.js";\n'
    (folder / "room/view.js").write_text(f"{imports}export default one + two;\n")
    assert re.findall("piece: (.*) ", module("room/view.js")) == ["kit/one.js", "kit/two.js", "room/view.js"]


@pytest.mark.parametrize(
    "again", ["const one = 2;", "function one() {}", "class one {}", "let [two, one] = [1, 2];"]
)
def test_two_equal_names_are_refused(folder, again):
    """One scope holds them all; the browser would say no more than that the script is broken."""
    (folder / "room/view.js").write_text(f'import {{ one }} from "../kit/one.js";\n{again}\n')
    with pytest.raises(
        ValueError, match=r"must differ; got one in kit/one\.js and room/view\.js\. Hint: rename"
    ):
        module("room/view.js")


def test_a_name_within_a_function_is_its_own(folder):
    """Only the top level is shared."""
    (folder / "room/view.js").write_text(
        'import { one } from "../kit/one.js";\nfunction f() {\n  const one = 2;\n}\n'
    )
    assert "const one = 2;" in module("room/view.js")


@pytest.mark.parametrize(
    "line",
    [
        'import { one as first } from "../kit/one.js";',
        'import * as kit from "../kit/one.js";',
        'import "npm:d3";',
    ],
)
def test_other_imports_are_refused(folder, line):
    """What the bundler cannot follow would be found out on the page only."""
    (folder / "room/view.js").write_text(f"{line}\n")
    with pytest.raises(ValueError, match=r"room/view\.js must import names as they are; got .* Hint: import"):
        module("room/view.js")


def test_a_mark_in_a_file_is_refused(folder):
    """It would split the file where the page joins pieces."""
    (folder / "room/view.js").write_text("/*! piece: mine */\n")
    with pytest.raises(
        ValueError, match=r"room/view\.js must hold no mark of a piece; got .* Hint: the bundler"
    ):
        module("room/view.js")
