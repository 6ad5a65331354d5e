"""The public tables: their names, their order and their keys.

Belongs here: what a release contains and how it is ordered. Does not belong here: SQL or comments (``warehouse/sql``).
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PublicTable:
    """One view of ``v1``. ``key`` identifies a row and is never null, unless ``nullable`` names the column."""

    name: str
    key: tuple[str, ...]
    nullable: tuple[str, ...] = ()

    @property
    def order(self) -> str:
        """The ORDER BY of a release: total, since the key identifies a row.

        >>> PublicTable("projects", ("project_id",)).order
        '"project_id"'
        """
        return ", ".join(f'"{column}"' for column in self.key)

    @property
    def null_keys(self) -> str:
        """A relation of the rows whose key has a null where none may be."""
        tests = [f'"{column}" IS NULL' for column in self.key if column not in self.nullable]
        return f"v1.{self.name} WHERE {' OR '.join(tests) or 'false'}"

    @property
    def double_keys(self) -> str:
        """A relation of the keys that stand twice."""
        return f"(SELECT 1 FROM v1.{self.name} GROUP BY {self.order} HAVING count(*) > 1)"


PUBLIC_TABLES = (
    PublicTable("projects", ("project_id",)),
    PublicTable("project_versions", ("project_id", "known_from", "valid_from")),
    PublicTable("project_countries", ("project_id", "place")),
    PublicTable("project_country_money", ("project_id", "place")),
    PublicTable("news", ("news_id",)),
    PublicTable("news_versions", ("news_id", "known_from", "valid_from")),
    PublicTable("news_countries", ("news_id", "place")),
    PublicTable("mentions", ("project_id", "news_id", "place"), nullable=("project_id", "news_id")),
    PublicTable("clusters", ("kind", "document_id")),
    PublicTable("project_news", ("project_id", "news_id", "method", "evidence")),
    PublicTable("changes", ("kind", "document_id", "changed_at", "known_from", "change_kind", "field")),
    PublicTable("removals", ("kind", "document_id", "gone_from")),
    PublicTable("disagreements", ("project_id", "field", "within_lang"), nullable=("within_lang",)),
    PublicTable("data_issues", ("kind", "page_key", "code", "field", "detail"), nullable=("field", "detail")),
    PublicTable("unmapped", ("kind", "field", "label", "value"), nullable=("field", "label", "value")),
    PublicTable("aliases", ("kind", "document_id", "url")),
    PublicTable("coverage", ("page_key",)),
    PublicTable("evidence", ("kind", "document_id", "place")),
    PublicTable("captures", ("capture_id",)),
    PublicTable("fetches", ("run_id", "seq")),
    PublicTable("runs", ("run_id", "site", "kind"), nullable=("site", "kind")),
    PublicTable("releases", ("release",)),
    PublicTable("data_dictionary", ("relation", "place")),
)
"""Every view of ``v1``, in the order of the documentation."""
