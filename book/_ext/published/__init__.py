"""What a site needs to be found and passed on: descriptions, pictures, a site map, pages as plain text.

Settings of the environment say where things are; without them the site names no address::

    BOOK_ADDRESS     where the site will stand, https://name.github.io/seglosses/
    BOOK_REPOSITORY  where its sources stand, https://github.com/name/seglosses
    BOOK_HUB         a course's own JupyterHub, https://hub.school.edu/

The address fills canonical links, Open Graph pictures, ``sitemap.xml`` and the way home from ``404.html``.
The repository brings the buttons that start a chapter in Binder and Colab, the hub one that starts it there.
All else is relative: the files work under any path, and from a memory stick.
"""

import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from docutils import nodes
from editions import say
from markupsafe import escape
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

from published.cards import draw_card
from published.twins import twin

LONGEST = 160  # characters of a description: what a search engine shows of it
BINDER, COLAB = "https://mybinder.org", "https://colab.research.google.com"

SUMMARY = "Dice, BCE, BCE-Dice, IoU and focal loss, pixel by pixel on a 10x10 grid; each page as Markdown."
SITEMAP = """<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">"""
LOST = """<!doctype html>
<html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>{lost}</title><base href="{home}">
<style>body {{ font: 1.1rem/1.6 system-ui, sans-serif; max-width: 34em; margin: 15vh auto; padding: 0 1em }}
:root {{ color-scheme: light dark }}</style></head>
<body><main><h1>{lost}</h1>
<p>{moved}</p>
</main></body></html>
"""
MOVED = """It may have moved. Start at <a href="index.html">{book}</a>,
or <a href="search.html">search the book</a>."""


def address_of(name: str) -> str:
    """An address from the environment, with a final slash, or nothing."""
    given = os.environ.get(name, "").strip()
    parts = urlsplit(given)
    if given and not (parts.scheme in ("http", "https") and parts.netloc):
        hint = "Hint: https://name.github.io/seglosses/."
        raise ExtensionError(f"{name} must be an address that begins with https://; got {given!r}. {hint}")
    return given.rstrip("/") + "/" if given else ""


def know_the_addresses(app: Sphinx, config: Config) -> None:
    """Take the addresses over into the settings that Sphinx and the theme have for them."""
    config.html_baseurl = address_of("BOOK_ADDRESS") or config.html_baseurl
    repository = address_of("BOOK_REPOSITORY").rstrip("/")
    hub = address_of("BOOK_HUB").rstrip("/")
    if hub and not repository:
        hint = "Hint: a hub copies the chapters from there."
        raise ExtensionError(f"BOOK_REPOSITORY must be given with BOOK_HUB; got '{hub}' alone. {hint}")
    if repository:
        config.html_theme_options |= {
            "repository_url": repository,
            "repository_branch": "main",
            "path_to_docs": "",
            "launch_buttons": {
                "notebook_interface": "jupyterlab",
                "binderhub_url": BINDER,
                "colab_url": COLAB,
                "jupyterhub_url": hub,
            },
        }


def description(page: nodes.document) -> str:
    """A page's first paragraph of prose: not the line of its minutes, which stands in italics."""
    for paragraph in page.findall(nodes.paragraph):
        text = " ".join(paragraph.astext().split())
        in_italics = isinstance(paragraph.children[0], nodes.emphasis)
        if isinstance(paragraph.parent, nodes.section) and not in_italics and len(text) >= 40:
            return text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0] + " …"
    return ""


def describe(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: nodes.document) -> None:
    """Add what search engines and messengers read to a page's head."""
    if tree is None:
        return
    title, said = app.env.titles[page].astext(), description(tree)
    tags = {"og:type": "article", "og:site_name": app.config.html_title, "og:title": title}
    tags |= {"description": said, "og:description": said} if said else {}
    if app.config.html_baseurl:
        picture = f"{app.config.html_baseurl}_images/cards/{page}.png"
        tags |= {
            "og:url": context["pageurl"],
            "og:image": picture,
            "og:image:alt": say(app.config, "A 10x10 grid: {title}").format(title=title),
        }
        tags |= {"twitter:card": "summary_large_image"}
        draw_card(title, app.config.html_title, Path(app.outdir) / "_images/cards" / f"{page}.png")
    context["metatags"] += "".join(
        f'\n<meta {"property" if name.startswith("og:") else "name"}="{name}" content="{escape(content)}">'
        for name, content in tags.items()
    )
    context["metatags"] += f'\n<link rel="alternate" type="text/markdown" href="{Path(page).name}.md">'


def write_beside(app: Sphinx, exception: Exception | None) -> None:
    """Write what stands beside the pages: their Markdown, the lists of them, the page for a wrong address."""
    if exception or app.builder.format != "html":
        return
    out, home, book = Path(app.outdir), app.config.html_baseurl, app.config.html_title
    pages = list(app.env.collect_relations())  # in reading order
    for page in pages:
        (out / f"{page}.md").write_text(twin(Path(app.env.doc2path(page))), "utf-8")
    entries = [f"- [{app.env.titles[page].astext()}]({home}{page}.md)" for page in pages]
    summary, heading = say(app.config, SUMMARY), say(app.config, "Pages")
    write(out / "llms.txt", [f"# {book}", "", f"> {summary}", "", f"## {heading}", "", *entries])
    lost = LOST.format(
        lang=app.config.language.replace("_", "-"),
        lost=say(app.config, "There is no such page"),
        home=urlsplit(home).path or "/",
        moved=say(app.config, MOVED).format(book=book),
    )
    (out / "404.html").write_text(lost, "utf-8")
    write(
        out / "robots.txt", ["User-agent: *", "Allow: /", *([f"Sitemap: {home}sitemap.xml"] if home else [])]
    )
    if home:
        places = [f"<url><loc>{escape(home + page)}.html</loc></url>" for page in pages]
        write(out / "sitemap.xml", [SITEMAP, *places, "</urlset>"])


def write(file: Path, lines: list[str]) -> None:
    """Write lines to a file."""
    file.write_text("\n".join(lines) + "\n", "utf-8")


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.connect("config-inited", know_the_addresses)
    app.connect("html-page-context", describe)
    app.connect("build-finished", write_beside)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
