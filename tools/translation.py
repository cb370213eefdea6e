"""Keep the other editions of the book in step with the English one.

    python tools/translation.py sync zh       bring book/zh up to the English pages: new cells, code copied
    python tools/translation.py check zh      say what is stale, missing, or changed where no word is
    python tools/translation.py status zh     a table to work from
    python tools/translation.py stamp zh book/dice.ipynb [CELL ...]    these are translated, as English stands

An edition is a folder of book/ named by its language code. It has the same pages under the same names, in the
same pieces: the cells of a notebook, by their ids; the sections of a Markdown page, in their order. What a
piece translates is noted beside it, as a hash of the English piece, so that a change of English shows.
"""

import argparse
import hashlib
import json
import re
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from languages import CODE, editions
from numerals import ANY_ORDER, ROOT, asked, numerals, prose
from translated import code_drift, drift, faults, literals

HEADING = re.compile(r"#{1,2} ")
COMMENT = re.compile(r"#[ ][^\n]*[A-Za-z]{2} ")  # of several words
LABEL = re.compile(r"\([\w-]+\)=\n")
STAMP = re.compile(r"<!-- translates (\w+) -->\n")


@dataclass
class Piece:
    """A cell or a section: what it says, and which English text it says it of."""

    name: str
    text: str
    kind: str = "markdown"
    alt: str = ""
    translates: str = ""
    tags: list[str] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)

    def hash(self) -> str:
        """A short name for what this piece says."""
        return hashlib.sha256(f"{self.text.strip()}\n{self.alt}".encode()).hexdigest()[:12]

    def words(self) -> bool:
        """Whether there is anything to translate: prose, or words that code shows."""
        if self.kind == "markdown":
            return bool(re.search(r"[^\W\d_]{2}", prose(self.text)))
        return bool(self.alt or COMMENT.search(self.text)) or any(map(spoken, literals(self.text)))


def spoken(literal: str) -> bool:
    """Whether a string of code reads as words: several of them, and no name or path."""
    return bool(re.search(r"[A-Za-z]{2,}[,.]?[ ]+[\w({]|\w[.?!]$", literal))


# --- pages ------------------------------------------------------------------------------------------------


def pages() -> list[Path]:
    """The English pages, by their paths from the root."""
    book = ROOT / "book"
    found = [path for kind in ("ipynb", "md") for path in book.rglob(f"*.{kind}")]
    english = [path for path in found if not {".ipynb_checkpoints", *editions()} & set(path.parts)]
    return [Path("README.md"), *sorted(path.relative_to(ROOT) for path in english)]


def translation(page: Path, language: str) -> Path:
    """Where the translation of a page stands."""
    if page.parts[0] == "book":
        return ROOT / "book" / language / page.relative_to("book")
    return ROOT / f"{page.stem}.{language}{page.suffix}"


def pieces(path: Path) -> list[Piece]:
    """What a page is made of."""
    if path.suffix == ".ipynb":
        return [cell_piece(cell) for cell in json.loads(path.read_text("utf-8"))["cells"]]
    return sections(path.read_text("utf-8"))


def cell_piece(cell: dict[str, Any]) -> Piece:
    """A notebook's cell."""
    metadata = json.loads(json.dumps(cell["metadata"]))
    alt = metadata.get("mystnb", {}).get("image", {}).pop("alt", "")
    stamp = metadata.pop("translates", "")
    source = "".join(cell["source"])
    return Piece(cell["id"], source, cell["cell_type"], alt, stamp, metadata.get("tags", []), metadata)


def sections(text: str) -> list[Piece]:
    """The sections of a Markdown page: each begins at a heading, or at the label or stamp above it."""
    found: list[Piece] = []
    fence = stamp = before = ""
    for line in text.splitlines(keepends=True):
        mark = re.match(r"\s*(`{3,}|:{3,})", line)
        if mark and not fence:
            fence = mark[1]
        elif mark and line.strip() == fence:
            fence = ""
        if found_stamp := STAMP.match(line):
            stamp = found_stamp[1]
            continue
        begins = LABEL.match(line) or (HEADING.match(line) and not LABEL.match(before))
        if not found or (not fence and (stamp or begins)):
            found.append(Piece(f"section {len(found) + 1}", "", translates=stamp))
            stamp = ""
        found[-1].text += line
        before = line
    return found


# --- check ------------------------------------------------------------------------------------------------


def complaints(page: Path, language: str) -> list[str]:
    """What is not in step between an English page and its translation, each with its place."""
    other = translation(page, language)
    if not other.exists():
        return [f"{other.relative_to(ROOT)}: there is no translation"]
    english, translated = pieces(ROOT / page), pieces(other)
    names, new_names = [one.name for one in english], [one.name for one in translated]
    if names != new_names:
        missing = [name for name in names if name not in new_names]
        extra = [name for name in new_names if name not in names]
        order = "" if missing or extra else ", another order"
        return [f"{other.relative_to(ROOT)}: missing {missing}, extra {extra}{order}"]
    found = [
        f"{other.relative_to(ROOT)}, {theirs.name}: {complaint}"
        for ours, theirs in zip(english, translated, strict=True)
        for complaint in out_of_step(ours, theirs)
    ]
    return found + [f"{other.relative_to(ROOT)}: {complaint}" for complaint in two_words(english, translated)]


def out_of_step(ours: Piece, theirs: Piece) -> list[str]:
    """What is not in step between two pieces."""
    if ours.kind != theirs.kind:
        return [f"is {theirs.kind}, in English {ours.kind}"]
    plain = {key: value for key, value in theirs.metadata.items() if key != "tags"}
    tags = [tag for tag in theirs.tags if tag != ANY_ORDER]
    if plain != {key: value for key, value in ours.metadata.items() if key != "tags"} or tags != ours.tags:
        return ["its metadata differ"]
    if not ours.words() and ours.text == theirs.text:
        return []
    if not theirs.translates:
        return ["is not translated"]
    if theirs.translates != ours.hash():
        return ["is stale: English has changed since"]
    any_order = ANY_ORDER in theirs.tags
    if ours.kind == "markdown":
        return drift(ours.text, theirs.text, any_order=any_order) + faults(theirs.text)
    found = code_drift(ours.text, theirs.text) + drift(ours.alt, theirs.alt, any_order=any_order)
    said, expected = numerals(asked(theirs.text)), numerals(asked(ours.text))
    if (sorted(said) if any_order else said) != (sorted(expected) if any_order else expected):
        found.append(f"numerals: {said}, in English {expected}")
    return found + [fault for text in [theirs.alt, *literals(theirs.text)] for fault in faults(text)]


def two_words(english: list[Piece], translated: list[Piece]) -> list[str]:
    """The strings of a page's code that have two translations: one may be the key of what another names."""
    chosen: dict[str, set[str]] = {}
    for ours, theirs in zip(english, translated, strict=True):
        if ours.kind != "markdown" and not code_drift(ours.text, theirs.text):
            for word, new in zip(literals(ours.text), literals(theirs.text), strict=True):
                chosen.setdefault(word, set()).add(new)
    return [f"code: {word!r} is {sorted(new)}" for word, new in chosen.items() if len(new) > 1]


# --- sync, stamp, status ----------------------------------------------------------------------------------


def synced(page: Path, language: str) -> str:
    """The translation of a page, brought up to its English: what is new is in English, without a stamp."""
    other = translation(page, language)
    old = {piece.name: piece for piece in pieces(other)} if other.exists() else {}
    if page.suffix == ".md":
        return "".join(marked(old.get(piece.name, piece)) for piece in pieces(ROOT / page))
    notebook = json.loads((ROOT / page).read_text("utf-8"))
    notebook["metadata"].pop("widgets", None)
    for cell in notebook["cells"]:
        ours = cell_piece(cell)
        if cell["cell_type"] == "code":
            cell["outputs"], cell["execution_count"] = [], None
        if (theirs := old.get(ours.name)) and ours.words() and theirs.kind == ours.kind:
            rewrite(cell, theirs)
    return text(notebook)


def rewrite(cell: dict[str, Any], piece: Piece) -> None:
    """Let a cell say what a translated piece says."""
    cell["source"] = piece.text.splitlines(keepends=True)
    if piece.alt:
        cell["metadata"].setdefault("mystnb", {}).setdefault("image", {})["alt"] = piece.alt
    if piece.translates:
        cell["metadata"]["translates"] = piece.translates
    if ANY_ORDER in piece.tags:
        cell["metadata"].setdefault("tags", []).append(ANY_ORDER)


def marked(piece: Piece) -> str:
    """A section with its stamp above it."""
    return f"<!-- translates {piece.translates} -->\n{piece.text}" if piece.translates else piece.text


def stamp(page: Path, language: str, names: list[str]) -> None:
    """Note of these pieces, or of all, that they translate the English as it stands.

    Raises:
        ValueError: the page has no such piece.
    """
    other = translation(page, language)
    english = {piece.name: piece for piece in pieces(ROOT / page)}
    if unknown := [name for name in names if name not in english]:
        raise ValueError(f"cell must be one of {', '.join(english)}; got {', '.join(unknown)}.")
    now = {
        name: piece.hash() for name, piece in english.items() if piece.words() and name in (names or english)
    }
    if page.suffix == ".md":
        found = pieces(other)
        for piece in found:
            piece.translates = now.get(piece.name, piece.translates)
        other.write_text("".join(map(marked, found)), "utf-8")
        return
    notebook = json.loads(other.read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["id"] in now:
            cell["metadata"]["translates"] = now[cell["id"]]
    other.write_text(text(notebook), "utf-8")


def text(notebook: dict[str, Any]) -> str:
    """A notebook as this project stores it."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def status(language: str) -> str:
    """A table: for each page its pieces with words, how many are translated, and how many are stale."""
    rows = [f"{'page':34}{'pieces':>8}{'done':>8}{'stale':>8}"]
    for page in pages():
        english = [piece for piece in pieces(ROOT / page) if piece.words()]
        other = translation(page, language)
        stamps = {piece.name: piece.translates for piece in pieces(other)} if other.exists() else {}
        done = sum(stamps.get(piece.name) == piece.hash() for piece in english)
        stale = sum(bool(stamps.get(piece.name)) for piece in english) - done
        rows.append(f"{str(page).removeprefix('book/'):34}{len(english):8}{done:8}{stale:8}")
    return "\n".join(rows)


def sync(language: str) -> None:
    """Bring every page of an edition up to the English one."""
    for page in pages():
        other = translation(page, language)
        if other.exists() and not complaints(page, language):
            continue  # with its outputs, as it stands
        other.parent.mkdir(parents=True, exist_ok=True)
        other.write_text(synced(page, language), "utf-8")


def main() -> None:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("command", choices=["sync", "check", "status", "stamp"])
    parser.add_argument("language", help="the code of a language, as its folder in book/ is named")
    parser.add_argument(
        "page", nargs="?", type=Path, help="for stamp: an English page, such as book/dice.ipynb"
    )
    parser.add_argument("cell", nargs="*", help="for stamp: ids of cells; none for all")
    given = parser.parse_args()
    if not CODE.fullmatch(given.language):
        parser.error(f"language must be a code of two letters, such as zh; got {given.language!r}.")
    if given.command == "sync":
        sync(given.language)
    elif given.command == "status":
        print(status(given.language))
    elif given.command == "stamp":
        if given.page not in pages():
            parser.error(f"page must be an English page, such as book/dice.ipynb; got {given.page}.")
        stamp(given.page, given.language, given.cell)
    elif found := [complaint for page in pages() for complaint in complaints(page, given.language)]:
        sys.exit("\n".join(found))


if __name__ == "__main__":
    main()
