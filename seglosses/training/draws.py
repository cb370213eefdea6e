"""Random numbers from a seed, drawn alike in Python and on a page (``widgets/playground/draws.js``).

torch's own generator cannot be had in a browser, and a browser's has no seed.
"""

_STREAMS = {"weights": 0, "order": 1, "observers": 2}
_ALL = 0xFFFFFFFF


class Draws:
    """A stream of numbers in [0, 1), of 32 bits each: mulberry32.

    Args:
        seed: which one, from 0 to 1000.
        stream: ``"weights"``, ``"order"`` or ``"observers"``; streams of one seed have nothing in common.

    """

    def __init__(self, seed: int, stream: str) -> None:
        self._state = 4 * seed + _STREAMS[stream]

    def draw(self) -> float:
        """The next number."""
        self._state = (self._state + 0x6D2B79F5) & _ALL
        mixed = (self._state ^ self._state >> 15) * (1 | self._state) & _ALL
        mixed ^= mixed + ((mixed ^ mixed >> 7) * (61 | mixed) & _ALL) & _ALL
        return (mixed ^ mixed >> 14) / 2**32

    def sample(self, n: int, k: int) -> list[int]:
        """The first ``k`` of a shuffled 0, 1, ..., n - 1 (Fisher and Yates)."""
        numbers = list(range(n))
        for i in range(k):
            j = i + int(self.draw() * (n - i))
            numbers[i], numbers[j] = numbers[j], numbers[i]
        return numbers[:k]
