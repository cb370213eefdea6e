"""The link check, on a small book beside a server of its own: alive, gone, refused, and no network at all."""

import sys
from pathlib import Path

import check_links
import pytest

from tests.site.conftest import Quiet, serving

ANSWERS = {"/there": 200, "/moved": 301, "/gone": 404, "/robots": 403}


class Answers(Quiet):
    """A server with one page of each kind."""

    def do_HEAD(self) -> None:
        """Answer with the status that the address stands for."""
        self.send_response(ANSWERS[self.path])
        if self.path == "/moved":
            self.send_header("Location", "/there")
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_HEAD


@pytest.fixture
def checked(tmp_path: Path):
    """``checked(*addresses)`` builds a page with these links and gives what became of each."""

    def check(*addresses: str) -> list[check_links.Link]:
        (tmp_path / "conf.py").write_text("extensions = ['myst_parser']\nlinkcheck_retries = 1\n")
        lines = [f"[a link]({address})\n" for address in addresses]
        (tmp_path / "index.md").write_text("\n".join(["# Links\n", *lines]))
        command = [sys.executable, "-m", "sphinx", "-b", "linkcheck", str(tmp_path), str(tmp_path / "out")]
        return check_links.check(command, tmp_path / "out")

    return check


def test_each_address_gets_its_verdict(checked, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """What moved is still alive; what is gone fails the check, with its page and line; a refusal does not."""
    with serving(tmp_path, Answers) as server:
        links = checked(*(f"{server}{path}" for path in ANSWERS))
        verdicts = {link.address.removeprefix(server): link.verdict for link in links}
    assert verdicts == {"/there": "alive", "/moved": "alive", "/gone": "gone", "/robots": "refused"}
    assert check_links.report(links) == 1
    *listed, counts = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == ["gone", "refused"]
    assert "index.md:7" in listed[0]
    assert counts == "1 gone, 0 unreached, 1 refused, 2 alive"
    assert check_links.report([link for link in links if link.verdict != "gone"]) == 0


def test_without_a_network_nothing_is_known(checked, capsys: pytest.CaptureFixture[str]):
    """No address answers: one clear message, and not a word about addresses that are gone."""
    links = checked("http://nowhere.invalid/page", "http://127.0.0.1:9/closed")
    assert check_links.report(links) == 1
    said = capsys.readouterr().out
    assert said.startswith("No network: none of the 2 addresses could be reached")
    assert "gone" not in said


def test_a_build_that_fails_says_so(tmp_path: Path):
    """Before anything was checked there is no table."""
    command = [sys.executable, "-c", "print('no such extension'); raise SystemExit(2)"]
    with pytest.raises(SystemExit, match="no such extension\n\nThe links could not be checked"):
        check_links.check(command, tmp_path)


def test_the_tool_checks_the_book(monkeypatch: pytest.MonkeyPatch):
    """The command line builds the whole book, and ends with the report's status."""
    asked = []

    def check(command: list[str], out: Path) -> list[check_links.Link]:
        asked.append(command)
        return [check_links.Link("book/intro.ipynb", 3, "https://example.org", "alive", "")]

    monkeypatch.setattr(check_links, "check", check)
    with pytest.raises(SystemExit) as ended:
        check_links.main()
    assert ended.value.code == 0
    assert str(check_links.ROOT) in asked[0]
    assert asked[0][asked[0].index("--builder") + 1] == "linkcheck"
