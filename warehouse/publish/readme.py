"""What people read beside a data release: README.md, and CITATION.cff (https://citation-file-format.github.io, 1.2.0).

Belongs here: their words. Does not belong here: the tables and their description.
"""

import json
import textwrap
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from warehouse.publish.corrections import Corrected
from warehouse.publish.origin import ABSTRACT, LICENCE, PUBLISHER, PUBLISHER_URL, TITLE, TablesOrigin
from warehouse.tables import PUBLIC_TABLES

_FILES = """\
| file | what it is |
|---|---|
| `iomdb.duckdb` | all tables, views and macros: `duckdb -readonly iomdb.duckdb`, DuckDB 1.2 or later |
| `<table>.parquet` | each table, ordered by its key |
| `datapackage.json` | every table and column described (Data Package 2), with sizes and sha256 |
| `csv/` | the tables that people read once more as CSV, with a description of their own |
| `changes.csv` | what to correct if you used the data release before this one |
| `CITATION.cff` | how to cite these tables |
| `SHA256SUMS` | `sha256sum -c SHA256SUMS` checks each file |
"""


def write_readme(folder: Path, origin: TablesOrigin, before: str | None, corrections: Sequence[Corrected]) -> None:
    """Write README.md. ``before`` is the data release that ``corrections`` are against; None where there is none."""
    told = origin.describe()
    facts = "\n".join(f"- **{name}**: {text}" for name, text in told.items() if name != "title")
    tables = "\n".join(f"- `{table.name}`: {table.comment}" for table in PUBLIC_TABLES)
    text = f"# {TITLE}\n\n{facts}\n\n## What to correct\n{_describe_corrections(before, corrections)}\n\n"
    text += f"## Files\n{_FILES}\n## Tables\n{tables}\n\n"
    text += (
        "A NULL is what a page does not state, or states in no form that is read; times are UTC. To prove a value by "
        "the archived page: `iomdb verify ID FIELD`, in a data folder that has the archive.\n"
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


def _describe_corrections(before: str | None, corrections: Sequence[Corrected]) -> str:
    if before is None:
        return "Nothing: no data release was kept before this one."
    counts = Counter(one.change for one in corrections)
    told = ", ".join(f"{counts[change]} {change}" for change in sorted(counts)) or "nothing"
    return f"Against data release {before}: {told}; `changes.csv` has each."


def write_citation(folder: Path, origin: TablesOrigin) -> None:
    """Write CITATION.cff; its texts are quoted as JSON quotes them, which YAML reads alike."""
    abstract = [*([origin.notice] if origin.notice else []), ABSTRACT, LICENCE]
    fields = {
        "cff-version": "1.2.0",
        "message": "If you use these tables, cite them so, and a single value by `iomdb cite`.",
        "type": "dataset",
        "title": TITLE,
        "abstract": ". ".join(text.rstrip(".") for text in abstract) + ".",
        "version": origin.version,
        **({"date-released": origin.created[:10]} if origin.created else {}),
        "url": PUBLISHER_URL,
        "license-url": PUBLISHER_URL,
    }
    lines = [f"{name}: {json.dumps(text, ensure_ascii=False)}" for name, text in fields.items()]
    authors = f"""\
        authors:
          - name: {json.dumps(PUBLISHER)}
            website: {json.dumps(PUBLISHER_URL)}
        identifiers:
          - type: other
            value: {json.dumps(f"iomdb data release {origin.release_id}")}
            description: "The beginning of the sha256 of datapackage.json"
          - type: other
            value: {json.dumps(f"sha256:{origin.content_sha256}")}
            description: "The content of the tables"
        """
    (folder / "CITATION.cff").write_text("\n".join(lines) + "\n" + textwrap.dedent(authors), encoding="utf-8")
