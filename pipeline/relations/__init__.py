"""Relations between documents: clusters of one work, and links from news to projects.

Belongs here: judging which documents are the same text and which news speaks of which project, as pure functions of
the current documents (docs/contracts.md, section 7). Does not belong here: DuckDB, identity (which addresses are one
document), Dagster.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def build_relate(sketches: Path | None) -> Callable[[Path, Path], None]:
    """The function that a build calls with ``documents.ndjson`` and the folder for its two results.

    Args:
        sketches: the file of kept sketches, read and replaced; None keeps nothing. The result never depends on it.
    """

    def relate(documents_file: Path, folder: Path) -> None:
        # Imported on use: rensa and the rest are of no concern to a program that only names this function.
        from pipeline.relations.files import write_relations  # noqa: PLC0415 - see the line above

        write_relations(documents_file, folder, sketches)

    return relate
