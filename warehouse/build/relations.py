"""Writing the current documents for the search of clusters and links, and reading its result (contracts.md, section 7).

Belongs here: writing the one file and reading the two. Does not belong here: judging what is alike (the pipeline does).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from warehouse.build.steps import run_step
from warehouse.connection import quote_text
from warehouse.errors import BuildError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    Relate = Callable[[Path, Path], None]
    """Reads the documents file, writes ``clusters.ndjson`` and ``links.ndjson`` into the folder."""

ANSWERS = ("clusters", "links")


def relate_documents(connection: DuckDBPyConnection, relate: Relate | None, staging: Path) -> None:
    """Fill the tables of clusters and links. Without a judge both stay empty.

    Raises:
        BuildError: the judge did not write one of its two files.
    """
    folder = staging / "relations"
    folder.mkdir()
    if relate is None:
        for name in ANSWERS:
            (folder / f"{name}.ndjson").touch()
    else:
        run_step(connection, "78_relations_out")
        documents = staging / "documents.ndjson"
        connection.execute(f"COPY related_document TO {quote_text(str(documents))} (FORMAT json)")
        relate(documents, folder)
    for name in ANSWERS:
        path = folder / f"{name}.ndjson"
        if not path.is_file():
            raise BuildError(f"the search of relations wrote no {path.name}; see docs/contracts.md, section 7")
        connection.execute(f"SET VARIABLE {name}_file = ?", [str(path)])
    run_step(connection, "79_relations_in")
