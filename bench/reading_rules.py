"""What a rule of the reader is, and watching which of them a page runs.

Belongs here: finding the rules in the source, tracing. Does not belong here: which pages are read, the record that is
kept (``rules``).

A rule is a function of ``extractor`` (methods and functions inside functions too), or an entry of the register of rules
that read running text. A function runs when its body does; an entry of the register when it finds something, for it is
asked of every text. Wordings and codebooks are data and no rules; so are shapes whose body is empty.
"""

from __future__ import annotations

import ast
import inspect
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from types import CodeType, FrameType, ModuleType
from typing import TYPE_CHECKING, Any

from bench.house import House, Module, iter_functions

if TYPE_CHECKING:
    from extractor.prose.prose import Rule

PACKAGE = "extractor"
MENTION = "mention "
"""Stands before the id of an entry of the register, to tell it from a function."""


def find_functions(house: House) -> dict[str, set[int]]:
    """The functions of the reader as ``module:name``, with the numbers of their lines that can run."""
    lines: dict[str, set[int]] = defaultdict(set)
    for module in _iter_modules(house):
        empty = {name for name, node in iter_functions(module.tree) if _is_empty(node.body)}
        for code, owner in _iter_codes(compile(module.text, str(module.path), "exec"), None):
            if owner is not None and owner not in empty:
                lines[f"{module.name}:{owner}"] |= _find_lines(code)
    return dict(lines)


def _iter_modules(house: House) -> Iterator[Module]:
    return (module for module in house.modules.values() if module.package == PACKAGE)


def _is_empty(body: list[ast.stmt]) -> bool:
    """Whether nothing stands in it but a docstring or an ellipsis."""
    return all(isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) for node in body)


def _iter_codes(code: CodeType, owner: str | None) -> Iterator[tuple[CodeType, str | None]]:
    """Every piece of code below with the function it belongs to; comprehensions and lambdas belong to the one around.

    Code at the top of a module or a class belongs to none, for it runs when it is imported.
    """
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            is_function = inner.co_flags & inspect.CO_OPTIMIZED and not inner.co_name.startswith("<")
            owned = inner.co_qualname if is_function else owner
            yield inner, owned
            yield from _iter_codes(inner, owned)


def _find_lines(code: CodeType) -> set[int]:
    """The lines that a tracer can see run, without the line of ``def``."""
    lines = {line for _, _, line in code.co_lines() if line is not None}
    return lines - {code.co_firstlineno} or lines


@dataclass(slots=True)
class Watch:
    """What ran: functions since they were last taken, and lines of each file since the beginning."""

    names: dict[str, str]
    lines: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))
    _codes: set[CodeType] = field(default_factory=set)
    _unseen: dict[CodeType, set[int]] = field(default_factory=dict)

    @classmethod
    def over(cls, house: House) -> Watch:
        """A watch over the reader."""
        return cls({str(module.path): module.name for module in _iter_modules(house)})

    def take(self) -> set[str]:
        """The functions that ran since the last time."""
        taken = {f"{self.names[code.co_filename]}:{code.co_qualname}" for code in self._codes}
        self._codes.clear()
        return taken

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Watch what runs in this thread."""
        sys.settrace(self._see_call)
        try:
            yield
        finally:
            sys.settrace(None)

    def _see_call(self, frame: FrameType, _event: str, _argument: object) -> Any:
        code = frame.f_code
        if code.co_filename not in self.names:
            return None
        self._codes.add(code)
        if code not in self._unseen:
            self._unseen[code] = _find_lines(code)
        return self._see_line if self._unseen[code] else None

    def _see_line(self, frame: FrameType, event: str, _argument: object) -> Any:
        unseen = self._unseen[frame.f_code]
        if event == "line" and frame.f_lineno in unseen:
            unseen.discard(frame.f_lineno)
            self.lines[self.names[frame.f_code.co_filename]].add(frame.f_lineno)
        return self._see_line if unseen else None


def forget_answers(modules: dict[str, ModuleType]) -> None:
    """Clear the reader's memories of earlier pages: a rule whose answer is remembered would seem not to run."""
    for name, module in list(modules.items()):
        if name.partition(".")[0] == PACKAGE:
            for one in vars(module).values():
                if hasattr(one, "cache_clear"):
                    one.cache_clear()


def list_register() -> list[str]:
    """The entries of the register of rules that read running text."""
    rules: tuple[Rule, ...] = import_module(f"{PACKAGE}.mentions.register").RULES
    return sorted(f"{MENTION}{rule.id}" for rule in rules)
