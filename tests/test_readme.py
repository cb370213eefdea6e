"""The README's Python runs as it stands."""

import re
from pathlib import Path

README = (Path(__file__).parents[1] / "README.md").read_text("utf-8")


def test_its_code_runs():
    """The example that a practitioner would paste gives one finite loss."""
    names: dict = {}
    for block in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(block, names)
    assert names["loss"].ndim == 0
    assert names["loss"].isfinite()
