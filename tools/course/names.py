"""Which names a cell's code binds and reads, so that what later cells need stays when the rest of it goes."""

import ast
import re
from collections.abc import Iterable

MAGIC = re.compile(r"^(\s*)[%!].*$", re.M)
MAYBE = (ast.For, ast.While, ast.If, ast.With, ast.Try)  # what is bound in these may not be


def statements(source: str) -> list[ast.stmt]:
    """The statements of a cell; its magics are none."""
    return ast.parse(MAGIC.sub(r"\1pass", source)).body


def above(source: str, wanted: set[str]) -> set[str]:
    """The names that must be defined above a cell, where ``wanted`` are those that must be below it."""
    for statement in reversed(statements(source)):
        if not isinstance(statement, MAYBE):
            wanted = wanted - bound(statement)
        wanted = wanted | read(statement)
    return wanted


def needed(source: str, wanted: set[str]) -> list[str]:
    """The statements that give the ``wanted`` names their values, with what these read in turn."""
    found = []
    for statement in reversed(statements(source)):
        if bound(statement) & wanted:
            found.append(ast.get_source_segment(source, statement) or "")
            wanted = wanted | read(statement)
    return found[::-1]


def bound(statement: ast.stmt) -> set[str]:
    """The names that a statement gives a value: by assignment, by import, or as a function or a class."""
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).split(".")[0] for alias in statement.names}
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    within = [child for child in ast.iter_child_nodes(statement) if isinstance(child, ast.stmt)]
    names = set().union(*map(bound, within))
    return names | {name for part in targets(statement) for name in names_in(part, ast.Store)}


def targets(statement: ast.stmt) -> Iterable[ast.expr]:
    """What a statement assigns to."""
    if isinstance(statement, ast.Assign):
        return statement.targets
    if isinstance(statement, ast.With):
        return [item.optional_vars for item in statement.items if item.optional_vars]
    return [statement.target] if isinstance(statement, ast.AnnAssign | ast.AugAssign | ast.For) else []


def read(statement: ast.stmt) -> set[str]:
    """The names that a statement reads."""
    return names_in(statement, ast.Load)


def names_in(node: ast.AST, use: type[ast.expr_context]) -> set[str]:
    """The names below a node that are read, or that get a value."""
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name) and isinstance(one.ctx, use)}
