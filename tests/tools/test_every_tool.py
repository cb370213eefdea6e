"""No tool without a test: one that nothing runs breaks without a sound."""

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = sorted(path.stem for path in (ROOT / "tools").glob("*.py"))
# Tested under another name than its own.
ELSEWHERE = {
    "claims": "tests/book/test_claims.py",  # as the numerals below
    "numerals": "tests/book/test_numbers.py",  # the test of the book's numbers is what it was written for
    "translated": "tests/tools/test_translation.py",  # what a page and its translation share
    "peers": "tests/tools/test_compare_peers.py",  # only the candidates of that tool
}


@pytest.mark.parametrize("tool", TOOLS)
def test_every_tool_has_a_test(tool: str):
    """For each file of tools/ there is a file with tests that names it."""
    tests = ROOT / ELSEWHERE.get(tool, f"tests/tools/test_{tool}.py")
    assert tests.exists(), f"tools/{tool}.py has no test"
    assert tool in tests.read_text("utf-8")


def test_every_exception_is_still_a_tool():
    """What is excepted from the rule exists, and has no test of its own name."""
    for tool in ELSEWHERE:
        assert tool in TOOLS
        assert not (ROOT / f"tests/tools/test_{tool}.py").exists()
