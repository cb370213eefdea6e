"""A widget's front end as one text: its file and the files that it imports, one after the other.

A page loads the front end from text, where ``import "../kit/losses.js"`` has no folder to look in. The files
share one scope there, so no two of them may use the same name at their top level. Each file is a piece with a
mark in front of it, so that a page with several widgets can hold a common piece once. Each language of a
table of words is a piece as well, so that a page can do with its own.
"""

import re
from pathlib import Path

from seglosses.widgets.kit.looks import style_sheet

HERE = Path(__file__).parents[1]
PIECE = re.compile(r"^(?=/\*! piece: )", re.M)
"""Where a piece begins: the texts between are the pieces, and joined they are the whole again."""
LANGUAGE = re.compile(r"/\*! piece: \S+ (\w\w) \*/")
"""What a piece begins with that holds the words of one language, of which a script needs one alone."""

_IMPORT = re.compile(r'^import \{([^}]*)\} from "(\.[\w./]+)";\n', re.M)
_DATA = re.compile(r'^import (\w+) from "(\.[\w./]+\.json)" with \{ type: "json" \};\n', re.M)
_EXPORT = re.compile(r"^export (?=const|function|class)", re.M)
# deno fmt puts all that is at the top level, and nothing else, at the start of a line.
_NAME = re.compile(
    r"^(?:export )?(?:const|let|var|class|(?:async )?function\*?) (\w+|[\[{][^=]*[\]}] =)", re.M
)

# And so it sets the entries of a table of words, and its end.
_WORDS = re.compile(r"^(?:  (\w\w): \{|\};)$", re.M)


def module(name: str) -> str:
    """One self-contained ES module: the file ``name`` of this folder, behind the files it imports, each once.

    Raises:
        ValueError: two files use one name, or a file imports in a way that cannot be followed here.
    """
    pieces: dict[Path, str] = {}
    owners: dict[str, Path] = {}

    def add_data(name: str, path: Path) -> None:
        own(name, path)
        pieces[path] = _piece(path, f"const {name} = {path.read_text('utf-8').strip()};\n")

    def own(name: str, path: Path) -> None:
        if owners.setdefault(name, path) != path:
            both = f"{_said(owners[name])} and {_said(path)}"
            hint = "Hint: rename one; the files of a widget share one scope on the page."
            raise ValueError(f"names at the top level must differ; got {name} in {both}. {hint}")

    def add(path: Path) -> None:
        if path in pieces:
            return
        text = path.read_text("utf-8")
        for name, data in _DATA.findall(text):
            add_data(name, (path.parent / data).resolve())
        for _, imported in _IMPORT.findall(text):
            add((path.parent / imported).resolve())
        for declared in _names(text):
            own(declared, path)
        whole = _piece(path, _EXPORT.sub("", _without_imports(path, text)))
        pieces[path] = _by_language(path, whole) if path.stem.endswith("words") else whole

    add((HERE / name).resolve())
    return "\n".join(pieces.values())


def styles(*names: str) -> str:
    """The widgets' looks and the style sheets ``names`` of this folder in one text, in this order."""
    looks = f"/*! piece: kit/looks.json */\n{style_sheet()}"
    return "\n".join([looks, *(_piece(HERE / name, (HERE / name).read_text("utf-8")) for name in names)])


def _piece(path: Path, text: str) -> str:
    if PIECE.search(text):
        hint = "Hint: the bundler writes this mark itself, in front of each file."
        raise ValueError(f"{_said(path)} must hold no mark of a piece; got '/*! piece: '. {hint}")
    return f"/*! piece: {_said(path)} */\n{text}"


def _by_language(path: Path, table: str) -> str:
    return _WORDS.sub(lambda line: f"/*! piece: {_said(path)} {line[1] or 'end'} */\n{line[0]}", table)


def _without_imports(path: Path, text: str) -> str:
    rest = _DATA.sub("", _IMPORT.sub("", text))
    renamed = [names for names, _ in _IMPORT.findall(text) if " as " in names]
    other = re.findall(r"^import .*", rest, re.M) + renamed
    if other:
        hint = 'Hint: import { name } from "./file.js" is what the bundler can follow.'
        raise ValueError(f"{_said(path)} must import names as they are; got {other[0].strip()!r}. {hint}")
    return rest


def _names(text: str) -> set[str]:
    """What a file declares at its top level."""
    return {name for found in _NAME.findall(text) for name in re.findall(r"\w+", found)}


def _said(path: Path) -> str:
    return path.relative_to(HERE).as_posix() if path.is_relative_to(HERE) else path.name
