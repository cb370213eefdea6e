"""What the playground starts from at the press of a button: each a story of the book, held by a test."""

from typing import Any

STORIES: dict[str, dict[str, Any]] = {
    "quiet": {"left": {"loss": "bce"}, "right": {"loss": "bce", "prior": 0.01}},
}
"""By name: what differs from a new playground, common settings and those of each side."""
