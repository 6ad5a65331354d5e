"""How many examples one test takes: ``@examples(150)`` for tests that want more or fewer than a hundred.

Belongs here: the number, which grows for ``make fuzz``. Does not belong here: the profiles (``conftest``).
"""

from __future__ import annotations

from hypothesis import settings


def examples(count: int) -> settings:
    """So many in the profile that judges; in a longer search as many times more as it takes of every other test."""
    judge = settings.get_profile("judge")
    return settings(max_examples=count * settings().max_examples // judge.max_examples)
