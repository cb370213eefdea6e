"""Printing: a page as PDF, on A4 and on letter, with page numbers at its foot."""

import re
from collections.abc import Mapping
from html import escape
from pathlib import Path

from playwright.sync_api import PdfMargins

from course.browser import opened

SIZES = {"a4": "A4", "letter": "Letter"}
MARGINS: PdfMargins = {"top": "14mm", "bottom": "15mm", "left": "18mm", "right": "18mm"}
FOOT = (
    '<div style="width:100%;margin:0 18mm;font:8pt serif;display:flex;justify-content:space-between">'
    "<span>{title}</span>"
    '<span><span class="pageNumber"></span> / <span class="totalPages"></span></span></div>'
)
# What a sheet looks like that is written on by hand: black on white, nothing torn at the end of a page.
STYLE = """
html { font: 10.5pt/1.4 KaTeX_Main, serif; color: #000; background: #fff; }
body { margin: 0; }
h1 { font-size: 16pt; margin: 0 0 4mm; font-weight: 700; }
h2 { font-size: 11.5pt; margin: 0 0 1.5mm; font-weight: 700; break-after: avoid; }
p { margin: 0 0 2mm; }
svg { display: block; font-family: KaTeX_Main, sans-serif; }
.katex { font-size: 1.05em; }
.whole { break-inside: avoid; }
.grids { display: flex; flex-wrap: wrap; gap: 4mm 10mm; margin: 2mm 0; }
.grids figure { margin: 0; }
.grids svg { width: 58mm; height: auto; }
figcaption { font-size: 9pt; margin-top: 1mm; }
table { border-collapse: collapse; margin: 2mm 0; }
th, td { border: 0.5pt solid #000; padding: 1mm 2.5mm; text-align: left; font-weight: 400; }
th { background: #eee; }
"""
# Chromium writes when a file was made; a paper is the same whenever it is made.
_MADE = re.compile(rb"/(CreationDate|ModDate) \(D:\d{14}")


def printed(papers: Mapping[str, tuple[str, str]], folder: Path) -> None:
    """Print pages into a folder, each in both sizes.

    Args:
        papers: by the name of the file, what stands at the foot of each page, and the page as HTML.
        folder: where ``<name>-a4.pdf`` and ``<name>-letter.pdf`` go.

    Raises:
        Refused: there is no browser to print with.
    """
    with opened() as browser:
        page = browser.new_page()
        for name, (title, text) in papers.items():
            page.set_content(text)
            page.evaluate("document.fonts.ready")
            for size, size_name in SIZES.items():
                made = page.pdf(
                    format=size_name,
                    margin=MARGINS,
                    display_header_footer=True,
                    header_template="<span></span>",
                    footer_template=FOOT.format(title=escape(title)),
                    print_background=True,
                    tagged=True,
                )
                (folder / f"{name}-{size}.pdf").write_bytes(_undated(made))


def _undated(pdf: bytes) -> bytes:
    return _MADE.sub(lambda found: b"/" + found[1] + b" (D:20000101000000", pdf)
