"""A question to answer before what follows opens: the reader commits a prediction, then learns why."""

import math
import re
from collections.abc import Mapping
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


class _Asked(Widget):
    """What a question with choices and one for a number have in common."""

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
        texts |= {f"the reason for {value!r}": reason for value, reason in state["_choices"]}
        for which, one in texts.items():
            _check_tags(which, one)
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
        asked = "".join(f"<li>{_escaped(choice)}</li>" for choice in self._options())
        told = "".join(f"<p><b>{_escaped(answer)}</b> {_escaped(why)}</p>" for answer, why in self._reasons())
        return (
            f'<div class="question-still"><p><strong>{_escaped(self.text)}</strong></p>'
            f"{f'<ul>{asked}</ul>' if asked else ''}<details><summary>{_ANSWER[self.language]}</summary>"
            f"{told}</details></div>"
        )

    def _options(self) -> list[str]:
        raise NotImplementedError

    def _reasons(self) -> list[tuple[str, str]]:
        raise NotImplementedError

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.name!r})"


class Question(_Asked):
    """Ask for one of a few answers; once the reader has committed to one, show the reason for each.

    Args:
        text: the question. Here and below, simple tags may set a formula: <i>, <b>, <sub>, <sup>, <code>.
        choices: each answer with its reason: why it is right, or what one believes who takes it.
        right: the right answer, one of ``choices``.
        name: what this device remembers the answer by; one name for each question of a page.
        reveal: what more there is to say, to everyone, once the answer is committed.
        covers: what stays covered until then: ``"next"``, the first output that follows in the same section
            of the page, and what the section then says about it, up to a subsection or another question;
            ``"#solution"``, the element with that id; ``""``, nothing. In Jupyter nothing is.
        language: ``"en"`` or ``"zh"`` for the words around it; ``""``, the language of ``text``.

    ``answer`` reads as the committed choice and ``correct`` as whether it is right; both are None before
    that. Numbers in a text are best computed where they are said, so that they cannot go stale::

        n = overlap(PREDICTION_1, LUNG)
        Question(
            f"{n.tp} of {n.actual} pixels are found. Which score is lower?",
            {
                "Dice": f"Dice counts hits twice: {float(n.dice()):.4f}.",
                "IoU": f"IoU counts them once: {float(n.iou()):.4f}.",
            },
            right="IoU",
            name="which-is-lower",
        )

    Raises:
        ValueError: ``right`` is none of the choices, there are fewer than two, one has no reason, a text has
            another tag, or ``name`` or ``covers`` is of no use. After a bad ``answer`` the last one stays.
    """

    def __init__(
        self,
        text: str,
        choices: Mapping[str, str],
        *,
        right: str,
        name: str,
        reveal: str = "",
        covers: str = "",
        language: str = "",
    ) -> None:
        if len(choices) < 2:
            hint = "Hint: add a wrong answer that one may well believe, and why it is wrong."
            raise ValueError(
                f"choices must hold two answers or more, each with its reason; got {choices!r}. {hint}"
            )
        if right not in choices:
            hint = "Hint: write it as it stands in choices."
            raise ValueError(f"right must be one of {', '.join(map(repr, choices))}; got {right!r}. {hint}")
        for choice, reason in choices.items():
            _check_tags("a choice", choice)
            if not reason:
                hint = "Hint: say why it is right or wrong."
                raise ValueError(f"the choice {choice!r} must have a reason; got {reason!r}. {hint}")
        pairs = [[choice, reason] for choice, reason in choices.items()]
        super().__init__(text, name, reveal, covers, language, _right=right, _choices=pairs, _number=None)

    @traitlets.validate("answer")
    def _known(self, proposal: Any) -> str | None:
        answer: str | None = proposal["value"]
        known = [choice for choice, _ in self._choices]
        if answer is not None and answer not in known:
            hint = "Hint: None takes the answer back."
            raise ValueError(f"answer must be one of {', '.join(map(repr, known))}; got {answer!r}. {hint}")
        return answer

    def _options(self) -> list[str]:
        return [choice for choice, _ in self._choices]

    def _reasons(self) -> list[tuple[str, str]]:
        reasons = [("✓ " * (choice == self._right) + choice, reason) for choice, reason in self._choices]
        return [*reasons, ("", self.reveal)] if self.reveal else reasons


class NumberQuestion(_Asked):
    """Ask for a number; once the reader has committed one, show it beside the true one, and why.

    Args:
        text: the question, with simple tags as in :class:`Question`.
        right: the true number, best the computed one itself: a float, a fraction, a tensor of one element.
        tolerance: how far off an answer may be and still count as right.
        name: what this device remembers the answer by; one name for each question of a page.
        reveal: why it is this number; said to everyone, once the answer is committed.
        slips: other numbers that one may well arrive at, each with the slip that leads there.
        low: the least number that makes sense; None, any.
        high: the largest; None, any.
        unit: what stands behind the numbers, as ``"pixels"``.
        covers: what stays covered until then, as in :class:`Question`.
        language: as in :class:`Question`.

    ``answer`` reads as the committed number, ``correct`` as whether it is near enough; None before that::

        n = overlap(PREDICTION_1, LUNG)
        NumberQuestion(
            "What is Dice here?",
            n.dice(),
            tolerance=0.01,
            name="dice-by-eye",
            reveal=f"2·{n.tp} over {n.predicted} + {n.actual}.",
            slips={n.iou(): "That is IoU: the hits count once."},
            low=0,
            high=1,
        )

    Raises:
        TypeError: a number is none.
        ValueError: ``right`` or a slip lies outside ``low`` and ``high``, ``tolerance`` is negative, or as in
            :class:`Question`. After a bad ``answer`` the last one stays.
    """

    def __init__(
        self,
        text: str,
        right: Any,
        *,
        tolerance: float,
        name: str,
        reveal: str,
        slips: Mapping[Any, str] | None = None,
        low: float | None = None,
        high: float | None = None,
        unit: str = "",
        covers: str = "",
        language: str = "",
    ) -> None:
        limits = {"low": low, "high": high}
        limits = {which: None if limit is None else _number(which, limit) for which, limit in limits.items()}
        tolerance = _number("tolerance", tolerance)
        if tolerance < 0:
            hint = "Hint: 0 asks for the very number."
            raise ValueError(f"tolerance must be at least 0; got {tolerance}. {hint}")
        if not reveal:
            hint = "Hint: one sentence with the computation is enough."
            raise ValueError(f"reveal must say why it is this number; got {reveal!r}. {hint}")
        pairs = [[_number("a slip", value), reason] for value, reason in (slips or {}).items()]
        right = _number("right", right)
        for which, value in [("right", right), *(("a slip", value) for value, _ in pairs)]:
            _check_range(which, value, **limits)
        for value, _ in pairs:
            if abs(value - right) <= tolerance:
                hint = "Hint: make tolerance smaller, or leave the slip out."
                expected = f"more than {tolerance} away from {right}"
                raise ValueError(f"a slip must be {expected}; got {value}, which counts as right. {hint}")
        number = {"tolerance": tolerance, "unit": unit, **limits}
        super().__init__(text, name, reveal, covers, language, _right=right, _choices=pairs, _number=number)

    @traitlets.validate("answer")
    def _in_range(self, proposal: Any) -> float | None:
        if proposal["value"] is None:
            return None
        answer = _number("answer", proposal["value"])
        _check_range("answer", answer, self._number["low"], self._number["high"])
        return answer

    def _matches(self, answer: float) -> bool:
        # As in question.js: 0.97 is within 0.01 of 0.98, although float64 makes their difference larger.
        slack = 1e-12 * max(1, abs(self._right))
        return bool(abs(answer - self._right) <= self._number["tolerance"] + slack)

    def _options(self) -> list[str]:
        return []

    def _reasons(self) -> list[tuple[str, str]]:
        unit = f" {self._number['unit']}" if self._number["unit"] else ""
        return [
            (f"{_short(value)}{unit}.", reason)
            for value, reason in [[self._right, self.reveal], *self._choices]
        ]


def _number(which: str, value: Any) -> float:
    try:
        number = float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError, RuntimeError):
        number = math.nan
    if isinstance(value, bool | str) or not isinstance(number, Real) or not math.isfinite(number):
        hint = "Hint: a float, a fraction or a tensor of one element will do."
        raise TypeError(f"{which} must be one finite number; got {value!r}. {hint}")
    return number


def _check_range(which: str, value: float, low: float | None, high: float | None) -> None:
    if (low is not None and value < low) or (high is not None and value > high):
        bounds = f"[{'-∞' if low is None else f'{low:g}'}, {'∞' if high is None else f'{high:g}'}]"
        raise ValueError(f"{which} must lie in {bounds}; got {value}. Hint: low and high are its bounds.")


def _short(value: float) -> str:
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


def _check_tags(which: str, text: str) -> None:
    parser = _Tags(which)
    parser.feed(text)
    parser.close()
    if parser.open:
        tag = parser.open[-1]
        raise ValueError(f"{which} must close all its tags; got an open <{tag}>. Hint: add </{tag}>.")


def _escaped(text: str) -> str:
    """The text in HTML: its tags as they are, any other "<", ">" and "&" as the signs they are."""
    tag = rf"(</?(?:{'|'.join(TAGS)})>)"
    escapes = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
    return "".join(p if re.fullmatch(tag, p) else p.translate(escapes) for p in re.split(tag, text))
