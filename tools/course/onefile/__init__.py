"""The built site as one HTML file: each page's text, the widgets' state once, styles, scripts, fonts within.

Each page keeps the addresses of its parts, behind its own name: ``dice.html#the-formula`` becomes
``#dice--the-formula``. ``paged.js`` shows one page at a time; without scripts, and on paper, all stand one
after the other.
"""

import base64
import json
import mimetypes
import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from course.book import ROOT, Refused, pages

HERE = Path(__file__).parent
STATE = "application/vnd.jupyter.widget-state+json"

ARTICLE = re.compile(r'<article class="bd-article">(.*)</article>', re.S)
STORED = re.compile(rf'<script type="{re.escape(STATE)}">(.*?)</script>', re.S)
ID = re.compile(r'( (?:id|for|aria-labelledby|aria-describedby|aria-controls|headers)=")([^"]+)(?=")')
OWN = re.compile(r"(url\(#)([^)]+)(?=\))")
LINK = re.compile(r' href="([^"]*)"')
PICTURE = re.compile(r'( src=")([^"]*)(?=")')
FRAME = re.compile(r"<iframe.*?</iframe>", re.S)  # a frame shows a file, and there is no other
STYLE = re.compile(r'<link [^>]*rel="stylesheet"[^>]*>')
SCRIPT = re.compile(r'<script([^>]*) src="([^"]+)"([^>]*)></script>')
IMPORT = re.compile(r'@import "([^"]+)";')
PRELOAD = re.compile(r'<link [^>]*(?:rel="(?:preload|index|search|next|prev|alternate|icon)")[^>]*>\s*')
HREF = re.compile(r'href="([^"?]+)')
URL = re.compile(r"""url\(["']?([^"')]+)["']?\)""")
FACE = re.compile(r"@font-face\s*\{[^}]*\}")
WORD = re.compile(r'<span class="pre">([^<]*)</span>')  # keeps a word of code whole, which styles do here
ENTRY = re.compile(r'<li class="toctree-l1"><a class="reference internal">.*?</li>', re.S)
MORE = re.compile(r"globalThis\.livePieces = (.*);", re.S)
# Before any text comes: what is not shown need not be laid out.
PAGED = 'document.documentElement.setAttribute("data-paged", "")'
# A reference of functions is for who has the package, and so its docstrings.
LEFT_OUT = ("api",)
# Alphabets of KaTeX, and sets of icons, of which no page has a letter.
NO_FONTS = re.compile("fa-(?:brands|regular)|KaTeX_(?:Caligraphic|Fraktur|SansSerif|Script|Typewriter)")


@cache
def names() -> tuple[str, ...]:
    """The name of each page in the file: that of its source, without the folder of the book."""
    found = (path.relative_to(ROOT / "book").with_suffix("").as_posix() for path in pages())
    return tuple(name for name in found if name not in LEFT_OUT)


def one_file(site: Path, style: str) -> str:
    """The whole book as one HTML text.

    Args:
        site: the folder of the built site.
        style: rules of its own, behind the site's.

    Raises:
        Refused: a page is not there, or leads to a place that is not there.
    """
    found = {name: page(site, name) for name in names()}
    parts = [
        f'<div class="page" id="{at(name)}">{article(site, name, html)}</div>' for name, html in found.items()
    ]
    first = next(iter(found))
    text_here, state_here = "<!-- text -->", "<!-- state -->"
    shell = STORED.sub(state_here, ARTICLE.sub(text_here, found[first]))
    shell = PRELOAD.sub("", shell).replace(' href="#main-content"', ' href="#"')
    shell = ENTRY.sub("", links(shell, first))
    shell = STYLE.sub(lambda match: f"<style>{styles(site, match[0])}</style>", shell)
    own = (HERE / "paged.css").read_text("utf-8") + style
    shell = shell.replace("</head>", f"<style>{own}</style><script>{PAGED}</script></head>", 1)
    later: list[str] = []
    shell = SCRIPT.sub(lambda match: script(site, match, later), shell)
    paged = (HERE / "paged.js").read_text("utf-8")
    whole = shell.replace("</body>", f"<script>{paged}</script>{''.join(later)}</body>", 1)
    whole = whole.replace(text_here, f'<article class="bd-article">{"".join(parts)}</article>', 1)
    whole = whole.replace(state_here, f'<script type="{STATE}">{merged(site, found)}</script>', 1)
    check(whole)
    return whole


def page(site: Path, name: str) -> str:
    """The HTML of a page as it was built."""
    path = site / "book" / f"{name}.html"
    if not path.exists():
        raise Refused(f"the site must be built; got no {path}. Hint: make site.")
    return path.read_text("utf-8")


def at(name: str, part: str = "") -> str:
    """The address of a page in the file, or of a part of it."""
    own = name.replace("/", "-")
    return f"{own}--{part}" if part else own


# --- text --------------------------------------------------------------------------------------------------


def article(site: Path, name: str, html: str) -> str:
    """What a page says, with addresses that are its own in the whole file."""
    found = ARTICLE.search(html)
    assert found, name  # every page of the theme has one
    inner = WORD.sub(r"\1", FRAME.sub("", found[1]))
    inner = ID.sub(lambda match: match[1] + " ".join(at(name, part) for part in match[2].split()), inner)
    inner = OWN.sub(lambda match: match[1] + at(name, match[2]), inner)
    inner = PICTURE.sub(lambda match: match[1] + data(site / "book" / name, match[2]), inner)
    return links(inner, name)


def links(html: str, name: str) -> str:
    """Lead what leads to another page, or to a part of one, to its place in the file."""
    return LINK.sub(lambda match: to(match[1], name), html)


def to(address: str, name: str) -> str:
    """An address on a page of this name, as an attribute in the file; nothing where it is left out."""
    target, _, part = unescape(address).partition("#")
    if re.match(r"[a-z]+:", target) or ".css" in target:
        return f' href="{address}"'
    own = Path("/", name).parent.joinpath(target).resolve() if target else Path("/", f"{name}.html")
    place = own.relative_to("/").with_suffix("").as_posix()
    if own.suffix != ".html" or place not in names():
        return ""
    return f' href="#{part if "=" in part else at(place, part)}"'  # a widget's state begins with its name


# --- widgets -----------------------------------------------------------------------------------------------


def merged(site: Path, found: dict[str, str]) -> str:
    """The state of all widgets, and each piece of their scripts and styles once, none in a file."""
    whole: dict[str, Any] = {}
    pieces: dict[str, int] = {}
    for html in found.values():
        for stored in STORED.findall(html):
            state = json.loads(stored)
            own = state["pieces"] + [text for _, file in state["more"] for text in more(site, file)]
            places = [pieces.setdefault(text, len(pieces)) for text in own]
            for record in state["state"].values():
                for part in ("_esm", "_css"):
                    if part in record["state"]:
                        record["state"][part] = [moved(one, places) for one in record["state"][part]]
            whole = {**state, "state": whole.get("state", {}) | state["state"]}
    return json.dumps({**whole, "pieces": list(pieces), "more": []}).replace("</", "<\\/")


def moved(one: int | dict[str, int], places: list[int]) -> int | dict[str, int]:
    """Where a piece of a page stands among all; words are one piece, with a place for each language."""
    if isinstance(one, int):
        return places[one]
    return {language: places[place] for language, place in one.items()}


def more(site: Path, name: str) -> list[str]:
    """The pieces of a file that a page loads only for who needs them."""
    found = MORE.search((site / "_static" / name).read_text("utf-8"))
    assert found, name
    pieces: list[str] = json.loads(found[1])
    return pieces


# --- styles, scripts, pictures -----------------------------------------------------------------------------


def script(site: Path, asked: re.Match[str], later: list[str]) -> str:
    """A script in its place, or at the end of the file if it is one that waits for the text."""
    own = re.sub(r' (?:async|defer)(?:="[^"]*")?', "", asked[1] + asked[3])
    said = local(site / "book", asked[2]).read_text("utf-8").replace("</script", "<\\/script")
    whole = f"<script{own}>{said}</script>"
    if own == asked[1] + asked[3]:
        return whole
    later.append(whole)
    return ""


def local(folder: Path, address: str) -> Path:
    """The file that an address means in a folder."""
    return (folder / address.split("?")[0].split("#")[0]).resolve()


def styles(site: Path, link: str) -> str:
    """A style sheet with the fonts and pictures that it names, of each font the one format that all read."""
    address = HREF.search(link)
    assert address, link
    return rules(local(site / "book", address[1]))


def rules(file: Path) -> str:
    """What a style sheet says, and those that it begins with."""
    said = IMPORT.sub(lambda match: rules(local(file.parent, match[1])), file.read_text("utf-8"))
    said = FACE.sub(lambda match: face(match[0]), said)
    return URL.sub(lambda match: f"url({data(file, match[1])})", said)


def face(rule: str) -> str:
    """A font's rule with its woff2 alone; nothing for a font that no page needs."""
    if NO_FONTS.search(rule):
        return ""
    return re.sub(r"""src:[^;}]*?(url\(["']?[^)]*\.woff2[^)]*\))[^;}]*""", r'src:\1 format("woff2")', rule)


def data(beside: Path, address: str) -> str:
    """A picture or a font as part of the file; ``address`` is written in the file ``beside``."""
    if address.startswith(("data:", "#")):
        return address
    file = local(beside.parent, address)
    kind = mimetypes.guess_type(file.name)[0] or "font/woff2"
    return f"data:{kind};base64,{base64.b64encode(file.read_bytes()).decode()}"


def check(whole: str) -> None:
    """Every link within the file leads to something: a part of a page, or a widget whose state it holds.

    Raises:
        Refused: one does not.
    """
    there = set(re.findall(r' id="([^"]+)"', whole)) | set(re.findall(r'"name": "([^"]+)"', whole))
    led = (unescape(part) for part in re.findall(r' href="#([^"]+)"', whole))
    lost = sorted({part for part in led if part.split("=")[0] not in there})
    if lost:
        raise Refused(f"each link must lead to a place in the book; got {', '.join(lost[:10])}.")
