"""A widget's whole state as a short word for an address: ``book/dice.html#grid=gBCk...``, and back.

``links.js`` writes and reads the same words on the page. A word is the first letter of the widget's kind,
then base64url digits of six bits each, then two digits that check them. The bits, in this order:

=============  =====================================================================================
version        4 bits
rows, columns  6 bits each, less one; only where there is a grid
mask           1 bit a pixel
labels         which of the words, as many bits a pixel as their number needs
probabilities  7 bits a pixel: hundredths, rounded, but what is neither 0 nor 1 stays so
palette        the same hundredths: 7 bits how many differ, less one; 7 bits for each of these, rising;
               then as many bits a pixel as their places need
number         24 bits: thousandths, rounded, plus 2**23; 0 is None where None may be
choice         4 bits: which of the words
one            12 bits: which of a list that the widget has: of its steps, of its losses
=============  =====================================================================================

A 10x10 grid painter takes 44 characters, a 10x10 probability painter 160, a 10x10 loss comparer at most 172
where neither of its maps has more than eight different hundredths.
"""

import math
import re
from typing import Any, ClassVar, Self
from urllib.parse import unquote

import traitlets

from seglosses.widgets.kit.base import Widget
from seglosses.widgets.kit.traits import Choice, FewProbabilities, Labels, Mask, Number, OneOf, Probabilities

DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
VERSION = 1
HALF = 2**23
WIDTH = {"choice": 4, "one": 12}
GRIDS = ("mask", "labels", "probabilities", "palette")


def encode(kind: str, fields: list[dict[str, Any]], values: dict[str, Any]) -> str:
    """The word for ``values``, by name, of the fields of one kind of widget: grids as nested lists."""
    grid = next((values[field["name"]] for field in fields if field["kind"] in GRIDS), None)
    bits = _put(VERSION, 4)
    if grid is not None:
        bits += _put(len(grid) - 1, 6) + _put(len(grid[0]) - 1, 6)
    bits += "".join(_write(field, values[field["name"]]) for field in fields)
    bits += "0" * (-len(bits) % 6)
    text = kind[0] + "".join(DIGITS[int(bits[i : i + 6], 2)] for i in range(0, len(bits), 6))
    return text + _check(text)


def decode(kind: str, fields: list[dict[str, Any]], word: str) -> dict[str, Any]:
    """The values in such a word.

    Raises:
        ValueError: anything that ``encode`` could not have written.
    """
    text = word[:-2]
    if text[:1] != kind[0] or _check(text) != word[-2:] or not set(text[1:]) <= set(DIGITS):
        hint = "Hint: copy the link once more, to its last sign."
        raise ValueError(f"url must be a whole link to a widget of the kind {kind!r}; got {word!r}. {hint}")
    bits = _Bits("".join(_put(DIGITS.index(digit), 6) for digit in text[1:]))
    try:
        if bits.take(4) != VERSION:
            raise _Damaged
        rows, cols = 0, 0
        if any(field["kind"] in GRIDS for field in fields):
            rows, cols = bits.take(6) + 1, bits.take(6) + 1
        values = {field["name"]: _read(field, bits, rows, cols) for field in fields}
        rest = bits.text[bits.at :]
        if len(rest) >= 6 or "1" in rest:
            raise _Damaged
    except _Damaged as error:
        hint = "Hint: copy the link once more, where it was made."
        raise ValueError(
            f"url must hold a state of a widget of the kind {kind!r}; got {word!r}. {hint}"
        ) from error
    return values


class Linked(Widget):
    """A widget whose state, or all that a reader can change of it, fits into an address.

    A subclass names its ``_kind`` and, in ``_shared``, the traits that make its state. Its front end exports
    ``shareable(...)`` around itself, and ``links.css`` is in its styles. Nothing else: the traits themselves
    say how they are written.
    """

    _kind: ClassVar[str]
    _shared: ClassVar[tuple[str, ...]]
    _given: ClassVar[tuple[str, ...]] = ()
    """What ``from_url`` needs besides the link, since no link could hold it."""

    name = traitlets.Unicode().tag(sync=True)
    """What addresses call this widget; the page tells two of one name apart: grid, grid-2."""
    _share: "traitlets.Dict[str, Any]" = traitlets.Dict().tag(sync=True)

    @traitlets.default("name")
    def _named_by_kind(self) -> str:
        return self._kind

    @traitlets.validate("name")
    def _fits_an_address(self, proposal: Any) -> str:
        name: str = proposal["value"]
        if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name):
            hint = "Hint: grid-2 is such a name."
            raise ValueError(f"name must be lower-case words joined by hyphens; got {name!r}. {hint}")
        return name

    @traitlets.default("_share")
    def _declaration(self) -> dict[str, Any]:
        return {"kind": self._kind, "fields": fields_of(self), "given": list(self._given)}

    def url(self, base: str = "") -> str:
        """The address of the page ``base`` with this widget's state in its fragment.

        Numbers go in thousandths, probabilities in hundredths; see ``seglosses/widgets/kit/links.py``.
        """
        word = encode(self._kind, fields_of(self), self.get_state(list(self._shared)))
        return f"{base.partition('#')[0]}#{self.name}={word}"

    def _restored(self, word: str) -> Self:
        """This widget with the state that a word holds: what no link holds, it was made with."""
        for trait, value in decode(self._kind, fields_of(self), word).items():
            setattr(self, trait, value)
        return self

    @classmethod
    def _word(cls, url: str, name: str | None) -> tuple[str, str]:
        """The name and the word of the one widget of this kind, or of that name, in a link."""
        held = words(url)
        named = {
            one: word for one, word in held.items() if (one == name if name else word[:1] == cls._kind[0])
        }
        if len(named) != 1:
            asked = f"named {name!r}" if name else f"for a {cls.__name__}"
            found = ", ".join(map(repr, held)) or "none"
            hint = "Hint: say which with name=, or copy the link below the widget."
            raise ValueError(f"url must hold one state {asked}; got the states {found}. {hint}")
        return next(iter(named.items()))


class Shareable(Linked):
    """A widget that a link holds whole: what is in its ``_shared`` are arguments of its constructor too."""

    @classmethod
    def from_url(cls, url: str, name: str | None = None) -> Self:
        """Make the widget whose state a link holds, as the page's button "Copy link" gives it.

        Args:
            url: the whole address, or its fragment alone with its ``#``.
            name: which widget, where the link holds several of this kind.

        Raises:
            ValueError: the link holds no widget of this kind or of this name, or its state is damaged.
        """
        one, word = cls._word(url, name)
        widget = cls(**decode(cls._kind, fields_of(cls), word))
        widget.name = one
        return widget


def fields_of(widget: Linked | type[Linked]) -> list[dict[str, Any]]:
    """How each shared trait is written. Lists to choose from are those of a widget, and no class has them."""
    traits = widget.class_traits()
    return [{"name": name, **_field(traits[name], widget)} for name in widget._shared]


def _field(trait: Any, widget: Linked | type[Linked]) -> dict[str, Any]:
    match trait:
        case Mask():
            return {"kind": "mask"}
        case Labels():
            return {"kind": "labels", "words": list(trait.words)}
        case FewProbabilities():
            return {"kind": "palette"}
        case Probabilities():
            return {"kind": "probabilities"}
        case Number():
            return {"kind": "number", "low": trait.low, "high": trait.high, "optional": trait.allow_none}
        case Choice():
            return {"kind": "choice", "words": list(trait.words)}
        case OneOf():
            return {"kind": "one", "words": list(getattr(widget, trait.among))}
    hint = "Hint: take it out of _shared, or give its kind a place in links.py and links.js."
    raise TypeError(f"{trait.name} must be of a kind that links hold; got {type(trait).__name__}. {hint}")


def words(url: str) -> dict[str, str]:
    """The word for each widget that an address names in its fragment."""
    parts = unquote(url.partition("#")[2]).split("&")
    return {name: word for name, equals, word in (part.partition("=") for part in parts) if equals}


class _Damaged(Exception):
    """The bits say what ``encode`` never wrote."""


class _Bits:
    """Bits to be taken from the front, a few at a time."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0

    def take(self, width: int) -> int:
        taken = self.text[self.at : self.at + width]
        if len(taken) < width:
            raise _Damaged
        self.at += width
        return int(taken or "0", 2)


def _write(field: dict[str, Any], value: Any) -> str:
    match field["kind"]:
        case "mask":
            return "".join(str(int(pixel)) for row in value for pixel in row)
        case "labels":
            width = _width(field["words"])
            return "".join(_put(field["words"].index(label), width) for row in value for label in row)
        case "probabilities":
            return "".join(_put(_hundredths(p), 7) for row in value for p in row)
        case "palette":
            pixels = [_hundredths(p) for row in value for p in row]
            palette = sorted(set(pixels))
            bits = [_put(len(palette) - 1, 7), *(_put(n, 7) for n in palette)]
            width = _width(palette)
            return "".join(bits + [_put(palette.index(n), width) for n in pixels if width])
        case "number":
            return _put(0 if value is None else _nearest(1000 * value) + HALF, 24)
        case kind:
            return _put(field["words"].index(value), WIDTH[kind])


def _read(field: dict[str, Any], bits: _Bits, rows: int, cols: int) -> Any:
    match field["kind"]:
        case "mask":
            return [[bits.take(1) for _ in range(cols)] for _ in range(rows)]
        case "labels":
            width = _width(field["words"])
            return [[_at(field["words"], bits.take(width)) for _ in range(cols)] for _ in range(rows)]
        case "probabilities":
            return [[_probability(bits) for _ in range(cols)] for _ in range(rows)]
        case "palette":
            palette = [_probability(bits) for _ in range(bits.take(7) + 1)]
            width = _width(palette)
            return [[_at(palette, bits.take(width)) for _ in range(cols)] for _ in range(rows)]
        case "number":
            n = bits.take(24)
            if n == 0 and field["optional"]:
                return None
            if not field["low"] <= (n - HALF) / 1000 <= field["high"]:
                raise _Damaged
            return (n - HALF) / 1000
        case kind:
            return _at(field["words"], bits.take(WIDTH[kind]))


def _probability(bits: _Bits) -> float:
    hundredths = bits.take(7)
    if hundredths > 100:
        raise _Damaged
    return hundredths / 100


def _at(values: list[Any], place: int) -> Any:
    if place >= len(values):
        raise _Damaged
    return values[place]


def _width(values: list[Any]) -> int:
    """How many bits tell one of these from the others."""
    return (len(values) - 1).bit_length()


def _put(n: int, width: int) -> str:
    return f"{n:0{width}b}"


def _nearest(x: float) -> int:
    return math.floor(x + 0.5)  # as the page rounds: a half always up


def _hundredths(p: float) -> int:
    return round(100 * p) if p in (0, 1) else min(max(_nearest(100 * p), 1), 99)


def _check(text: str) -> str:
    total = 0
    for sign in text:
        total = (total * 31 + ord(sign)) % 4096
    return DIGITS[total >> 6] + DIGITS[total & 63]
