"""What the playground starts from at the press of a button: each a story of the book, held by a test."""

from typing import Any

STORIES: dict[str, dict[str, Any]] = {
    "quiet": {"left": {"loss": "bce"}, "right": {"loss": "bce", "prior": 0.01}},
    "focal": {
        "left": {"loss": "focal", "alpha": 0.75},
        "right": {"loss": "focal", "alpha": 0.75, "prior": 0.01},
    },
    "erased": {"left": {"loss": "dice"}, "right": {"loss": "bce_dice"}, "batch_size": 1},
    "neighbours": {
        "left": {"loss": "dice", "regions": "batch"},
        "right": {"loss": "dice", "regions": "image"},
        "batch_size": 8,
        "empty": 0.25,
    },
    "seeds": {"left": {"loss": "dice", "seed": 3}, "right": {"loss": "dice", "seed": 0}},
}
"""By name: what differs from a new playground, common settings and those of each side."""
