import torch

from seglosses.walkthrough.ladder import Table, side_by_side


def failing(z, y):
    """A version that refuses what it is given."""
    raise ValueError("no")


def test_each_case_goes_to_each_version():
    """Four decimals and a real minus sign, or the kind of error; 1/3 - 1 is -0.6667."""
    z, y = torch.tensor(1 / 3), torch.tensor(1.0)
    table = side_by_side({"minus": torch.sub, "none": failing}, {"a third": (z, y), "same": (y, y)})
    assert table.rows == (
        ("", "minus", "none"),
        ("a third", "\N{MINUS SIGN}0.6667", "ValueError"),
        ("same", "0.0000", "ValueError"),
    )


def test_a_table_reaches_a_page_as_a_table():
    """As Markdown, and as plain text where that is not read."""
    table = Table((("", "a"), ("row", "1")))
    assert table._repr_markdown_() == "|  | a |\n|---|---|\n| row | 1 |"
    assert repr(table) == "  a\nrow  1"
