"""The page on running a class: its figures are those of the record, its files and settings exist."""

import json
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import yaml

import seglosses

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "book/teaching/launch.md").read_text("utf-8")
RECORD = json.loads((ROOT / "book/data/memory.json").read_text("utf-8"))
KERNELS, SERVER = RECORD["kernels"], RECORD["server"]
BLOCKS = dict(re.findall(r"^```(\w*)\n(.*?)^```$", PAGE, re.M | re.S))
PEAK = max(KERNELS.values()) + SERVER


def test_the_figures_are_those_that_were_measured():
    """Of the heaviest chapter, of the first one, and of the server."""
    assert max(KERNELS, key=KERNELS.get) == "numerics"
    assert len(KERNELS) == 8
    cells = dict(re.findall(r"^\| the ([^|]+) \| (\d+) \|$", PAGE, re.M))
    assert [int(size) for size in cells.values()] == [KERNELS["numerics"], KERNELS["dice"], SERVER]
    assert f"at most {KERNELS['numerics']} + {SERVER} = {PEAK} MiB" in PAGE


def test_what_a_class_needs_follows():
    """20, 200 and 2,000 students, by the limit and by the peak, in GiB."""
    gib = {students: students * PEAK / 1024 for students in (20, 200, 2000)}
    assert f"20 students fit into 20 GiB even if all reach it, and into {gib[20]:.0f} GiB" in PAGE
    assert f"200 of them at that peak are {gib[200]:.0f} GiB, 2000 are {gib[2000]:.0f} GiB." in PAGE.replace(
        "\n", " "
    )
    assert gib[20] < 16  # the machine of the table


def test_the_limits_hold_what_was_measured():
    """The guarantee is enough for most chapters, the limit for each."""
    memory = yaml.safe_load(BLOCKS["yaml"])["singleuser"]["memory"]
    assert memory == {"guarantee": "640M", "limit": "1G"}
    assert max(KERNELS.values()) + SERVER < 1e9 / 2**20
    enough = [name for name, size in KERNELS.items() if size + SERVER < 640e6 / 2**20]
    assert len(enough) > len(KERNELS) / 2


def test_the_image_is_of_this_version():
    """In the commands and in the hub's configuration alike."""
    assert set(re.findall(r"\d\.\d\.\d+", PAGE)) == {seglosses.__version__}


def test_the_link_is_one_that_nbgitpuller_reads():
    """The repository, its branch, and a chapter that exists."""
    (link,) = re.findall(r"^https://HUB\S+$", PAGE, re.M)
    asked = parse_qs(urlsplit(link).query)
    assert asked["repo"] == ["https://github.com/NAME/REPO"]
    assert (ROOT / asked["urlpath"][0].removeprefix("lab/tree/REPO/")).exists()
    assert "nbgitpuller==" in (ROOT / "binder/requirements.txt").read_text("utf-8")


def test_every_file_that_the_page_names_exists():
    """And each setting is one that the site's build reads."""
    for file in ("tools/memory.py", "book/data/memory.json", "binder/requirements.txt"):
        assert file in PAGE
        assert (ROOT / file).exists()
    published = (ROOT / "book/_ext/published/__init__.py").read_text("utf-8")
    for setting in re.findall(r"\bBOOK_[A-Z]+", PAGE):
        assert setting in published
