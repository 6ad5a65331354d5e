"""One fact in how many places: files that spell out the fields of a record, and shapes of a verdict.

Belongs here: what counts as a declaration. Does not belong here: bounds and printing (``figures``).

A *field* is declared wherever the columns of its record are spelled out: in a file (Python, SQL, TOML, a page of the
docs that nothing makes) that names at least a third of the columns of ``ProjectRecord`` or ``NewsRecord`` as attributes
of a class or in text, this one among them. The rooms that read fields one by one are left out, for a rule for each of
them is not a second list (``READING``); so are saved queries, which choose what they show.
A *verdict* is declared by each class, mapping or SQL structure with a run, a site, a kind and whether it was accepted.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from bench.house import House, Module

READING = (
    "docs/reading-pages.md", "extractor/codebooks/", "extractor/fields/", "extractor/layouts/", "extractor/meaning/",
    "extractor/prose/",
)  # fmt: skip
"""Where each field has its own rule or wording."""

MAPPED = ("docs/iati.md", "warehouse/export/iati_activity.py", "warehouse/export/iati.xml")
"""Where each field has its own place in a standard of others: a rule for each, no second list of them."""

HASHING = "extractor/meaning/findings.py"
"""Stands among the reading rooms and reads nothing: which fields are hashed is a list like any other."""

RECORDS = ("ProjectRecord", "NewsRecord")
SAVED_QUERIES = "warehouse/read/queries/"
MADE_PAGE = re.compile(r"\bmade\b.{0,120}?\bby\s+`python -m", re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r"[a-z][a-z0-9_]*")
_VERDICT = ({"run_id", "site", "kind"}, {"is_accepted", "accepted", "verdict"})
_SQL_STRUCTURE = re.compile(r"\{([^{}]*)\}|CREATE\s[\w\s]*?TABLE\s+\w+\s*\(([^()]*)\)", re.IGNORECASE)
_SQL_COMMENT = re.compile(r"--[^\n]*")


def find_field_declarations(house: House) -> dict[str, list[str]]:
    """Field to the files that declare it beside its siblings."""
    spelled = {path: words for path, words in _iter_spelled(house) if not _is_reading(path)}
    places: dict[str, list[str]] = defaultdict(list)
    for record, columns in _iter_records(house):
        for path, words in sorted(spelled.items()):
            if len(columns & words) * 3 >= len(columns):
                for column in columns & words:
                    places[f"{record}.{column}"].append(path)
    return dict(places)


def _iter_records(house: House) -> Iterator[tuple[str, set[str]]]:
    """The records of the ground with their columns."""
    for module in house.modules.values():
        for node in module.tree.body:
            if module.package == "contracts" and isinstance(node, ast.ClassDef) and node.name in RECORDS:
                yield node.name, set(_iter_attributes(node))


def _is_reading(path: str) -> bool:
    return path.startswith((*READING, *MAPPED, SAVED_QUERIES)) and path != HASHING


def _iter_spelled(house: House) -> Iterator[tuple[str, set[str]]]:
    """Files with the words in them that can name a field."""
    for module in house.modules.values():
        yield module.path.relative_to(house.root).as_posix(), set(_iter_words(module))
    for suffix, comment in ((".sql", _SQL_COMMENT), (".toml", re.compile(r"^#.*$", re.MULTILINE))):
        for path in house.iter_files(suffix):
            text = comment.sub("", path.read_text(encoding="utf-8"))
            yield path.relative_to(house.root).as_posix(), set(_WORD.findall(text))
    for path in sorted((house.root / "docs").glob("*.md")):
        page = path.read_text(encoding="utf-8")
        if not MADE_PAGE.search(page):
            yield path.relative_to(house.root).as_posix(), set(re.findall(r"`([a-z][a-z0-9_]*)`", page))


def _iter_words(module: Module) -> Iterator[str]:
    """Attributes that classes declare, and words of text; not of docstrings, nor what is called or read."""
    remarks = {id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr) and _is_text(node.value)}
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ClassDef):
            yield from _iter_attributes(node)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in remarks:
            yield from _WORD.findall(node.value)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _iter_attributes(node: ast.ClassDef) -> Iterator[str]:
    for one in node.body:
        if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name):
            yield one.target.id


def find_verdict_declarations(house: House) -> list[str]:
    """Where the shape of a verdict is spelled out: file and line."""
    found = [
        f"{module.path.relative_to(house.root).as_posix()}:{line}"
        for module in house.modules.values()
        for line in _iter_python_verdicts(module.tree)
    ]
    for path in house.iter_files(".sql"):
        found += [f"{path.relative_to(house.root).as_posix()}:{line}" for line in _iter_sql_verdicts(path)]
    return found


def _iter_python_verdicts(tree: ast.Module) -> Iterator[int]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and _is_verdict(set(_iter_attributes(node))):
            yield node.lineno
        elif isinstance(node, ast.Dict):
            keys = {key.value for key in node.keys if isinstance(key, ast.Constant) and isinstance(key.value, str)}
            if _is_verdict(keys):
                yield node.lineno


def _iter_sql_verdicts(path: Path) -> Iterator[int]:
    text = path.read_text(encoding="utf-8")
    for structure in _SQL_STRUCTURE.finditer(text):
        words = set(re.findall(r"(\w+)\s*:|^\s*(\w+)\s+[A-Z]", structure[1] or structure[2] or "", re.MULTILINE))
        if _is_verdict({word for pair in words for word in pair}):
            yield text.count("\n", 0, structure.start()) + 1


def _is_verdict(names: set[str]) -> bool:
    needed, one_of = _VERDICT
    return needed <= names and bool(one_of & names)
