"""What a page loads and where its links lead, read off the files."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

FOREIGN = re.compile(r"^(https?:)?//")
LOADS = [
    ("script", "src"),
    ("link", "href"),
    ("img", "src"),
    ("source", "src"),
    ("iframe", "src"),
    ("video", "src"),
    ("audio", "src"),
    ("embed", "src"),
    ("object", "data"),
]
IN_STYLE = re.compile(r"""(?:url\(|@import)\s*["']?((?:https?:)?//[^"')]+)""")
IN_SCRIPT = re.compile(r"""(?:src|href|import|url|URL)\W{1,6}((?:https?:)?//[^"'`\s]+)""")


def soups(site: Path) -> Iterator[tuple[Path, BeautifulSoup]]:
    """Each page of the site, parsed."""
    for page in sorted(site.rglob("*.html")):
        yield page, BeautifulSoup(page.read_text("utf-8"), "html.parser")


def test_no_page_loads_from_another_host(site: Path):
    """Every script, style sheet, font, image and frame that a page names is served by the site."""
    found = [
        (page.name, tag[attribute])
        for page, soup in soups(site)
        for name, attribute in LOADS
        for tag in soup.find_all(name, {attribute: FOREIGN})
    ]
    found += [
        (page.name, address)
        for page, soup in soups(site)
        for script in soup.find_all("script", src=False, type=[None, "module", "text/javascript"])
        for address in IN_SCRIPT.findall(script.string or "")
    ]
    assert found == []


def test_no_style_loads_from_another_host(site: Path):
    """No style sheet imports a style, a font or an image from elsewhere."""
    found = [
        (style.name, address)
        for style in site.rglob("*.css")
        for address in IN_STYLE.findall(style.read_text("utf-8"))
    ]
    assert found == []


def test_internal_links_lead_somewhere(site: Path):
    """Every link within the site names a file that exists, and an element of it."""
    pages = dict(soups(site))
    names = {page: {tag["id"] for tag in soup.find_all(id=True)} for page, soup in pages.items()}
    broken = []
    for page, soup in pages.items():
        for link in soup.find_all("a", href=True):
            parts = urlsplit(link["href"])
            if parts.scheme or parts.netloc or link["href"] == "#":
                continue
            target = (page.parent / unquote(parts.path)).resolve() if parts.path else page
            place = "" if "=" in parts.fragment else unquote(parts.fragment)  # else the state of a widget
            if not target.is_file() or place not in names.get(target, set()) | {""}:
                broken.append((page.name, link["href"]))
    assert broken == []
