from inspect import getsource

from seglosses import dice_loss
from seglosses.walkthrough.listings import Listing, listing
from seglosses.walkthrough.overlaps import Overlap


def test_listing_is_the_code_without_its_docstring():
    """The page shows each line that runs, from the first to the ``return``."""
    assert listing(Overlap.predicted.fget).code == (
        "@property\ndef predicted(self) -> int:\n    return self.tp + self.fp"
    )
    code = listing(dice_loss).code
    assert code.startswith("def dice_loss(")
    assert '"""' not in code
    body = [line for line in getsource(dice_loss).split('"""')[2].splitlines() if line]
    assert code.splitlines()[-len(body) :] == body


def test_listing_reaches_a_page_as_python():
    """A notebook shows it highlighted."""
    assert Listing("x = 1")._repr_markdown_() == "```python\nx = 1\n```"


def test_a_long_listing_folds_behind_a_line():
    """In HTML of its own, with the blank lines that make Markdown read the code in it as code."""
    folded = listing(Overlap.predicted.fget, folded="A sum")._repr_markdown_()
    assert folded.startswith('<details class="listing"><summary>A sum</summary>\n\n```python\n@property')
    assert folded.endswith("\n```\n\n</details>")
