"""The editions of the book in other languages: built beside the English one, and a switch between them.

An edition is a folder of ``book/`` named by its language code, with the same pages under the same names
(``tools/translation.py`` keeps them in step), and in it ``edition.yml``: the names of the edition, the words
that the site itself says, and what Sphinx has to know. The setting ``editions`` lists the codes. A build of
the English book ends with one of each edition, into a folder of the site named by its code. All links between
editions are relative: they work under any path, and from a memory stick.
"""

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.errors import ExtensionError

ROOT = Path(__file__).parents[2]
ENGLISH = {"tag": "en", "name": "English", "switch": "Read this page in English"}


def own(config: Config) -> str:
    """The code of the edition that is being built; nothing for the English one."""
    return str(config.edition)


def words_of(code: str) -> dict[str, Any]:
    """What `edition.yml` says."""
    path = ROOT / "book" / code / "edition.yml"
    if not path.exists():
        raise ExtensionError(f"editions must name folders of book/ with an edition.yml; got {code!r}.")
    said: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return said


def say(config: Config, text: str) -> str:
    """A text of the site's own in the edition's language."""
    words: dict[str, str] = getattr(config, "edition_words", {})  # none where another extension stands alone
    return words.get(text, text)


# --- the build --------------------------------------------------------------------------------------------


def build_editions(app: Sphinx, exception: Exception | None) -> None:
    """After the English pages, build those of each edition into a folder of its own."""
    if exception or app.builder.name != "html" or own(app.config):
        return
    for code in app.config.editions:
        work = Path(app.outdir).parent / code
        lay_out(code, work / "source")
        book = [sys.executable, "-c", "from jupyter_book.cli.main import main; main()", "build"]
        strict = ["-n", "-W", "--keep-going"] if app.warningiserror else []
        place = ["--path-output", str(work), *strict, str(work / "source")]
        done = subprocess.run([*book, *place], capture_output=True, text=True)
        if done.returncode:
            raise ExtensionError(f"The edition {code!r} could not be built.\n{done.stdout}{done.stderr}")
        shutil.copytree(work / "_build/html", Path(app.outdir) / code, dirs_exist_ok=True)


def lay_out(code: str, source: Path) -> None:
    """Put together what an edition is built from: its pages, its table of contents, its configuration."""
    said = words_of(code)
    shutil.rmtree(source, ignore_errors=True)
    source.mkdir(parents=True)
    (source / "book").symlink_to(ROOT / "book" / code, target_is_directory=True)
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf-8"))
    for part in toc["parts"]:
        part["caption"] = said["words"].get(part["caption"], part["caption"])
    config = configuration(said, code)
    for name, content in {"_toc.yml": toc, "_config.yml": config}.items():
        (source / name).write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), "utf-8")


def configuration(said: dict[str, Any], code: str) -> dict[str, Any]:
    """The English book's configuration with the edition's own settings; its paths begin at the root."""
    config: dict[str, Any] = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    sphinx = config["sphinx"]
    config["title"], config["author"] = said["title"], said["author"]
    config["bibtex_bibfiles"] = [str(ROOT / path) for path in config["bibtex_bibfiles"]]
    config["html"]["favicon"] = str(ROOT / config["html"]["favicon"])
    sphinx["local_extensions"] = {name: str(ROOT / path) for name, path in sphinx["local_extensions"].items()}
    settings = sphinx["config"]
    for name in ("html_static_path", "templates_path"):
        settings[name] = [str(ROOT / path) for path in settings[name]]
    settings["html_search_scorer"] = str(ROOT / settings["html_search_scorer"])
    options = settings["html_theme_options"] | said["config"].pop("html_theme_options", {})
    settings |= said["config"] | {"html_theme_options": options}
    settings |= {"edition": code, "edition_words": said["words"]}
    return config


# --- the switch -------------------------------------------------------------------------------------------


def add_switch(app: Sphinx, page: str, template: str, context: dict[str, Any], tree: object) -> None:
    """Tell a page its counterparts in the other editions."""
    up = "../" * page.count("/")
    here, codes = own(app.config), app.config.editions
    places = {"": ENGLISH} | {code: words_of(code) for code in codes}
    if here:
        up += "../"
    context["say"] = lambda text: say(app.config, text)
    context["other_editions"] = [
        {**said, "url": f"{up}{code and code + '/'}{page}.html"}
        for code, said in places.items()
        if code != here
    ]
    link = '\n<link rel="alternate" hreflang="{tag}" href="{url}">'
    links = "".join(link.format(**one) for one in context["other_editions"])
    context["metatags"] = context.get("metatags", "") + links


def setup(app: Sphinx) -> dict[str, Any]:
    """Register with Sphinx."""
    app.add_config_value("editions", [], "html")
    app.add_config_value("edition", "", "html")
    app.add_config_value("edition_words", {}, "html")
    app.connect("html-page-context", add_switch)
    app.connect("build-finished", build_editions, priority=900)  # what stands beside the pages is written
    return {"parallel_read_safe": True, "parallel_write_safe": True}
