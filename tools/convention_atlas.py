"""Record what other libraries say of the book's grids, for the chapter on your own training.

In the environment that the first lines of compare_peers.py describe, from the root of the repository::

    peers/bin/python -W ignore tools/convention_atlas.py

It writes book/data/conventions.json, with the date and the versions; ``git diff`` then says what has changed.
"""

import datetime
import json
from importlib.metadata import version
from pathlib import Path

from peers import Loss, as_they_come, options, same_convention

from seglosses.atlas import CASES, Case, Value

RECORD = Path(__file__).parents[1] / "book/data/conventions.json"
PINS = Path(__file__).with_name("compare_peers.txt")


def asked(loss: Loss, case: Case) -> Value:
    """One library's loss of one case, to six decimals."""
    try:
        value = loss(*case)
    except (ValueError, TypeError):
        return "refused"
    return "no mean" if value.ndim else round(value.item(), 6) + 0.0  # + 0: no -0


def main() -> None:
    """Ask every library about every case, and write the record."""
    settings = {"as it comes": as_they_come(), "set alike": same_convention(), "options": options()}
    values = {
        setting: {
            loss: {
                library: {name: asked(function, case) for name, case in CASES.items()}
                for library, function in libraries.items()
            }
            for loss, libraries in losses.items()
        }
        for setting, losses in settings.items()
    }
    packages = [line.partition("==")[0] for line in PINS.read_text().splitlines()[1:]]
    versions = {package: version(package) for package in packages}
    record = {"date": str(datetime.date.today()), "versions": versions, "values": values}
    RECORD.parent.mkdir(exist_ok=True)
    RECORD.write_text(json.dumps(record, indent=1) + "\n")


if __name__ == "__main__":
    main()
