"""The way out of jupyter-book: its configuration for Sphinx alone says what jupyter-book would say."""

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest
from jupyter_book.config import get_final_config

ROOT = Path(__file__).parents[2]
EXIT = ROOT / "tools/exit"
# Settings of jupyter-book that the pages do without: its LaTeX, comments, and what is off by default.
WITHOUT = {
    "comments_config",
    "html_baseurl",  # the extension `published` sets it
    "html_logo",
    "latex_engine",
    "nb_execution_allow_errors",
    "nb_execution_cache_path",
    "nb_execution_excludepatterns",
    "nb_execution_in_temp",
    "nb_execution_timeout",
    "nb_output_stderr",
    "use_jupyterbook_latex",
}
# As Sphinx finds them from another folder, or less what belongs to jupyter-book.
OTHERWISE = {
    "bibtex_bibfiles",
    "exclude_patterns",
    "extensions",
    "html_favicon",
    "html_search_scorer",
    "html_static_path",
    "html_theme_options",
    "templates_path",
}


@pytest.fixture
def conf(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The module that Sphinx reads."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    spec = importlib.util.spec_from_file_location("exit_conf", EXIT / "conf.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def theirs(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What jupyter-book makes of the same file."""
    monkeypatch.setattr(sys, "path", [*sys.path])
    cli = {"latex_individualpages": False}
    return get_final_config(user_yaml=ROOT / "_config.yml", cli_config=cli, sourcedir=ROOT)[0]


def test_every_setting_is_jupyter_book_s(conf, theirs):
    """A setting that is added to `_config.yml` and forgotten here would change the pages on the way out."""
    ours = conf.settings()
    theirs |= {"external_toc_path": "_toc.yml"}
    assert theirs.keys() - ours.keys() - {"extensions"} == WITHOUT
    same = theirs.keys() - WITHOUT - OTHERWISE
    assert len(same) > 15
    assert {name: ours[name] for name in same} == {name: theirs[name] for name in same}


def test_nothing_of_the_book_s_own_is_lost(conf, theirs):
    """All extensions but jupyter-book's own; files by their whole path; the same theme without buttons."""
    ours = conf.settings()
    assert set(theirs["extensions"]) - set(ours["extensions"]) == conf.LEFT_OUT
    assert set(ours["extensions"]) <= set(theirs["extensions"])
    for name in ("bibtex_bibfiles", "html_static_path", "templates_path"):
        assert [str(Path(path).relative_to(ROOT)) for path in ours[name]] == theirs[name]
    for name in ("html_favicon", "html_search_scorer"):
        assert Path(ours[name]).relative_to(ROOT) == Path(theirs[name])
    assert ours["html_theme_options"].items() <= theirs["html_theme_options"].items()
    assert set(ours["exclude_patterns"]) <= set(theirs["exclude_patterns"])


def test_its_environment_has_no_pins_and_no_jupyter_book(conf):
    """Each extension comes from a package of the list; nothing holds an old release back."""
    lines = (EXIT / "requirements.txt").read_text("utf-8").splitlines()
    packages = {line for line in lines if not line.startswith(("#", "-e"))}
    assert all(re.fullmatch(r"[a-z-]+", package) for package in packages)
    assert not {"jupyter-book", "jupyter_book"} & packages
    local = conf.BOOK["sphinx"]["local_extensions"]
    for extension in conf.settings()["extensions"]:
        name = extension.replace("_", "-").replace(".", "-")
        assert extension in local or extension.startswith("sphinx.ext") or name in packages, extension
