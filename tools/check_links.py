"""Do the addresses outside the book still answer? Sphinx's linkcheck, read as a table.

    python tools/check_links.py        every link in the prose and the reference list (`make links`)

It ends with status 1 if an address is gone. A server that refuses programs (403, 429) has told nothing about
the page: those are listed apart, for a person to open. Without a network nothing is known, and it says so.
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
# What a request says that reached no server at all.
UNREACHED = re.compile(
    r"NameResolution|getaddrinfo|ConnectionRefused|Max retries|ProxyError|Unreachable|Connection "
)
REFUSED = re.compile(r"\b(401|403|405|418|429|999)\b")


class Link(NamedTuple):
    """An address outside the book, and what became of it."""

    page: str
    line: int
    address: str
    verdict: str  # alive, refused, unreached, or gone
    said: str  # what the server or the network said


def verdict(record: dict[str, str]) -> str:
    """What linkcheck's record of one address means for a reader."""
    if record["status"] in ("working", "redirected"):
        return "alive"
    if REFUSED.search(record["info"]) or record["status"] == "rate-limited":
        return "refused"
    return "unreached" if record["status"] == "timeout" or UNREACHED.search(record["info"]) else "gone"


def check(command: list[str], out: Path) -> list[Link]:
    """Run a build with the builder linkcheck, and read what it wrote to ``out``."""
    done = subprocess.run(command, capture_output=True, text=True)
    written = out / "output.json"
    if not written.exists():
        sys.exit(f"{done.stdout}{done.stderr}\nThe links could not be checked: the build failed, see above.")
    records = [json.loads(line) for line in written.read_text("utf-8").splitlines()]
    seen = [one for one in records if one["status"] not in ("local", "unchecked", "ignored")]
    return [Link(one["filename"], one["lineno"], one["uri"], verdict(one), one["info"]) for one in seen]


def report(links: list[Link]) -> int:
    """Print what was found, and return the exit status."""
    by = {
        kind: [link for link in links if link.verdict == kind]
        for kind in ("gone", "unreached", "refused", "alive")
    }
    if links and len(by["unreached"]) == len(links):
        print(
            f"No network: none of the {len(links)} addresses could be reached, so nothing is known of them."
        )
        print(f"The first: {links[0].address}: {links[0].said[:200]}")
        return 1
    for kind in ("gone", "unreached", "refused"):
        for link in by[kind]:
            print(f"{kind:9}  {link.page}:{link.line}  {link.address}  {link.said[:120]}")
    print(", ".join(f"{len(found)} {kind}" for kind, found in by.items()))
    return 1 if by["gone"] or by["unreached"] else 0


def main() -> None:
    """Check the book as it stands."""
    with tempfile.TemporaryDirectory() as folder:
        jupyter_book = str(Path(sys.executable).with_name("jupyter-book"))
        command = [jupyter_book, "build", str(ROOT), "--builder", "linkcheck", "--path-output", folder]
        links = check(command, Path(folder) / "_build/html")
    sys.exit(report(links))


if __name__ == "__main__":
    main()
