"""Numbers drawn from a seed, the same ones everywhere."""

from collections.abc import Sequence
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


class Draw:
    """Draws that depend on their key alone.

    Of the methods of Python's generator only ``random()`` promises the same numbers in every version, so all
    draws are made of it.
    """

    def __init__(self, *key: object) -> None:
        self._random = Random("/".join(map(str, key))).random

    def one_of(self, choices: Sequence[Item]) -> Item:
        """One of several, each as likely."""
        return choices[int(self._random() * len(choices))]

    def some_of(self, choices: Sequence[Item], count: int) -> list[Item]:
        """So many different ones, in the order in which they are drawn."""
        left, taken = list(choices), []
        for _ in range(count):
            taken.append(left.pop(int(self._random() * len(left))))
        return taken

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        """All of them in another order."""
        return self.some_of(items, len(items))
