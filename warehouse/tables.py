"""The public tables: their names, their order and their keys.

Belongs here: what a data release contains and how it is ordered. Does not belong here: SQL or comments
(``warehouse/build/sql``).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublicTable:
    """One view of ``v1``.

    ``key`` identifies a row and is never null, unless ``nullable`` names the column. ``references`` are columns whose
    value, where there is one, is the key of a row in another table: column and table.
    """

    name: str
    key: tuple[str, ...]
    nullable: tuple[str, ...] = ()
    references: tuple[tuple[str, str], ...] = ()

    @property
    def order(self) -> str:
        """The ORDER BY of a data release: total, since the key identifies a row.

        >>> PublicTable("projects", ("project_id",)).order
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


PROJECT, NEWS, CAPTURE, BEFORE, EXTRACTOR = (
    ("project_id", "projects"), ("news_id", "news"), ("capture_id", "captures"), ("before_capture_id", "captures"),
    ("extractor", "releases"),
)  # fmt: skip


PUBLIC_TABLES = (
    PublicTable("projects", ("project_id",), references=(CAPTURE, EXTRACTOR)),
    PublicTable("project_versions", ("project_id", "valid_from"), references=(PROJECT, CAPTURE, EXTRACTOR)),
    PublicTable(
        "project_versions_bitemporal",
        ("project_id", "known_from", "valid_from"),
        references=(PROJECT, CAPTURE, EXTRACTOR),
    ),
    PublicTable("project_countries", ("project_id", "position"), references=(PROJECT, CAPTURE, EXTRACTOR)),
    PublicTable("project_country_money", ("project_id", "position"), references=(PROJECT,)),
    PublicTable("news", ("news_id",), references=(CAPTURE, EXTRACTOR)),
    PublicTable("news_versions", ("news_id", "valid_from"), references=(NEWS, CAPTURE, EXTRACTOR)),
    PublicTable(
        "news_versions_bitemporal", ("news_id", "known_from", "valid_from"), references=(NEWS, CAPTURE, EXTRACTOR)
    ),
    PublicTable("news_countries", ("news_id", "position"), references=(NEWS, CAPTURE, EXTRACTOR)),
    PublicTable(
        "mentions",
        ("project_id", "news_id", "position"),
        nullable=("project_id", "news_id"),
        references=(PROJECT, NEWS, CAPTURE, EXTRACTOR),
    ),
    PublicTable("clusters", ("kind", "document_id")),
    PublicTable("project_news", ("project_id", "news_id", "method", "evidence"), references=(PROJECT, NEWS)),
    PublicTable("changes", ("kind", "document_id", "changed_at", "field"), references=(CAPTURE, BEFORE)),
    PublicTable(
        "changes_bitemporal",
        ("kind", "document_id", "changed_at", "known_from", "change_kind", "field"),
        references=(CAPTURE, BEFORE),
    ),
    PublicTable("removals", ("kind", "document_id", "gone_from")),
    PublicTable(
        "disagreements", ("project_id", "field", "within_lang"), nullable=("within_lang",), references=(PROJECT,)
    ),
    PublicTable(
        "data_issues",
        ("kind", "page_key", "code", "field", "detail"),
        nullable=("field", "detail"),
        references=(("page_key", "coverage"), CAPTURE, EXTRACTOR),
    ),
    PublicTable(
        "unmapped",
        ("kind", "field", "label", "value"),
        nullable=("field", "label", "value"),
        references=(("example_capture_id", "captures"),),
    ),
    PublicTable("aliases", ("kind", "document_id", "alias")),
    PublicTable("coverage", ("page_key",)),
    PublicTable("absences", ("page_key", "seen_at")),
    PublicTable("quarantine", ("page_key",)),
    PublicTable("evidence", ("kind", "document_id", "position"), references=(CAPTURE, EXTRACTOR)),
    PublicTable("captures", ("capture_id",)),
    PublicTable("fetches", ("run_id", "seq"), references=(CAPTURE,)),
    PublicTable("runs", ("run_id",)),
    PublicTable("verdicts", ("run_id", "site", "kind"), references=(("run_id", "runs"),)),
    PublicTable("releases", ("release",)),
    PublicTable("countries", ("country_code",)),
    PublicTable("project_types", ("type_code",)),
    PublicTable("sites", ("site",)),
    PublicTable("data_dictionary", ("relation", "position")),
)
"""Every view of ``v1``, in the order of the documentation. A document_id of two kinds refers to no one table."""


def get_table(name: str) -> PublicTable:
    """The public table of this name; there is one."""
    (found,) = (table for table in PUBLIC_TABLES if table.name == name)
    return found
