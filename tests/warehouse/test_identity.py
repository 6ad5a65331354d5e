"""Which pages are one document, under which name, and from which page it is read."""

from __future__ import annotations

import pytest

from tests.warehouse.archives import Answer, Archive, absent, at, build, moved, news, project
from tests.warehouse.reading import ask, ask_one, ask_values, kinds

MAIN = "https://www.iom.int/project/a-border"
OLD_HOST = "https://developmentfund.iom.int/project/a-border-1"
FRENCH = "https://www.iom.int/fr/node/77"
SPELLINGS = (
    MAIN, "iom.int/project/a-border", "http://www.iom.int/project/a-border", "https://IOM.int/project/a-border/",
    f" {MAIN}#top ", f"{MAIN}?page=1",
)  # fmt: skip


def test_pages_with_one_projects_id_are_one_project(archive: Archive) -> None:
    archive.run(
        "2026-01-05",
        [
            project(FRENCH, projects_id="TC.0001", title="Une frontière", lang="fr"),
            project(OLD_HOST, projects_id="TC.0001"),
            project(MAIN, projects_id="TC.0001"),
        ],
    )
    built = build(archive)
    assert ask_one(built, "SELECT project_id, url, lang, title, urls FROM v1.projects") == (
        "TC.0001",
        MAIN,
        "en",
        "A border project",
        [MAIN, OLD_HOST, FRENCH],
    )
    assert dict(ask(built, "SELECT url, reason FROM v1.aliases")) == {
        MAIN: "preferred",
        OLD_HOST: "mirror",
        FRENCH: "language",
    }


def test_one_title_on_two_ids_is_two_projects_and_minus_zero_is_kept(archive: Archive) -> None:
    twin = MAIN + "-0"
    archive.run("2026-01-05", [project(MAIN, projects_id="TC.0001"), project(twin, projects_id="QU8-805")])
    built = build(archive)
    assert ask(built, "SELECT project_id, url FROM v1.projects ORDER BY 1") == [("QU8-805", twin), ("TC.0001", MAIN)]


def test_a_prima_id_is_linked_where_some_page_shows_both(archive: Archive) -> None:
    archive.run(
        "2026-01-05",
        [
            project(MAIN, projects_id="TC.0001", prima_id="LR10P0001"),
            project(OLD_HOST, prima_id="LR10P0001"),
            project("https://www.iom.int/project/other", prima_id="LR10P0002"),
        ],
    )
    built = build(archive)
    assert ask_values(built, "SELECT project_id FROM v1.projects ORDER BY 1") == ["LR10P0002", "TC.0001"]


def test_a_redirect_from_a_prima_id_to_a_projects_id_is_one_project(archive: Archive) -> None:
    archive.run("2026-01-05", [project(OLD_HOST, prima_id="LR10P0001", budget_amount="44000.00")])
    there = project(MAIN, projects_id="TC.0001", budget_amount="44000.00")
    archive.run("2026-02-05", [moved(OLD_HOST, MAIN), there])
    built = build(archive)
    assert ask(built, "SELECT project_id, sum(budget_amount)::VARCHAR FROM v1.projects GROUP BY ALL") == [
        ("TC.0001", "44000.00")
    ]
    assert dict(ask(built, "SELECT alias, reason FROM v1.aliases")) == {
        MAIN: "preferred",
        OLD_HOST: "redirect",
        "LR10P0001": "former_id",
    }
    assert ask_values(built, "SELECT document_id FROM v1.history('LR10P0001') WHERE valid_to IS NULL") == ["TC.0001"]
    assert ask(built, "FROM v1.data_issues") == []


def test_what_a_redirect_proves_of_a_prima_id_holds_for_other_pages_that_show_it(archive: Archive) -> None:
    node = "https://www.iom.int/node/78"
    archive.run("2026-01-05", [project(OLD_HOST, prima_id="LR10P0001"), project(node, prima_id="LR10P0001")])
    archive.run("2026-02-05", [moved(OLD_HOST, MAIN), project(MAIN, projects_id="TC.0001")])
    assert ask_values(build(archive), "SELECT project_id FROM v1.projects") == ["TC.0001"]


def test_a_redirect_joins_nothing_where_the_prima_id_stands_with_another_projects_id(archive: Archive) -> None:
    both = project("https://www.iom.int/project/both", projects_id="TC.0002", prima_id="LR10P0001")
    archive.run("2026-01-05", [project(OLD_HOST, prima_id="LR10P0001"), both])
    archive.run("2026-02-05", [moved(OLD_HOST, MAIN), project(MAIN, projects_id="TC.0001"), both])
    built = build(archive)
    assert ask(built, "SELECT project_id, list_sort(urls) FROM v1.projects ORDER BY 1") == [
        ("TC.0001", [MAIN]),
        ("TC.0002", [OLD_HOST, both.url]),
    ]
    assert ask(built, "SELECT document_id, code, detail FROM v1.data_issues") == [
        ("TC.0002", "redirects-to-another-project", f"leads to TC.0001 at {MAIN}")
    ]


def test_pages_joined_by_a_page_without_an_id_keep_their_two_prima_ids(archive: Archive) -> None:
    bridge = "https://www.iom.int/project/bridge"
    archive.run("2026-01-05", [project(OLD_HOST, prima_id="LR10P0001"), project(bridge)])
    other = project(MAIN, projects_id="TC.0001", prima_id="LR10P0002")
    archive.run("2026-02-05", [moved(OLD_HOST, bridge), project(bridge)])
    archive.run("2026-02-12", [moved(bridge, MAIN), other])
    built = build(archive)
    assert ask_values(built, "SELECT project_id FROM v1.projects WHERE prima_id = 'LR10P0001'") == ["LR10P0001"]


def test_a_prima_id_shown_with_two_projects_ids_links_nothing_and_is_reported(archive: Archive) -> None:
    archive.run(
        "2026-01-05",
        [
            project(MAIN, projects_id="TC.0001", prima_id="LR10P0001"),
            project(OLD_HOST, projects_id="TC.0002", prima_id="LR10P0001"),
            project("https://www.iom.int/project/other", prima_id="LR10P0001"),
        ],
    )
    built = build(archive)
    assert ask_values(built, "SELECT project_id FROM v1.projects ORDER BY 1") == ["LR10P0001", "TC.0001", "TC.0002"]
    assert ask_values(built, "SELECT DISTINCT code FROM v1.data_issues") == ["prima-id-with-several-projects"]


def test_a_project_without_any_id_is_its_page(archive: Archive) -> None:
    archive.run("2026-01-05", [project(MAIN), project(OLD_HOST)])
    assert ask_values(build(archive), "SELECT project_id FROM v1.projects ORDER BY 1") == [
        "developmentfund.iom.int/project/a-border-1",
        "iom.int/project/a-border",
    ]


def test_scheme_and_www_are_one_page_under_several_addresses(archive: Archive) -> None:
    archive.run("2026-01-05", [project("http://iom.int/project/a-border", projects_id="TC.0001")])
    archive.run("2026-01-12", [project(MAIN, projects_id="TC.0001")])
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created"]
    assert ask_one(built, "SELECT url FROM v1.projects") == (MAIN,)
    assert ask_values(built, "SELECT reason FROM v1.aliases ORDER BY url") == ["scheme", "preferred"]


def test_the_preferred_address_is_the_https_one_in_its_plain_spelling_whichever_answered_last(archive: Archive) -> None:
    odd = ["http://iom.int/project/a-border/", "https://www.iom.int/project/a-border/?utm_source=x"]
    for day, url in enumerate([MAIN, *odd], start=5):
        archive.run(f"2026-01-{day:02}", [project(url, projects_id="TC.0001")])
    built = build(archive)
    assert ask_one(built, "SELECT url, urls[1], len(urls) FROM v1.projects") == (MAIN, MAIN, 3)
    assert ask_values(built, "SELECT url FROM v1.coverage") == [MAIN]


def test_meeting_another_language_later_is_no_edit(archive: Archive) -> None:
    english = project(MAIN, projects_id="TC.0001")
    archive.run("2026-01-05", [english])
    archive.run("2026-01-12", [english, project(FRENCH, projects_id="TC.0001", title="Une frontière", lang="fr")])
    assert kinds(build(archive), "TC.0001") == ["created"]


def test_meeting_english_after_french_is_no_edit_either(archive: Archive) -> None:
    french = project(FRENCH, projects_id="TC.0001", title="Une frontière", lang="fr")
    archive.run("2026-01-05", [french])
    archive.run("2026-01-12", [french, project(MAIN, projects_id="TC.0001")])
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created"]
    assert ask_one(built, "SELECT lang, first_seen_at::DATE::VARCHAR, valid_from::DATE::VARCHAR FROM v1.projects") == (
        "en",
        "2026-01-05",
        "2026-01-12",
    )


def test_a_host_left_for_another_is_one_history(archive: Archive) -> None:
    before = at(project(OLD_HOST, projects_id="TC.0001", status="active"), "2015-03-01T00:00:00Z")
    archive.run("2026-01-05", [before], name="warc")
    archive.run("2026-01-12", [project(MAIN, projects_id="TC.0001", status="completed")])
    built = build(archive)
    assert ask(built, "SELECT valid_from::DATE::VARCHAR, status, change_kind FROM v1.project_versions ORDER BY 1") == [
        ("2015-03-01", "active", "created"),
        ("2026-01-12", "completed", "edited"),
    ]


def test_mirrors_seen_side_by_side_never_flap(archive: Archive) -> None:
    for day in (5, 12, 19):
        archive.run(
            f"2026-01-{day:02}",
            [project(MAIN, projects_id="TC.0001", status="completed"), project(OLD_HOST, projects_id="TC.0001")],
        )
    assert kinds(build(archive), "TC.0001") == ["created"]


def test_a_redirect_between_two_ids_joins_nothing(archive: Archive) -> None:
    archive.run("2026-01-05", [project(MAIN, projects_id="TC.0001")])
    archive.run("2026-01-12", [moved(MAIN, OLD_HOST), project(OLD_HOST, projects_id="TC.0002")])
    built = build(archive)
    assert ask_values(built, "SELECT project_id FROM v1.projects ORDER BY 1") == ["TC.0001", "TC.0002"]
    code = "redirects-to-another-project"
    issues = f"SELECT document_id, url, field, detail, seen_on FROM v1.data_issues WHERE code = '{code}'"
    assert ask(built, issues) == [("TC.0001", MAIN, "projects_id", f"leads to TC.0002 at {OLD_HOST}", "pages")]
    archive.run("2026-01-19", [project(MAIN, projects_id="TC.0001")])
    assert ask(build(archive), issues) == []


def test_an_address_that_only_ever_redirects_is_an_alias(archive: Archive) -> None:
    node = "https://www.iom.int/node/77"
    archive.run("2026-01-05", [moved(node, MAIN), project(MAIN, projects_id="TC.0001")])
    built = build(archive)
    assert ask(built, "SELECT url, reason FROM v1.aliases ORDER BY url") == [(node, "redirect"), (MAIN, "preferred")]
    assert ask_values(built, f"SELECT document_id FROM v1.history('{node}')") == ["TC.0001"]


def test_canonical_links_join_pages_without_mixing_their_contents(archive: Archive) -> None:
    first, second = "https://www.iom.int/news/a", "https://liberia.iom.int/news/a"
    for day in (5, 12):
        archive.run(f"2026-01-{day:02}", [news(first, body="a"), news(second, body="a b", canonical_url=first)])
    built = build(archive)
    assert kinds(built, "iom.int/news/a") == ["created"]
    assert ask_values(built, "SELECT reason FROM v1.aliases ORDER BY url DESC") == ["preferred", "canonical"]


def test_news_with_one_title_on_two_pages_are_two_documents(archive: Archive) -> None:
    archive.run("2026-01-05", [news("https://www.iom.int/news/a"), news("https://liberia.iom.int/news/a")])
    assert ask_values(build(archive), "SELECT count(*) FROM v1.news") == [2]


def test_a_page_that_shows_another_id_later_is_reported(archive: Archive) -> None:
    archive.run("2026-01-05", [project(MAIN, projects_id="TC.0001")])
    archive.run("2026-01-12", [project(MAIN, projects_id="TC.0002")])
    built = build(archive)
    assert ask(built, "SELECT document_id, code, detail FROM v1.data_issues") == [
        ("TC.0002", "id-changed", "shown over time: TC.0001, TC.0002")
    ]
    assert kinds(built, "TC.0002") == ["created", "edited"]


def test_history_answers_to_every_name(archive: Archive) -> None:
    archive.run("2026-01-05", [project(MAIN, projects_id="TC.0001", prima_id="LR10P0001")])
    built = build(archive)
    names = ("TC.0001", "tc.0001", "LR10P0001", "lr10p0001", *SPELLINGS)
    for name in names:
        assert ask_values(built, f"SELECT change_kind FROM v1.history('{name}')") == ["created"], name
    for name in ("nothing", "", "/", "https://"):
        assert ask(built, f"FROM v1.history('{name}')") == [], name


def test_the_timemap_lists_the_captures_of_an_address(archive: Archive) -> None:
    archive.run("2026-01-05", [project(MAIN, projects_id="TC.0001")])
    archive.run("2026-01-12", [project(MAIN, projects_id="TC.0001")])
    built = build(archive)
    for address in SPELLINGS:
        assert ask_values(built, f"SELECT warc_type FROM v1.timemap('{address}')") == ["response", "revisit"]


def test_when_the_chosen_page_is_gone_another_of_its_language_carries_on(archive: Archive) -> None:
    mirror = project(OLD_HOST, projects_id="TC.0001")
    archive.run("2026-01-05", [project(MAIN, projects_id="TC.0001"), mirror])
    archive.run("2026-01-12", [absent(MAIN), mirror])
    archive.run("2026-01-19", [absent(MAIN), mirror])
    assert kinds(build(archive), "TC.0001") == ["created"]
    archive.run("2026-01-26", [absent(MAIN), project(OLD_HOST, projects_id="TC.0001", status="completed")])
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created", "edited"]
    assert ask_one(built, "SELECT url, state, status FROM v1.projects") == (OLD_HOST, "live", "completed")


def test_a_page_that_returns_takes_its_place_again(archive: Archive) -> None:
    mirror = project(OLD_HOST, projects_id="TC.0001", title="A mirror")
    archive.run("2026-01-05", [project(MAIN, projects_id="TC.0001"), mirror])
    archive.run("2026-01-12", [absent(MAIN), mirror])
    archive.run("2026-01-19", [absent(MAIN), mirror])
    archive.run("2026-01-26", [project(MAIN, projects_id="TC.0001"), mirror])
    built = build(archive)
    assert kinds(built, "TC.0001") == ["created"]
    assert ask_one(built, "SELECT url, title FROM v1.projects") == (MAIN, "A border project")


def test_a_translation_that_names_english_as_canonical_stays_a_document(archive: Archive) -> None:
    english, french = "https://www.iom.int/news/a", "https://www.iom.int/fr/news/une"
    archive.run("2026-01-05", [news(english), news(french, title="Une", lang="fr", canonical_url=english)])
    assert ask_values(build(archive), "SELECT lang FROM v1.news ORDER BY 1") == ["en", "fr"]


def test_many_addresses_that_were_never_pages_may_lead_to_one_page(archive: Archive) -> None:
    prefixes = ["fr/", "es/", "ar/", "uk/", "de/", "pt-pt/"]
    aliases = [moved(f"https://www.iom.int/{prefix}project/a-border", MAIN) for prefix in prefixes]
    archive.run("2026-01-05", [*aliases, project(MAIN, projects_id="TC.0001")])
    assert ask_values(build(archive), "SELECT count(*) FROM v1.aliases WHERE reason = 'redirect'") == [6]


SECOND = "https://www.iom.int/project/a-market"


def other_work(url: str = SECOND, **fields: str | int | list[str]) -> Answer:
    """A page of another work under the Projects ID of the first."""
    stated = {
        "title": "Stalls for a market", "start_year": 2019, "start_date": "2019", "funding_year": 2018,
        "budget_amount": "80000.00", "countries": ["HT"],
    }  # fmt: skip
    return project(url, projects_id="TC.0001", budget_currency="USD", **{**stated, **fields})  # type: ignore[arg-type]


def first_work(url: str = MAIN, **fields: str | int | list[str]) -> Answer:
    stated = {
        "title": "A border post", "start_year": 2012, "start_date": "2012", "funding_year": 2011,
        "budget_amount": "100000.00", "countries": ["LR"],
    }  # fmt: skip
    return project(url, projects_id="TC.0001", budget_currency="USD", **{**stated, **fields})  # type: ignore[arg-type]


def test_one_projects_id_on_two_works_is_two_projects_with_an_issue_on_both_and_no_money_lost(archive: Archive) -> None:
    french = other_work(FRENCH, title="Des étals pour un marché", lang="fr")
    archive.run("2026-01-05", [first_work(), other_work(), french])
    built = build(archive)
    rows = "SELECT project_id, projects_id, budget_amount::VARCHAR, len(urls) FROM v1.projects ORDER BY 1"
    key = SECOND.removeprefix("https://www.")
    assert ask(built, rows) == [("TC.0001", "TC.0001", "100000.00", 1), (key, "TC.0001", "80000.00", 2)]
    assert ask_values(built, "SELECT sum(share_amount)::VARCHAR FROM v1.project_country_money") == ["180000.00"]
    told = ask(built, "SELECT DISTINCT document_id, code, detail FROM v1.data_issues ORDER BY 1")
    assert told == [
        ("TC.0001", "one-id-on-two-works", f"TC.0001 is also on {SECOND}"),
        (key, "one-id-on-two-works", f"TC.0001 is also on {MAIN}"),
    ]
    assert kinds(built, "tc.0001") == ["created", "created"], "the shared id finds both"


@pytest.mark.parametrize("same", ["title", "start_year", "budget_amount", "countries"])
def test_pages_that_agree_in_one_of_the_four_are_one_project(archive: Archive, same: str) -> None:
    agreed = {"title": "A border post", "start_year": 2012, "budget_amount": "100000.00", "countries": ["LR"]}[same]
    archive.run("2026-01-05", [first_work(), other_work(**{same: agreed})])  # type: ignore[arg-type]
    assert ask_values(build(archive), "SELECT project_id FROM v1.projects") == ["TC.0001"]


def test_what_one_page_does_not_state_makes_no_second_work(archive: Archive) -> None:
    archive.run("2026-01-05", [first_work(), project(SECOND, projects_id="TC.0001", title="Stalls for a market")])
    assert ask_values(build(archive), "SELECT project_id FROM v1.projects") == ["TC.0001"]


def test_an_import_of_older_captures_changes_no_news_id_and_the_older_address_finds_the_document(
    archive: Archive,
) -> None:
    old, new = "https://www.iom.int/news/a-0-old-address", "https://www.iom.int/news/the-story"
    archive.run("2026-01-05", [news(new, title="The story")])
    archive.extract()
    assert ask_values(archive.build(), "SELECT news_id FROM v1.news") == ["iom.int/news/the-story"]
    before = at(news(old, title="The story"), "2019-05-05T00:00:00Z")
    leads = at(moved(old, new, kind="news"), "2019-06-05T00:00:00Z")
    archive.run("2019-05-05", [before, leads], name="old", source="warc")
    built = build(archive)
    assert ask(built, "SELECT news_id, first_seen_at::DATE::VARCHAR FROM v1.news") == [
        ("iom.int/news/the-story", "2019-05-05")
    ]
    assert kinds(built, old) == kinds(built, "iom.int/news/the-story")


def test_a_project_that_was_named_by_its_page_is_found_by_that_name_still(archive: Archive) -> None:
    archive.run("2026-01-05", [project(MAIN)])
    archive.run("2026-01-12", [project(MAIN, projects_id="TC.0001")])
    built = build(archive)
    key = MAIN.removeprefix("https://www.")
    assert ask(built, "SELECT document_id, alias, reason FROM v1.aliases WHERE url IS NULL") == [
        ("TC.0001", key, "former_id")
    ]
    asof = f"SELECT project_id, projects_id FROM v1.projects_asof('2026-01-06', NULL, '{key}')"
    assert ask(built, asof) == [("TC.0001", None)]
    assert kinds(built, key) == ["created", "edited"]
