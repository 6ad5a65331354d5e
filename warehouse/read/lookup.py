"""Finding the document that a person means by an id or an address.

Belongs here: names to documents. Does not belong here: what a document says.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from warehouse.errors import AmbiguousNameError, NotFoundError

if TYPE_CHECKING:
    import duckdb

_FIND = """
SELECT kind, document_id FROM (
SELECT kind, document_id FROM internal.document WHERE document_id = $name OR list_contains(page_keys, $key)
UNION SELECT kind, document_id FROM internal.alias WHERE url = $name OR page_key = $name OR page_key = $key
UNION SELECT 'project', project_id FROM internal.project_version WHERE upper($name) IN (projects_id, prima_id)
) ORDER BY document_id NOT IN ($name, upper($name)), kind, document_id
"""


@dataclass(frozen=True, slots=True)
class Named:
    """One document: ``kind`` is ``project`` or ``news``."""

    kind: str
    document_id: str


def find_documents(connection: duckdb.DuckDBPyConnection, name: str) -> list[Named]:
    """The documents with this project_id, Projects ID, Prima ID, news_id, page key or address.

    Letter case matters in no id. More than one where a name is shared: a Prima ID of two projects, a Projects ID that
    was once on the page of another. The one whose id the name is comes first.

    Raises:
        NotFoundError: there is none; the text proposes near names.
    """
    stated = name.strip()
    rows = connection.execute(_FIND, {"name": stated, "key": strip_address(stated)}).fetchall()
    if not rows:
        raise NotFoundError(_describe_missing(connection, stated))
    return [Named(*row) for row in rows]


def get_document(connection: duckdb.DuckDBPyConnection, name: str) -> tuple[Named, list[Named]]:
    """The one document that a name means, and others that bear or bore it too.

    A name that is a document's id means that one, whatever pages it was on before.

    Raises:
        NotFoundError: there is none.
        AmbiguousNameError: it is the id of none and a name of several.
    """
    first, *others = find_documents(connection, name)
    if others and name.strip().upper() != first.document_id.upper():
        ids = ", ".join(one.document_id for one in (first, *others))
        raise AmbiguousNameError(f"{name.strip()} names several documents: {ids}; give one of these")
    return first, others


def strip_address(address: str) -> str:
    """An address without what never distinguishes pages: scheme, www, query, fragment, the slash at the end.

    >>> strip_address("http://www.IOM.int/project/a-0/?page=1#top")
    'iom.int/project/a-0'
    """
    bare = address.partition("#")[0].partition("?")[0]
    bare = bare.removeprefix("https://").removeprefix("http://").rstrip("/")
    host, slash, path = bare.partition("/")
    return host.lower().removeprefix("www.") + slash + path


def _describe_missing(connection: duckdb.DuckDBPyConnection, name: str) -> str:
    key = strip_address(name).lower()
    rows = connection.execute("SELECT DISTINCT document_id FROM internal.document ORDER BY 1").fetchall()
    names = {str(row[0]).lower(): str(row[0]) for row in rows}
    near = [folded for folded in names if key and key in folded][:3]
    near = [names[folded] for folded in near or difflib.get_close_matches(key, list(names)[:20_000], n=3, cutoff=0.7)]
    hint = f"did you mean {', '.join(near)}?" if near else "iomdb search WORDS finds documents by their text"
    return f"no document is named {name!r}; {hint}"
