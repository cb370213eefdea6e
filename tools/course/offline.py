"""The book for where there is no network: one HTML file, and the site as a zip for a memory stick.

make offline     _build/offline/seglosses.html and seglosses-site.zip
"""

import argparse
import zipfile
from pathlib import Path

from course.book import ROOT, Refused, command, written
from course.onefile import one_file

SITE = ROOT / "_build/html"
TARGET = ROOT / "_build/offline"
LARGEST = 6_000_000  # bytes that can be sent by mail


def pack(site: Path, target: Path) -> None:
    """The site in a zip, ready to be opened at its ``index.html``, without the sources beside its pages."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for file in sorted(site.rglob("*")):
            inside = file.relative_to(site)
            if file.is_file() and inside.parts[0] != "_sources":
                packed.write(file, Path(target.stem) / inside)


def main() -> None:
    """Write both from the built site."""
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    with written(TARGET) as folder:
        whole = one_file(SITE, "").encode()
        if len(whole) > LARGEST:
            raise Refused(f"the file must have at most {LARGEST:,} bytes; got {len(whole):,}.")
        (folder / "seglosses.html").write_bytes(whole)
        pack(SITE, folder / "seglosses-site.zip")
    print(*sorted(TARGET.iterdir()), sep="\n")


if __name__ == "__main__":
    command(main)
