"""The tables beside the versions: money, disagreements, issues, unmapped labels, coverage, relations, the ledgers."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.examples import examples
from tests.warehouse.archives import Archive, absent, build, country, news, project, unknown, unreadable
from tests.warehouse.reading import ask, ask_one, ask_values, utc
from warehouse.errors import BuildError
from warehouse.publish.swap import publish_database

if TYPE_CHECKING:
    from pathlib import Path

PAGE = "https://www.iom.int/project/a-border"
FRENCH = "https://www.iom.int/fr/node/77"


def test_a_budget_is_shared_equally_to_the_cent_in_page_order(archive: Archive) -> None:
    archive.run(
        "2026-01-05", [project(PAGE, projects_id="TC.0001", budget_amount="100.00", countries=["ML", "NE", "TD"])]
    )
    assert ask(
        build(archive), "SELECT country_code, share_amount::VARCHAR, method, is_estimate FROM v1.project_country_money"
    ) == [
        ("ML", "33.34", "equal_shares", True),
        ("NE", "33.33", "equal_shares", True),
        ("TD", "33.33", "equal_shares", True),
    ]


def test_one_country_gets_the_whole_and_no_country_loses_no_money(archive: Archive) -> None:
    archive.run(
        "2026-01-05",
        [
            project(PAGE, projects_id="TC.0001", budget_amount="100000.00", countries=["LR"]),
            project(PAGE + "-2", projects_id="TC.0002", budget_amount="7.01"),
            project(PAGE + "-3", projects_id="TC.0003", countries=["LR"]),
        ],
    )
    assert ask(
        build(archive),
        "SELECT project_id, country_code, share_amount::VARCHAR, method, is_estimate FROM v1.project_country_money",
    ) == [
        ("TC.0001", "LR", "100000.00", "single_country", False),
        ("TC.0002", None, "7.01", "no_country", False),
    ]


def test_a_budget_whose_countries_are_printed_but_not_read_says_so(archive: Archive) -> None:
    unread = [{"field": "countries", "label": "Benefiting Member States", "value": "Ghana Atlantis"}]
    archive.run(
        "2026-01-05",
        [
            project(PAGE, projects_id="TC.0001", budget_amount="9.00", countries_raw="Ghana Atlantis", unmapped=unread),
            project(PAGE + "-2", projects_id="TC.0002", budget_amount="7.00", countries_raw="n/a"),
        ],
    )
    assert ask(build(archive), "SELECT project_id, country_code, method FROM v1.project_country_money") == [
        ("TC.0001", None, "countries_unread"),
        ("TC.0002", None, "no_country"),
    ]


def test_a_share_stands_at_the_place_of_its_country_whatever_other_countries_benefit(archive: Archive) -> None:
    roles = [country("benefiting", "GH"), country("benefiting", "ML"), country("other_benefiting", "TG")]
    archive.run(
        "2026-01-05",
        [project(PAGE, projects_id="TC.0001", budget_amount="9.00", countries=["GH", "ML"], roles=roles)],
    )
    assert ask(
        build(archive),
        "SELECT c.country_code, c.role, m.country_code, m.share_amount::VARCHAR FROM v1.project_countries AS c "
        "LEFT JOIN v1.project_country_money AS m USING (project_id, position) ORDER BY position",
    ) == [
        ("GH", "benefiting", "GH", "4.50"),
        ("ML", "benefiting", "ML", "4.50"),
        ("TG", "other_benefiting", None, None),
    ]


@pytest.mark.slow
@examples(5)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 10**13), st.lists(st.sampled_from(["LR", "SL", "GN", "NE", "TD", "ML", "HT"]), unique=True)
        ),
        min_size=30,
        max_size=60,
    )
)
def test_shares_always_add_up_and_never_differ_by_more_than_a_cent(
    tmp_path_factory: pytest.TempPathFactory, budgets: list[tuple[int, list[str]]]
) -> None:
    archive = Archive(tmp_path_factory.mktemp("money"))
    archive.run(
        "2026-01-05",
        [
            project(
                f"{PAGE}-{number}",
                projects_id=f"TC.{number:04}",
                budget_amount=str(Decimal(cents) / 100),
                countries=codes,
            )
            for number, (cents, codes) in enumerate(budgets)
        ],
    )
    built = build(archive)
    assert ask_values(built, "SELECT sum(share_amount) FROM v1.project_country_money") == ask_values(
        built, "SELECT sum(budget_amount) FROM v1.projects"
    )
    assert (
        ask(
            built,
            "SELECT project_id FROM v1.project_country_money JOIN v1.projects USING (project_id) GROUP BY project_id "
            "HAVING sum(share_amount) <> max(budget_amount) OR max(share_amount) - min(share_amount) > 0.01",
        )
        == []
    )


def test_languages_that_disagree_are_a_row_and_english_is_published(archive: Archive) -> None:
    archive.run(
        "2026-01-05",
        [
            project(PAGE, projects_id="TC.0001", start_date="2006", end_date="2007", status="completed"),
            project(
                FRENCH, projects_id="TC.0001", end_date="2024", status="completed", title="Une frontière", lang="fr"
            ),
        ],
    )
    built = build(archive)
    assert ask(built, "SELECT field, published_value, n_values, n_pages FROM v1.disagreements") == [
        ("end_date", "2007", 2, 2)
    ]
    (values,) = ask_one(built, 'SELECT "values" FROM v1.disagreements')
    assert [(value["lang"], value["value"]) for value in values] == [("en", "2007"), ("fr", "2024")]
    assert ask_values(built, "SELECT end_date FROM v1.projects") == ["2007"]


def test_a_coarser_date_a_missing_value_and_a_translation_are_no_disagreement(archive: Archive) -> None:
    archive.run(
        "2026-01-05",
        [
            project(PAGE, projects_id="TC.0001", start_date="2006-05", countries=["LR", "SL"]),
            project(FRENCH, projects_id="TC.0001", start_date="2006", countries=["SL", "LR"], title="Une", lang="fr"),
        ],
    )
    assert ask(build(archive), "FROM v1.disagreements") == []


def test_one_id_on_two_differing_pages_is_reported(archive: Archive) -> None:
    archive.run(
        "2026-01-05",
        [project(PAGE, projects_id="TC.0001"), project(PAGE + "-0", projects_id="TC.0001", title="Another project")],
    )
    assert ask(build(archive), "SELECT field, within_lang, n_values FROM v1.disagreements") == [("title", "en", 2)]


def test_issues_of_the_page_and_impossible_budgets_are_told(archive: Archive) -> None:
    issue = {"code": "end-before-start", "field": "end_date", "detail": "start 2007, end 2006"}
    archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001", budget_amount="0.00", issues=[issue])])
    assert ask(build(archive), "SELECT code, field, detail, seen_on FROM v1.data_issues ORDER BY code") == [
        ("budget-not-positive", "budget_amount", "0.00", "pages"),
        ("end-before-start", "end_date", "start 2007, end 2006", "page"),
    ]


def test_labels_that_no_rule_knows_are_counted_over_pages(archive: Archive) -> None:
    label = {"field": None, "label": "Donor", "value": "A fund"}
    archive.run(
        "2026-01-05",
        [
            project(PAGE, projects_id="TC.0001", unmapped=[label]),
            project(PAGE + "-2", projects_id="TC.0002", unmapped=[label]),
        ],
    )
    assert ask(build(archive), "SELECT label, value, n_pages, example_url FROM v1.unmapped") == [
        ("Donor", "A fund", 2, PAGE)
    ]


def test_coverage_tells_unchecked_from_unchanged(archive: Archive) -> None:
    pages = {
        name: f"https://www.iom.int/project/{name}" for name in ("changed", "unchanged", "missed", "gone", "absent")
    }
    seen = {name: project(url, projects_id=f"TC.{name}") for name, url in pages.items()}
    never = unreadable("https://www.iom.int/project/never")
    archive.run("2026-01-05", [*seen.values(), never])
    archive.run(
        "2026-01-12", [*(seen[name] for name in ("changed", "unchanged", "missed", "absent")), absent(pages["gone"])]
    )
    archive.run(
        "2026-01-19",
        [
            project(pages["changed"], projects_id="TC.changed", status="completed"),
            seen["unchanged"],
            unknown(pages["missed"]),
            absent(pages["gone"]),
            absent(pages["absent"]),
            never,
            unknown("https://www.iom.int/project/silent"),
        ],
    )
    built = build(archive)
    found = {key.rsplit("/", 1)[1]: checked for key, checked in ask(built, "SELECT page_key, checked FROM v1.coverage")}
    assert found == {
        "changed": "changed",
        "unchanged": "unchanged",
        "missed": "unchecked",
        "gone": "gone",
        "absent": "absent",
        "never": "unread",
        "silent": "never_answered",
    }
    assert ask_one(built, "SELECT last_outcome, last_checked_at FROM v1.coverage WHERE page_key LIKE '%missed'") == (
        "timeout",
        utc("2026-01-12T00:00:02"),
    )


def test_countries_keep_their_roles_and_their_evidence(archive: Archive) -> None:
    roles = [country("primary", "HT"), country("funder", "CA")]
    archive.run("2026-01-05", [news("https://www.iom.int/news/a", countries=roles)])
    built = build(archive)
    assert ask(built, "SELECT country_code, role, position, certainty FROM v1.news_countries ORDER BY position") == [
        ("HT", "primary", 1, "stated"),
        ("CA", "funder", 2, "stated"),
    ]


def test_a_capture_is_found_in_the_archive(archive: Archive) -> None:
    run_id = archive.run("2026-01-05", [project(PAGE, projects_id="TC.0001")])
    built = build(archive)
    assert ask_one(
        built,
        "SELECT archive_file, archive_offset, document_id FROM v1.captures JOIN v1.projects USING (capture_id)",
    ) == (f"archive/{run_id}/pages-00000.warc.gz", 0, "TC.0001")


def test_the_judge_of_relations_is_handed_the_current_documents_and_its_answer_is_published(archive: Archive) -> None:
    handed: list[dict[str, object]] = []

    def relate(documents: Path, folder: Path) -> None:
        handed.extend(json.loads(line) for line in documents.read_text().splitlines())
        members = [
            {"cluster_id": "c1", "document_id": f"iom.int/news/{name}", "kind": "news", "role": role, "score": 1,
             "linked_to": linked, "method": None if linked is None else "exact_text", "evidence": "equal"}
            for name, role, linked in (("a", "original", None), ("b", "copy", "iom.int/news/a"))
        ]  # fmt: skip
        (folder / "clusters.ndjson").write_text("".join(json.dumps(member) + "\n" for member in members))
        link = {
            "project_id": "TC.0001",
            "news_id": "iom.int/news/a",
            "method": "id",
            "certainty": "stated",
            "evidence": "x",
        }
        (folder / "links.ndjson").write_text(json.dumps(link) + "\n")

    mention: dict[str, object] = {
        "kind": "acronym",
        "name": "ABC",
        "value": "A Big Case",
        "rule": "r",
        "certainty": "stated",
    }
    mention |= {"raw": "ABC", "start": 0, "end": 3}
    archive.run(
        "2026-01-05",
        [
            project(PAGE, projects_id="TC.0001", budget_amount="5.00", description="words", countries=["LR"]),
            news(
                "https://www.iom.int/news/a", body="text", countries=[country("funder", "CA"), country("primary", "HT")]
            ),
            news("https://www.iom.int/news/b", body="text", mentions=[mention], canonical_url="https://iom.int/news/c"),
        ],
    )
    archive.extract()
    built = archive.build(relate=relate)
    by_id = {document["document_id"]: document for document in handed}
    assert list(by_id) == ["iom.int/news/a", "iom.int/news/b", "TC.0001"]
    assert by_id["iom.int/news/a"]["countries"] == ["HT"]
    assert by_id["iom.int/news/a"]["funders"] == ["CA"]
    assert by_id["iom.int/news/b"]["acronyms"] == ["A Big Case", "ABC"]
    assert by_id["iom.int/news/b"]["alternates"] == ["iom.int/news/c"]
    assert by_id["TC.0001"]["budget_amount"] == "5.00"
    assert by_id["TC.0001"]["first_seen_at"] == "2026-01-05T00:00:00Z"
    assert ask(built, "SELECT news_id, cluster_id FROM v1.news ORDER BY 1") == [
        ("iom.int/news/a", "c1"),
        ("iom.int/news/b", "c1"),
    ]
    assert ask_values(built, "SELECT news_id FROM v1.project_news") == ["iom.int/news/a"]
    publish_database(built, archive.root / "iomdb.duckdb")


def test_a_judge_of_relations_that_writes_nothing_fails_the_build(archive: Archive) -> None:
    with pytest.raises(BuildError, match=r"wrote no clusters\.ndjson"):
        archive.build(relate=lambda documents, folder: None)
