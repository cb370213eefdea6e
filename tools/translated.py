"""What a text and its translation must share, and what a Chinese text must not contain.

A translation changes words. It keeps the structure: headings, directives, labels, links, roles, footnotes,
formulas, code, and the numerals in their order. Of code only the words may change that it shows: its syntax
tree is the same but for string literals of which the translation is in the other language's script.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from typing import TypeAlias

from numerals import numerals

HAN = "\u3400-\u9fff"
Literal: TypeAlias = ast.Constant | ast.JoinedStr
A_HAN = re.compile(f"[{HAN}]")
FULL_WIDTH = "\u3001\u3002\u300a-\u300d\uff01\uff08\uff09\uff0c\uff1a\uff1b\uff1f\u2018\u2019\u201c\u201d"

FENCE = re.compile(r"\s*(?P<fence>`{3,}|:{3,})(?P<directive>\{)?")
DISPLAYED = re.compile(r"\$\$(.+?)\$\$", re.S)
INLINE = re.compile(r"(?<![\\$])\$([^$\n]+)\$")
ROLE = re.compile(r"\{(?P<role>[\w:+-]+)\}`(?:[^`<]*<)?(?P<target>[^`>]+)>?`")
LITERAL = re.compile(r"(?<![`}])`([^`\n]+)`(?!`)")
STRUCTURE = {
    "directive": re.compile(r"^\s*(?:`{3,}|:{3,})(\{[\w:+-]+\})", re.M),
    "solution": re.compile(r"\{solution-start\}[ ]*(\S+)"),
    "option": re.compile(r"^\s*:(?!alt|caption)([\w-]+:[ \t]*[!-~ ]*)$", re.M),
    "label": re.compile(r"^\(([\w:-]+)\)=", re.M),
    "link": re.compile(r"\]\(([^)\s]+)"),
    "address": re.compile(r"<(https?:[^>\s]+)>"),
    "footnote": re.compile(r"\[\^(\w+)\]"),
    "tag": re.compile(r"<(/?[a-z]\w*)[^>]*>"),
    "heading": re.compile(r"^(#+)(?= )", re.M),
}


def drift(english: str, other: str, *, any_order: bool = False) -> list[str]:
    """What of a text's structure its translation has changed, each with what is missing and what is new."""
    found = []
    ours, theirs = structure(english), structure(other)
    if ours != theirs:
        missing, new = sorted((ours - theirs).elements()), sorted((theirs - ours).elements())
        found.append(f"structure: missing {missing}, new {new}")
    printed, expected = numerals(other), numerals(english)
    if any_order:
        printed, expected = sorted(printed), sorted(expected)
    if printed != expected:
        found.append(f"numerals: {printed}, in English {expected}")
    return found


def structure(text: str) -> Counter[tuple[str, str]]:
    """All parts of a text that are no prose, by their kind."""
    parts: Counter[tuple[str, str]] = Counter()

    def take(pattern: re.Pattern[str], kind: str, text: str) -> str:
        def one(found: re.Match[str]) -> str:
            parts[kind, re.sub(r"\\text\{[^{}]*\}|\s", "", found[found.lastindex or 0])] += 1
            return "\n" if "\n" in found[0] else ""

        return pattern.sub(one, text)

    text, blocks = without_blocks(text)
    parts.update(("block", block) for block in blocks)
    text = take(DISPLAYED, "formula", text)
    text = take(INLINE, "formula", text)
    for role in ROLE.finditer(text):  # a term is a word, and words are translated
        parts[f"role {role['role']}", "" if role["role"] == "term" else role["target"].strip()] += 1
    text = take(LITERAL, "literal", ROLE.sub("", text))
    for kind, pattern in STRUCTURE.items():
        take(pattern, kind, text)
    return parts


def without_blocks(text: str) -> tuple[str, list[str]]:
    """A text without its blocks of code, and the blocks; a directive is no block."""
    kept: list[str] = []
    blocks: list[str] = []
    open_fences: list[tuple[str, str | None]] = []
    for line in text.splitlines(keepends=True):
        fence = FENCE.match(line)
        in_block = bool(open_fences) and not open_fences[-1][1]
        closes = fence and open_fences and line.strip() == open_fences[-1][0]
        if closes:
            open_fences.pop()
        elif fence and not in_block:
            open_fences.append((fence["fence"], fence["directive"]))
            if not fence["directive"]:
                blocks.append("")
        if in_block or (fence and not closes and not fence["directive"]):
            blocks[-1] += line
        else:
            kept.append(line)
    return "".join(kept), blocks


# --- code -------------------------------------------------------------------------------------------------


def code_drift(english: str, other: str) -> list[str]:
    """What of a cell's code its translation has changed, beyond the words that it shows."""
    if english == other:
        return []
    try:
        trees = ast.parse(plain(english)), ast.parse(plain(other))
    except SyntaxError as error:
        return [f"code: {error}"]
    return list(differences(*trees))


def plain(source: str) -> str:
    """Code without the magics of a notebook, which become strings in their places."""
    return re.sub(r"^(\s*)(%.*)$", lambda found: f"{found[1]}{found[2]!r}", source, flags=re.M)


def differences(ours: object, theirs: object) -> Iterator[str]:
    """Walk two syntax trees side by side; comments are not in them, and may be in any language."""
    if isinstance(ours, Literal) and isinstance(theirs, Literal):
        yield from changed_literal(ours, theirs)
    elif isinstance(ours, ast.AST) and type(ours) is type(theirs):
        for field in ours._fields:
            yield from differences(getattr(ours, field), getattr(theirs, field))
    elif isinstance(ours, list) and isinstance(theirs, list) and len(ours) == len(theirs):
        for one, another in zip(ours, theirs, strict=True):
            yield from differences(one, another)
    elif ours != theirs:
        yield f"code: {shown(theirs)}, in English {shown(ours)}"


def changed_literal(
    ours: ast.Constant | ast.JoinedStr, theirs: ast.Constant | ast.JoinedStr
) -> Iterator[str]:
    """A literal is the same, or words of the other script; what an f-string computes may change its place."""
    if ast.dump(ours) == ast.dump(theirs):
        return
    (words, values), (new_words, new_values) = split(ours), split(theirs)
    if words is None or new_words is None or values != new_values or not A_HAN.search(new_words):
        yield f"code: {shown(theirs)}, in English {shown(ours)}"


def split(literal: Literal) -> tuple[str | None, list[str]]:
    """The words of a string, and what it computes, in no order; None for what is no string."""
    if isinstance(literal, ast.Constant):
        return (literal.value if isinstance(literal.value, str) else None), []
    words = "".join(str(part.value) for part in literal.values if isinstance(part, ast.Constant))
    return words, sorted(ast.dump(part) for part in literal.values if isinstance(part, ast.FormattedValue))


def literals(source: str) -> list[str]:
    """The strings of a cell's code in their order; of an f-string the words, with {} for what it computes."""
    try:
        tree = ast.parse(plain(source))
    except SyntaxError:
        return []
    inside = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            words = [str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values]
            found.append("".join(words))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in inside:
            found.append(node.value)
    return found


def shown(part: object) -> str:
    """A piece of code as it is written."""
    return ast.unparse(part) if isinstance(part, ast.AST) else repr(part)


# --- the look of Chinese ----------------------------------------------------------------------------------

MARKUP = re.compile(r"^(?:\s|[#>|]|[-*+] |\d+\. |:[\w-]+:|(?:`{3,}|:{3,})\{[\w:+-]+\}|\[\^\w+\]:)+")
ALONE = re.compile(r"\s*(?:[|:(#]|`{3})")  # a line that the next one does not join
ANEW = re.compile(r"\s*(?:$|[-*+] |\d+\. |[>|:`(#<]|\[\^)")  # a line that joins none before it
AROUND = f"[{HAN}{FULL_WIDTH}]"
FAULTS = {
    "a space beside Chinese": re.compile(rf"(?<={AROUND})[ ]+(?=[^\s|])|(?<=[^\s|])[ ]+(?={AROUND})"),
    "half-width punctuation": re.compile(rf"(?<=[{HAN}])[,;:!?()\"]|[(\"](?=[{HAN}])|(?<=[{HAN}])\.(?=\s|$)"),
    # Such stars are shown: between a word and a full-width mark Markdown sees no begin and no end.
    "emphasis that stays open": re.compile(
        rf"(?<=[{HAN}\w])(\*+)[{FULL_WIDTH}][^*\n]*\1|(\*+)(?=[^*\s])[^*\n]*[{FULL_WIDTH}]\2(?=[{HAN}\w])"
    ),
}
EMPHASIS = re.compile(r"(\*+)[^*\n]+\1")


def faults(text: str) -> list[str]:
    """Where a Chinese text has spaces born of habit or of line breaks, or marks of another script."""
    text = DISPLAYED.sub("", without_blocks(text)[0])
    for pattern in (
        INLINE,
        ROLE,
        LITERAL,
    ):  # a letter in their place: their neighbours count
        text = pattern.sub("x", text)
    lines = re.sub(r"<[^<>\n]+>", "", re.sub(r"\]\([^)\n]*\)", "]", text)).split("\n")
    found = []
    for line in (MARKUP.sub("", line) for line in lines):
        stars = {star for pair in EMPHASIS.finditer(line) for star in (pair.start(), pair.end())}
        for name, pattern in FAULTS.items():
            for hit in pattern.finditer(line):
                if hit[0][0] != "*" or {hit.start(), hit.end()} & stars == {hit.start(), hit.end()}:
                    found.append(f"{name}: {around(line, hit.start())}")
    in_glossary = False  # where each line is a term or a definition
    for line, following in pairwise(lines):
        in_glossary = "{glossary}" in line or (in_glossary and not FENCE.match(line))
        joined = line.strip() and not in_glossary and not ALONE.match(line) and not ANEW.match(following)
        if joined and (re.search(rf"{AROUND}\s*$", line) or re.match(rf"\s*{AROUND}", following)):
            found.append(f"a line break between Chinese: {around(line + following, len(line))}")
    return found


def around(line: str, at: int) -> str:
    """A few letters on both sides of a place."""
    return repr(line[max(0, at - 8) : at + 8])
