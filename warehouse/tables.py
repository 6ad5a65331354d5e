"""The public tables: their names, their order and their keys.

Belongs here: what a data release contains and how it is ordered, as ``warehouse/build/sql/comments.toml`` has it. Does
not belong here: SQL, the meaning of columns (:mod:`warehouse.build.dictionary`).
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

COMMENTS = Path(__file__).parent / "build" / "sql" / "comments.toml"


@cache
def read_comments() -> Mapping[str, Any]:
    """The parsed comments.toml: ``columns``, ``views`` and ``macros``."""
    return tomllib.loads(COMMENTS.read_text(encoding="utf-8"))


class PublicTable(msgspec.Struct, frozen=True):
    """One view of ``v1``, and what it means.

    ``key`` identifies a row and is never null, unless ``nullable`` names the column. ``references`` are columns whose
    value, where there is one, is the key of a row in another table: column to table.
    """

    name: str
    comment: str
    key: tuple[str, ...]
    nullable: tuple[str, ...] = ()
    references: dict[str, str] = {}

    @property
    def order(self) -> str:
        """The ORDER BY of a data release: total, since the key identifies a row.

        >>> get_table("projects").order
        '"project_id"'
        """
        return ", ".join(f'"{column}"' for column in self.key)

    @property
    def key_counts(self) -> str:
        """A statement: its rows, those whose key has a null where none may be, and how many keys occur twice."""
        tests = [f'"{column}" IS NULL' for column in self.key if column not in self.nullable]
        return (
            f"SELECT coalesce(sum(n), 0), coalesce(sum(n) FILTER ({' OR '.join(tests) or 'false'}), 0), "
            f"count(*) FILTER (n > 1) FROM (SELECT count(*) AS n, {self.order} FROM v1.{self.name} GROUP BY ALL)"
        )

    def find_orphans(self, column: str, table: str) -> str:
        """A relation of the values of a column that are the key of no row in the table they refer to."""
        key = get_table(table).key[0]
        stated = f'SELECT "{column}" AS "{key}" FROM v1.{self.name} WHERE "{column}" IS NOT NULL'
        return f'({stated}) ANTI JOIN v1.{table} USING ("{key}")'


PUBLIC_TABLES = tuple(
    msgspec.convert({"name": name, **view}, PublicTable) for name, view in read_comments()["views"].items()
)
"""Every view of ``v1``, in the order of the documentation. A document_id of two kinds refers to no one table."""


def get_table(name: str) -> PublicTable:
    """The public table of this name; there is one."""
    (found,) = (table for table in PUBLIC_TABLES if table.name == name)
    return found
