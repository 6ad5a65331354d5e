"""The table of docs/outcomes.md, made from the list of outcomes: ``python -m contracts.outcomes_page`` prints it.

Belongs here: the form of the table. Does not belong here: the list (``contracts.outcomes``), the page's prose.
"""

from __future__ import annotations

import sys

from contracts.outcomes import Outcome

HEAD = "| outcome | effect | the host | meaning |\n|---|---|---|---|\n"


def describe_outcomes() -> str:
    """The table in Markdown, a row an outcome in the order of the list.

    >>> describe_outcomes().splitlines()[2]
    '| `fetched` | `seen` | answered | A whole body came and is archived (or was handed over in a folder). |'
    """
    rows = [f"| `{o}` | `{o.effect}` | {o.meaning.host} | {o.meaning.text} |\n" for o in Outcome]
    return HEAD + "".join(rows)


if __name__ == "__main__":
    sys.stdout.write(describe_outcomes())
