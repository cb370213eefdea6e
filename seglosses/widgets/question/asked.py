"""What all questions have in common: how they are asked, what an answer may be, and the still for paper."""

import math
import re
from html.parser import HTMLParser
from numbers import Real
from typing import Any

import traitlets

from seglosses.widgets.kit.base import Widget
from seglosses.widgets.kit.bundle import module, styles

TAGS = ("b", "code", "em", "i", "strong", "sub", "sup")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_COVERS = re.compile(r"next|#\S+|")
_CHINESE = re.compile("[\u4e00-\u9fff]")
_ANSWER = {"en": "Answer and reasons", "zh": "答案与各选项的理由"}


class Asked(Widget):
    """A question of any kind."""

    _esm = module("question/view.js")
    _css = styles("kit/ui.css", "question/style.css")
    _still = "text/html"

    text = traitlets.Unicode().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    reveal = traitlets.Unicode().tag(sync=True)
    covers = traitlets.Unicode().tag(sync=True)
    answer = traitlets.Any(None, allow_none=True).tag(sync=True)
    _right = traitlets.Any().tag(sync=True)
    _choices: traitlets.List[Any] = traitlets.List().tag(sync=True)  # [answer, reason] each
    _number = traitlets.Dict(allow_none=True).tag(sync=True)  # None: the answer is one of the choices

    def __init__(self, text: str, name: str, reveal: str, covers: str, language: str, **state: Any) -> None:
        if not _NAME.fullmatch(name):
            hint = "Hint: dice-puzzle is such a name."
            raise ValueError(f"name must be lower-case words joined by hyphens; got {name!r}. {hint}")
        if not _COVERS.fullmatch(covers):
            hint = 'Hint: "next" covers the output that follows, "" covers nothing.'
            raise ValueError(
                f'covers must be "next", "#" and the id of an element, or ""; got {covers!r}. {hint}'
            )
        texts = {"text": text, "reveal": reveal}
        texts |= {
            f"the reason for {value!r}": why for value, *reasons in state["_choices"] for why in reasons
        }
        for which, one in texts.items():
            check_tags(which, one)
        super().__init__(
            text=text,
            name=name,
            reveal=reveal,
            covers=covers,
            language=language or ("zh" if _CHINESE.search(text) else "en"),
            **state,
        )

    @property
    def correct(self) -> bool | None:
        """Whether the committed answer is right; None while there is none."""
        return None if self.answer is None else self._matches(self.answer)

    def reset(self) -> None:
        """Take the answer back, as if the question had just been asked."""
        self.answer = None

    def _matches(self, answer: Any) -> bool:
        return bool(answer == self._right)

    def _snapshot(self) -> str:
        """The question as plain text in HTML, its answer folded behind a label that needs no script."""
        asked = "".join(f"<li>{escaped(choice)}</li>" for choice in self._options())
        told = "".join(f"<p><b>{escaped(answer)}</b> {escaped(why)}</p>" for answer, why in self._reasons())
        folded = f"<details><summary>{_ANSWER[self.language]}</summary>{told}</details>" if told else ""
        return (
            f'<div class="question-still"><p><strong>{escaped(self.text)}</strong></p>'
            f"{f'<ul>{asked}</ul>' if asked else ''}{folded}</div>"
        )

    def _options(self) -> list[str]:
        raise NotImplementedError

    def _reasons(self) -> list[tuple[str, str]]:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class Chosen(Asked):
    """A question whose answer is one of its choices."""

    @traitlets.validate("answer")
    def _known(self, proposal: Any) -> str | None:
        answer: str | None = proposal["value"]
        known = self._options()
        if answer is not None and answer not in known:
            hint = "Hint: None takes the answer back."
            raise ValueError(f"answer must be one of {', '.join(map(repr, known))}; got {answer!r}. {hint}")
        return answer

    def _options(self) -> list[str]:
        return [choice for choice, *_ in self._choices]


class Typed(Asked):
    """A question whose answer is a number."""

    @traitlets.validate("answer")
    def _in_range(self, proposal: Any) -> float | None:
        if proposal["value"] is None:
            return None
        answer = as_number("answer", proposal["value"])
        check_range("answer", answer, self._number["low"], self._number["high"])
        return answer

    def _options(self) -> list[str]:
        return []


def as_number(which: str, value: Any) -> float:
    """The number that a float, a fraction or a tensor is; ``which`` names it in an error.

    Raises:
        TypeError: it is none.
    """
    try:
        number = float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError, RuntimeError):
        number = math.nan
    if isinstance(value, bool | str) or not isinstance(number, Real) or not math.isfinite(number):
        hint = "Hint: a float, a fraction or a tensor of one element will do."
        raise TypeError(f"{which} must be one finite number; got {value!r}. {hint}")
    return number


def check_range(which: str, value: float, low: float | None, high: float | None) -> None:
    """Refuse a number outside its bounds.

    Raises:
        ValueError: it is.
    """
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = f"[{'-∞' if low is None else f'{low:g}'}, {'∞' if high is None else f'{high:g}'}]"
        raise ValueError(f"{which} must lie in {bounds}; got {value}. Hint: low and high are its bounds.")


def short(value: float) -> str:
    """Four decimals at most, with "≈" where that is not all of them."""
    return f"{'' if abs(value - round(value, 4)) < 1e-12 else '≈ '}{round(value, 4):.12g}"


class _Tags(HTMLParser):
    """Follows the tags of a text; complains about the first that is unknown or closed in the wrong place."""

    def __init__(self, which: str) -> None:
        super().__init__()
        self.which, self.open = which, list[str]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS or attrs:
            known = ", ".join(f"<{known}>" for known in TAGS)
            hint = "Hint: leave the tag out, or take one of these without attributes."
            came = self.get_starttag_text()
            raise ValueError(f"the tags of {self.which} must be among {known}; got {came}. {hint}")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            hint = "Hint: close the tag that was opened last."
            raise ValueError(
                f"{self.which} must close the tags that are open; got </{tag}> where no <{tag}> is. {hint}"
            )


def check_tags(which: str, text: str) -> None:
    """Refuse a text with tags other than the simple ones, or tags that are left open.

    Raises:
        ValueError: it has such.
    """
    parser = _Tags(which)
    parser.feed(text)
    parser.close()
    if parser.open:
        tag = parser.open[-1]
        raise ValueError(f"{which} must close all its tags; got an open <{tag}>. Hint: add </{tag}>.")


def escaped(text: str) -> str:
    """The text in HTML: its tags as they are, any other "<", ">" and "&" as the signs they are."""
    tag = rf"(</?(?:{'|'.join(TAGS)})>)"
    escapes = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
    return "".join(p if re.fullmatch(tag, p) else p.translate(escapes) for p in re.split(tag, text))
