"""What the page on your own data claims, held to what is computed."""

from claims import Because


def claims():
    """In the order of the page."""
    yield "your-data-shapes", "labels 0 to $K - 1$", Because.MEANING
