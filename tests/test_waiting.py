"""A test waits for what it expects, never for a while: a busy machine needs longer, an idle one less."""

import re
from pathlib import Path

import pytest

HERE = Path(__file__).parent
OTHERS = [path for path in sorted(HERE.rglob("*.py")) if path != Path(__file__)]
WHILE = r"\bsleep\(|\bwait_for_timeout\(|networkidle"  # the last is half a second without a request


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: str(path.relative_to(HERE)))
def test_no_test_waits_for_a_while(path: Path):
    """No pause of a fixed length; a page's clock that is replaced is stopped too, or real time runs on."""
    text = path.read_text("utf-8")
    assert re.findall(WHILE, text) == []
    assert text.count("clock.install(") == text.count("clock.pause_at(")
