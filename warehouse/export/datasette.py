"""What Datasette is told of a SQLite file: ``metadata.yaml``, with a title, source, licence and a word on each column.

Belongs here: that file. Does not belong here: the SQLite file (:mod:`warehouse.export.sqlite`), the meaning of columns
(``build.dictionary``).
"""

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from warehouse.build.dictionary import find_comment
from warehouse.publish.origin import LICENCE, PUBLISHER, PUBLISHER_URL, TITLE, TablesOrigin
from warehouse.read.cookbook import Question
from warehouse.tables import PublicTable

_PLAIN = re.compile(r"(?!(?:y|n|yes|no|on|off|true|false|null)$)[a-z][a-z_0-9]*")
"""Names that YAML takes for text without quotes."""


def write_metadata(
    connection: duckdb.DuckDBPyConnection,
    origin: TablesOrigin,
    tables: Sequence[PublicTable],
    questions: Sequence[Question],
    target: Path,
    *,
    database: str,
) -> None:
    """Write to ``target`` the metadata of a SQLite file, whose name without its ending is ``database``."""
    described: dict[str, Any] = {}
    for table in tables:
        names = [str(row[0]) for row in connection.execute(f"DESCRIBE v1.{table.name}").fetchall()]
        described[table.name] = {
            "description": table.comment,
            "columns": {name: find_comment(table.name, name) or "" for name in names},
        }
    for question in questions:
        about = f"{question.question} {question.counting}"
        told = {"title": question.question, "description": about}
        if question.name in described:
            described[name_answer(question)] = told
        else:
            described |= {question.name: told, name_answer(question): {"hidden": True, "description": about}}
    described["about"] = {"description": "Where these tables come from, and how to cite them."}
    facts = origin.describe()
    metadata = {
        "title": TITLE,
        "description": ". ".join(
            [*([origin.notice] if origin.notice else []), f"Data release: {facts['data release']}", facts["to cite"]]
        ),
        "source": PUBLISHER,
        "source_url": PUBLISHER_URL,
        "license": LICENCE,
        "license_url": PUBLISHER_URL,
        "databases": {database: {"tables": described}},
    }
    target.write_text("".join(_iter_yaml(metadata)), encoding="utf-8")


def name_answer(question: Question) -> str:
    """The table that holds the answer to a question; the view named after the question shows it."""
    return f"answer_{question.name}"


def _iter_yaml(tree: Mapping[str, Any], indent: str = "") -> list[str]:
    """Mappings and texts as YAML; texts are quoted as JSON quotes them, which YAML reads alike."""
    lines = []
    for name, value in tree.items():
        key = f"{indent}{name if _PLAIN.fullmatch(name) else json.dumps(name, ensure_ascii=False)}:"
        if isinstance(value, Mapping):
            lines += [f"{key}\n" if value else f"{key} {{}}\n", *_iter_yaml(value, indent + "  ")]
        else:
            lines.append(f"{key} {json.dumps(value, ensure_ascii=False)}\n")
    return lines
