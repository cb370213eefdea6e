"""One grammar for the errors of the package: "X must be ...; got ... . Hint: ...", read from the source."""

import ast
import re
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import seglosses

PACKAGE = Path(seglosses.__file__).parent
FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))
OF_ARGUMENTS = {
    *("ValueError", "TypeError", "KeyError", "IndexError", "RuntimeError"),
    *("FileNotFoundError", "TraitError"),
}
VERDICTS = {"NotYet"}  # on a reader's answer: those that say what came follow the grammar, too
GRAMMAR = re.compile(r"\S.* must \S.*; got \S.*\. Hint: \S.*[.?…]", re.DOTALL)
UNKNOWN = "…"  # stands for what only a run can tell

Known = dict[str, list[ast.expr]]


def texts(node: ast.expr, known: Known) -> list[str]:
    """Every text that an expression may be; names stand for what is assigned to them in ``known``."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.JoinedStr(values=parts):
            return ["".join(chosen) for chosen in product(*(texts(part, known) for part in parts))]
        case ast.FormattedValue(value=value):
            return texts(value, known)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return [a + b for a, b in product(texts(left, known), texts(right, known))]
        case ast.IfExp(body=body, orelse=orelse):
            return texts(body, known) + texts(orelse, known)
        case ast.Name(id=name) if name in known:
            others = {other: values for other, values in known.items() if other != name}
            return [text for value in known[name] for text in texts(value, others)]
    return [UNKNOWN]


def bind(node: ast.stmt, known: Known) -> None:
    """Note in ``known`` what an assignment makes of names; one that is unpacked or added to is forgotten."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    for target in targets:
        for name in ast.walk(target):
            if isinstance(name, ast.Name):
                known.pop(name.id, None)
        if isinstance(target, ast.Name) and not isinstance(node, ast.AugAssign) and node.value is not None:
            known[target.id] = [node.value]


def branches(node: ast.stmt) -> list[list[ast.stmt]]:
    """The blocks of a statement, of which one or another runs."""
    blocks = [getattr(node, field, []) for field in ("body", "orelse", "finalbody")]
    blocks += [part.body for part in [*getattr(node, "handlers", []), *getattr(node, "cases", [])]]
    return [block for block in blocks if block]


def raised(block: list[ast.stmt], known: Known) -> Iterator[tuple[int, str, list[str]]]:
    """Every ``raise`` of a class: the line, the name of the class, and the texts that it may be given.

    ``known`` has the names that are assigned before the block, and afterwards those of the block, too.
    """
    for node in block:
        match node:
            case ast.FunctionDef(args=arguments, body=body):
                given = {part.arg for part in ast.walk(arguments) if isinstance(part, ast.arg)}
                yield from raised(body, {name: value for name, value in known.items() if name not in given})
            case ast.ClassDef(body=body):
                yield from raised(body, dict(known))
            case ast.Raise(exc=ast.Call(func=function, args=given)):
                name = ast.unparse(function).rpartition(".")[2]
                yield node.lineno, name, texts(given[0], known) if given else [""]
            case ast.Raise(exc=ast.Name(id=name)):
                yield node.lineno, name, [""]
            case ast.Assign() | ast.AnnAssign() | ast.AugAssign():
                bind(node, known)
            case _:
                ends = [] if isinstance(node, ast.If) and node.orelse else [dict(known)]
                for branch in branches(node):
                    inside = dict(known)
                    yield from raised(branch, inside)
                    if not isinstance(branch[-1], ast.Raise | ast.Return | ast.Continue | ast.Break):
                        ends.append(inside)
                for name in {name for end in ends for name in end}:
                    values = [value for end in ends for value in end.get(name, [ast.Constant(None)])]
                    known[name] = list(dict.fromkeys(values))


def errors(source: str) -> Iterator[tuple[int, str, list[str]]]:
    """What :func:`raised` finds in a source; a function knows all constants of its module."""
    tree, known = ast.parse(source), {}
    list(raised(tree.body, known))
    yield from raised(tree.body, known)


def complaints(source: str) -> list[str]:
    """What in a source breaks the grammar, each with its line."""
    return [
        f"line {line}: {name}({text!r})"
        for line, name, alternatives in errors(source)
        for text in alternatives
        if not GRAMMAR.fullmatch(text)
        and (name in OF_ARGUMENTS or (name in VERDICTS and re.search(r"\b([Ee]xpected|got)\b", text)))
    ]


@pytest.mark.parametrize("name", FILES)
def test_every_error_says_what_must_be_what_came_and_what_to_do(name):
    """Each error of each file that complains of an argument has the three parts, in one order."""
    assert complaints((PACKAGE / name).read_text("utf-8")) == []


GOOD = [
    'raise ValueError(f"{name} must be above 0; got {value}. Hint: 1 is the usual choice.")',
    'raise ValueError(f"{name} must be above 0; "\n    f"got {value}. " "Hint: take 1.")',
    'raise ValueError("x must be 1; got 2. " + "Hint: take 1.")',
    'def f(x):\n hint = "Hint: take 1."\n raise TypeError(f"x must be an int; got {x}. {hint}")',
    'def f(x):\n raise TypeError(f"x must be an int; got {x}. {HINT}")\nHINT = "Hint: take 1."',
    'def f(x, hint):\n raise TypeError(f"x must be an int; got {x}. Hint: {hint}.")',
    'def f(x):\n must = "must be 1" if x else "must be 2"\n raise KeyError(f"x {must}; got 3. Hint: 1.")',
    'hint = "Take 1."\nhint = "Hint: take 1."\nraise TypeError(f"x must be 1; got 2. {hint}")',
    'if a:\n hint = "x"\nelse:\n hint = "y"\nraise TypeError(f"x must be 1; got 2. Hint: {hint}.")',
    'if a:\n hint = ""\n raise Other\nhint = "Hint: 1."\nraise TypeError(f"x must be 1; got 2. {hint}")',
    'raise NotYet("The signs are the wrong way round.")',
    "raise NotImplementedError",
    "try:\n f()\nexcept ValueError as error:\n clean()\n raise error",
    "try:\n f()\nexcept ValueError:\n raise",
]
BAD = [
    "raise ValueError",
    "raise ValueError()",
    "raise ValueError(message)",
    'raise ValueError("x: expected 1, got 2")',
    'raise ValueError("x must be 1, but got 2. Hint: take 1.")',
    'raise ValueError("x must be 1; got 2.")',
    'raise ValueError("x must be 1; got 2. Hint: ")',
    'raise ValueError("x must be 1; got 2. Hint: take 1")',
    'raise ValueError("x is no good; got 2. Hint: take 1.")',
    'raise traitlets.TraitError(f"{x} is no good.")',
    'def f(x):\n hint = "Take 1."\n raise TypeError(f"x must be an int; got {x}. {hint}")',
    'def f(x):\n hint = "Hint: 1." if x else ""\n raise TypeError(f"x must be 1; got {x}. {hint}")',
    'hint = ""\nif a:\n hint = "Hint: 1."\nraise TypeError(f"x must be 1; got {x}. {hint}")',
    'hint = "Hint: 1."\nhint += more\nraise TypeError(f"x must be 1; got {x}. {hint}")',
    'def f():\n hint = "Hint: 1."\ndef g():\n raise TypeError(f"x must be 1; got {x}. {hint}")',
    'hint = "Hint: 1."\ndef g(hint):\n raise TypeError(f"x must be 1; got {x}. {hint}")',
    'raise NotYet(f"Expected a number, got {x}.")',
    "class A:\n def f(self):\n  with self:\n   for one in self:\n    raise KeyError(self)",
    "match a:\n case 1:\n  try:\n   f()\n  except A as error:\n   raise KeyError(a) from error",
]


@pytest.mark.parametrize("source", GOOD)
def test_an_error_with_all_three_parts_passes(source):
    """Literals, parts side by side, and names of the same function or module are put together."""
    assert complaints(source) == []


@pytest.mark.parametrize("source", BAD)
def test_an_error_that_lacks_a_part_is_found(source):
    """A missing part, another order, another scope's hint and an error without a text are all reported."""
    assert len(complaints(source)) == 1


def test_the_files_hold_errors_to_check():
    """The walk finds the errors of functions, of methods and of the losses, and not just none."""
    sources = {name: (PACKAGE / name).read_text("utf-8") for name in FILES}
    found = {name: [error for _, error, _ in errors(source)] for name, source in sources.items()}
    for name in ("grids.py", "losses/_checks.py", "widgets/kit/traits.py", "exercises/_check.py"):
        assert set(found[name]) & (OF_ARGUMENTS | VERDICTS)
    assert sum(len(names) for names in found.values()) > 100
