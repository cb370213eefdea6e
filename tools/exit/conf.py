"""The book's configuration for Sphinx alone: what `_config.yml` says, without the jupyter-book package.

Jupyter Book 1 is in maintenance. This file is the way out, kept open by `make exit`: it reads the same
`_config.yml` as `make site`, and builds the same pages with today's Sphinx. On the day when the pins of
requirements.txt no longer hold, `make site` becomes the line that `make exit` has now.
"""

import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
BOOK: dict[str, Any] = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))

# What a theme of today no longer needs, or only jupyter-book itself did.
LEFT_OUT = {"jupyter_book", "sphinx_comments", "sphinx_jupyterbook_latex"}

# What jupyter-book sets where `_config.yml` is silent (its own default_config.yml and config.py).
DEFAULTS: dict[str, Any] = {
    "external_toc_path": "_toc.yml",
    "html_sourcelink_suffix": "",
    "html_theme": "sphinx_book_theme",
    "myst_url_schemes": ["mailto", "http", "https"],
    "numfig": True,
    "pygments_style": "sphinx",
    "suppress_warnings": ["myst.domains"],
    "use_multitoc_numbering": True,
}


def settings() -> dict[str, Any]:
    """Everything that Sphinx must know: jupyter-book's defaults, its own names translated, Sphinx's own."""
    own: dict[str, Any] = BOOK["sphinx"]["config"]
    extensions = [name for name in own["extensions"] if name not in LEFT_OUT]
    translated = {
        "html_title": BOOK["title"],
        "author": BOOK["author"],
        "copyright": BOOK["copyright"],
        "exclude_patterns": [*BOOK["exclude_patterns"], "**.ipynb_checkpoints"],
        "external_toc_exclude_missing": BOOK["only_build_toc_files"],
        "nb_execution_mode": BOOK["execute"]["execute_notebooks"],
        "bibtex_bibfiles": [str(ROOT / file) for file in BOOK["bibtex_bibfiles"]],
        "myst_enable_extensions": BOOK["parse"]["myst_enable_extensions"],
        "html_favicon": str(ROOT / BOOK["html"]["favicon"]),
    }
    theme = {
        "search_bar_text": "Search this book...",
        "home_page_in_toc": BOOK["html"]["home_page_in_navbar"],
        **own["html_theme_options"],
    }
    here = {  # this file stands beside no page, and Sphinx would look for these beside it
        "extensions": [*extensions, "sphinx_multitoc_numbering"],
        "html_theme_options": theme,
        "html_static_path": [str(ROOT / folder) for folder in own["html_static_path"]],
        "templates_path": [str(ROOT / folder) for folder in own["templates_path"]],
        "html_search_scorer": str(ROOT / own["html_search_scorer"]),
    }
    return DEFAULTS | translated | own | here


sys.path += sorted({str(ROOT / folder) for folder in BOOK["sphinx"]["local_extensions"].values()})
globals().update(settings())
