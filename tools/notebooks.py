"""Run the book's notebooks and store their outputs so that a second run writes the same bytes.

    python tools/notebooks.py                    every chapter
    python tools/notebooks.py book/dice.ipynb    these

A chapter is edited in Jupyter or any editor, and written by this tool: JupyterLab's own save drops the state
that the widgets of a static page need.
"""

import argparse
import hashlib
import json
from pathlib import Path

import nbformat
from myst_nb.core.render import WIDGET_STATE_MIMETYPE as STATE
from nbclient import NotebookClient
from nbformat import NotebookNode
from numerals import chapters

KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def run(path: Path) -> None:
    """Execute a notebook from its own folder and store it with fresh outputs and widget state.

    Raises:
        nbclient.exceptions.CellExecutionError: a cell failed; the file is left as it was.
    """
    notebook = nbformat.read(path, as_version=4)
    notebook.metadata.pop("widgets", None)
    NotebookClient(
        notebook,
        timeout=600,
        kernel_name="python3",
        record_timing=False,
        store_widget_state=True,
        resources={"metadata": {"path": str(path.parent)}},
    ).execute()
    path.write_text(text(normalised(notebook, name=path.stem)), "utf-8")


def normalised(notebook: NotebookNode, name: str) -> NotebookNode:
    """The same notebook without what changes from run to run: widget ids, Python's patch version, timings.

    Widget ids become a number, from the order in which the widgets were made, and a hash of the notebook's
    name. The number comes first: a file's keys are sorted, and its widgets must keep their places.
    """
    states = notebook.metadata.get("widgets", {}).get(STATE, {}).get("state", {})
    written = json.dumps(notebook)
    for number, old in enumerate(states):
        new = f"{number:08x}{hashlib.sha256(name.encode()).hexdigest()[:24]}"
        written = written.replace(old, new)
    notebook = nbformat.from_dict(json.loads(written))
    notebook.metadata = {
        "kernelspec": KERNEL,
        "language_info": {"name": "python", "pygments_lexer": "ipython3"},
        **({"widgets": notebook.metadata["widgets"]} if states else {}),
    }
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            merge_streams(cell)
    return notebook


def merge_streams(cell: NotebookNode) -> None:
    """Join a stream's neighbouring pieces: how many there are depends on the moment the kernel flushed."""
    merged: list[NotebookNode] = []
    for output in cell.outputs:
        if output.output_type == "stream" and merged and merged[-1].get("name") == output.name:
            merged[-1].text += output.text
        else:
            merged.append(output)
    cell.outputs = merged


def text(notebook: NotebookNode) -> str:
    """A notebook as this project stores it: sorted keys, one space of indent, a final newline."""
    written: str = nbformat.writes(notebook)
    return written + "\n"


def main() -> None:
    """Run the notebooks named on the command line, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, default=chapters())
    for path in parser.parse_args().notebooks:
        print(path)
        run(path)


if __name__ == "__main__":
    main()
