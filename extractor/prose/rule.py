"""What a rule of mentions is: an id, a place where it fires, a place where it must not, and the function that finds.

Belongs here: the shape. Does not belong here: any rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from contracts.extraction import Certainty, MentionKind
from extractor.prose.prose import Prose


class Hit(NamedTuple):
    """One find: ``first`` and ``last`` are characters of the prose."""

    name: str
    value: str | None
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Rule:
    """``example`` gives exactly ``finds`` (name and value); ``counter_example`` gives nothing.

    The tests hold every rule to it.
    """

    id: str
    kind: MentionKind
    certainty: Certainty
    find: Callable[[Prose], Iterable[Hit]]
    example: str
    finds: tuple[tuple[str, str | None], ...]
    counter_example: str
