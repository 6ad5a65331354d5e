"""Words of running text by their shape.

Belongs here: where words begin that a name can begin with. Does not belong here: what any word means.
"""

from __future__ import annotations

import re

_CAPITAL = re.compile("[A-Z\u00c0-\u00d6\u00d8-\u00de\u0100-\u1fff\u2c00-\U0010ffff](?<!\\w\\w)\\w*")
"""The class stands first, as ranges: the engine then looks for it without trying anything at other characters."""


def find_capitals(text: str) -> tuple[tuple[str, int], ...]:
    """Words that begin with a capital, or in a script without capitals, and where each begins.

    >>> find_capitals("in Mali and Côte d’Ivoire")
    (('Mali', 3), ('Côte', 12), ('Ivoire', 19))
    """
    return tuple([(match[0], match.start()) for match in _CAPITAL.finditer(text)])
