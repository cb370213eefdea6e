"""A page as plain Markdown: what it says, runs and prints; a picture is its description."""

import importlib
import inspect
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
from lesson_plans import filled
from nbformat import NotebookNode

BLOCK = re.compile(r"^```\{eval-rst\}\n(.*?)^```$", re.M | re.S)
DIRECTIVE = re.compile(r"^\.\. (currentmodule|autofunction|autoclass|automodule):: ([\w.]+)$", re.M)
TAG = re.compile(r"<[^>]+>")


def twin(source: Path) -> str:
    """The Markdown of a chapter, or of a page that is Markdown already."""
    if source.suffix != ".ipynb":
        return reference(filled(source.read_text("utf-8"), source))
    cells = nbformat.read(source, as_version=4).cells
    return "\n\n".join(part for cell in cells for part in parts(cell) if part.strip()) + "\n"


# --- chapters ---------------------------------------------------------------------------------------------


def parts(cell: NotebookNode) -> Iterator[str]:
    """A cell's text, or its code and what that printed, without what its tags hide from readers."""
    tags = set(cell.metadata.get("tags", []))
    if "remove-cell" in tags:
        return
    if cell.cell_type == "markdown":
        yield cell.source
        return
    if "remove-input" not in tags:
        yield fenced(cell.source, "python")
    alt = cell.metadata.get("mystnb", {}).get("image", {}).get("alt")
    for output in cell.outputs:
        yield in_words(output, alt)


def in_words(output: NotebookNode, alt: str | None) -> str:
    """An output as text: Markdown as it is, a question as it is asked, a picture by its description."""
    data = output.get("data", {})
    if "text/markdown" in data:
        return str(data["text/markdown"])
    if "image/svg+xml" in data:
        return f"*Picture: {alt or data['text/plain']}*"
    if "text/html" in data:
        return "\n".join(
            line.strip() for line in TAG.sub("\n", data["text/html"]).splitlines() if line.strip()
        )
    return fenced(output.get("text") or data.get("text/plain", ""), "text")


def fenced(text: str, language: str) -> str:
    """Code or printed lines, in a fence."""
    return f"```{language}\n{text.rstrip()}\n```" if text.strip() else ""


# --- the reference ----------------------------------------------------------------------------------------


def reference(page: str) -> str:
    """A page with the docstrings that its directives ask for, each under its name."""
    module, texts = "", []
    for number, part in enumerate(BLOCK.split(page)):
        if number % 2 == 0:  # between the blocks
            texts.append(part.strip())
            continue
        for kind, name in DIRECTIVE.findall(part):
            if kind == "currentmodule":
                module = name
            elif kind == "automodule":
                texts += documented_module(name)
            else:
                place, _, own = name.rpartition(".")
                texts.append(described(name, getattr(importlib.import_module(place or module), own)))
    return "\n\n".join(texts) + "\n"


def documented_module(name: str) -> list[str]:
    """What a module says of itself and of each name that it defines for others."""
    module = importlib.import_module(name)
    return [inspect.getdoc(module) or "", *(described(f"{name}.{m.__name__}", m) for m in public(module))]


def public(module: Any) -> list[Any]:
    """The functions and classes that a module defines for others."""
    members = [member for name, member in vars(module).items() if not name.startswith("_")]
    return [member for member in members if getattr(member, "__module__", None) == module.__name__]


def described(name: str, member: Any) -> str:
    """A name with its arguments, and its docstring."""
    arguments = ", ".join(inspect.signature(member).parameters)
    return f"#### `{name}({arguments})`\n\n{inspect.getdoc(member) or ''}"
