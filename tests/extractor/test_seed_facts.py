"""Every fact of ``tests/golden/seeds-expected.json``, one by one.

R and C must come out, X must be NULL, N is not asserted.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import pytest

from contracts.extraction import CountryEntry, Evidence, Extraction, Interpretation, Mention
from pipeline.ground.folders import PROJECT_ROOT
from tests.extractor.reading_seeds import read_seed

Fact = dict[str, Any]
FACTS: list[Fact] = json.loads((PROJECT_ROOT / "tests/golden/seeds-expected.json").read_text(encoding="utf-8"))["facts"]
ASSERTED = [fact for fact in FACTS if fact["class"] != "N"]

PROJECT_FIELDS = {"start_raw": "start_date_raw", "type_label": "type_name", "fund_year": "funding_year"}
OFFICE_FACTS = {
    "chrome_member_states": "member_states",
    "chrome_presence_countries": "presence_countries",
    "present_since": "present_since",
    "thematic_areas": "thematic_areas",
}


def mentions(row: Extraction, kind: str) -> list[Mention]:
    return [mention for mention in row.mentions if mention.kind == kind]


def values(row: Extraction, kind: str, name: str) -> set[str | None]:
    return {mention.value for mention in mentions(row, kind) if mention.name == name}


def observe_page(fact: Fact, row: Extraction) -> Any:
    field = fact["field"]
    if field in OFFICE_FACTS:
        found = values(row, "office", OFFICE_FACTS[field])
        assert len(found) == 1, found
        value = found.pop()
        return int(value) if value and value.isdigit() and isinstance(fact["value"], int) else value
    if field == "site":
        country = values(row, "office", "office_country")
        assert country == {"Liberia"}
        return "liberia.iom.int"
    return getattr(row, field)


def observe_project(fact: Fact, row: Extraction) -> Any:
    field, record = str(fact["field"]), row.project
    assert record is not None
    if field == "title":
        return row.title
    if field == "description_paragraphs":
        return len((record.description or "").split("\n\n"))
    if field == "mission_month":
        assert values(row, "date", "mission") == {fact["value"]}
        return fact["value"]
    if field == "activities":
        return len(mentions(row, "activity"))
    if field == "published_at":
        assert row.news is None
        return None
    value = getattr(record, PROJECT_FIELDS.get(field) or field)
    return str(value) if field == "budget_amount" else value


def observe_news(fact: Fact, row: Extraction) -> Any:
    field, record = fact["field"], row.news
    assert record is not None
    match field:
        case "title":
            return row.title
        case "dateline_place":
            if record.dateline_place_kind == "city":
                return f"{record.dateline_place} ({record.dateline_country}, city)"
            return f"{record.dateline_country} ({record.dateline_place_kind})"
        case "event_place":
            return f"{record.event_place} ({record.event_country}, city)"
        case "event_date":
            assert record.event_start == record.event_end
            return record.event_start
        case "event_start_md":
            return (record.event_start or "").removeprefix("XXXX-")
        case "event_end_md":
            return (record.event_end or "").removeprefix("XXXX-")
        case "event_year":
            year = (record.event_start or "")[:4]
            return None if year == "XXXX" else year
        case "claimed_date":
            assert {mention.value for mention in mentions(row, "date") if mention.name == "adopted"} == {fact["value"]}
            return fact["value"]
        case "published_at":
            assert record.published_source is None
            return record.published_date
        case "sdg_target":
            return "|".join(record.sdg_targets)
        case "relative_date":
            assert record.event_start is None
            return record.relative_date
        case _:
            return getattr(record, field)


def observe_named_project(fact: Fact, row: Extraction) -> Any:
    match fact["field"]:
        case "funder":
            return one(mention.name for mention in mentions(row, "funder"))
        case "duration":
            return one(
                mention.value for mention in mentions(row, "duration") if mention.name in {"project", "programme"}
            )
        case "countries":
            return "|".join(str(mention.value) for mention in mentions(row, "project_country"))
    acronym = one(mention.value for mention in mentions(row, "project") if mention.name == fact["field"])
    return f"acronym {acronym}" if acronym else "title"


def observe_contact(fact: Fact, read: Interpretation) -> Any:
    if fact["value"] is None and fact["field"] == "any":
        assert read.contacts == ()
        return None
    contact = one(contact for contact in read.contacts if contact.name == fact["field"])
    if fact["value"] == "phone":  # class X: no telephone number is stated
        return None if contact.phones == () else contact.phones
    kind, _, value = fact["value"].partition("=")
    if kind == "org":
        return f"org={contact.organisation}"
    if kind == "email":
        assert len(contact.emails) == 1
        return f"email={contact.emails[0]}"
    return f"phone={value}" if value in contact.phones else f"phone={contact.phones}"


def one(found: Iterable[Any]) -> Any:
    every = list(found)
    assert len(every) == 1, every
    return every[0]


def observe_country(fact: Fact, row: Extraction) -> Any:
    roles = {country.role for country in row.countries if country.country_code == fact["field"]}
    if fact["value"] == "funder":
        assert roles == {"funder"}, "a funder's country is never coverage"
    return fact["value"] if fact["value"] in roles else roles


def observe_mention(kind: str) -> Callable[[Fact, Extraction], Any]:
    return lambda fact, row: one(values(row, kind, fact["field"]))


OBSERVERS: dict[str, Callable[[Fact, Extraction], Any]] = {
    "page": observe_page,
    "office": observe_page,
    "project": observe_project,
    "news": observe_news,
    "project_country": observe_country,
    "news_country": observe_country,
    "named_project": observe_named_project,
    "acronym": observe_mention("acronym"),
    "org": observe_mention("organisation"),
    "person": observe_mention("person"),
}


def name_fact(fact: Fact) -> str:
    return f"{fact['seed']}-{fact['entity']}-{fact['field']}-{fact['class']}".replace(" ", "_")


@pytest.mark.parametrize("fact", ASSERTED, ids=name_fact)
def test_the_fact_comes_out_of_the_seed(fact: Fact) -> None:
    read = read_seed(fact["file"])
    observed = (
        observe_contact(fact, read) if fact["entity"] == "contact" else OBSERVERS[fact["entity"]](fact, read.extraction)
    )
    expected = None if fact["class"] == "X" else fact["value"]
    assert observed == expected


def published(row: Extraction) -> list[CountryEntry | Mention | Evidence]:
    return [*row.countries, *row.mentions, *row.evidence]


def spans_of(row: Extraction) -> list[tuple[int, int]]:
    found = published(row)
    return [(entry.start, entry.end) for entry in found if entry.start is not None and entry.end is not None]


@pytest.mark.parametrize(
    "fact", [fact for fact in ASSERTED if "bytes" in fact and fact["entity"] not in {"contact", "page"}], ids=name_fact
)
def test_something_published_stands_on_the_bytes_of_the_fact(fact: Fact) -> None:
    first, last = fact["bytes"]
    if fact["field"] == "description_paragraphs":
        last = len((PROJECT_ROOT / "seeds" / fact["file"]).read_bytes())  # the fact points at the first words only
    row = read_seed(fact["file"]).extraction
    assert any(start < last and first < end and end - start <= 6 * (last - first) + 60 for start, end in spans_of(row))


@pytest.mark.parametrize("file", sorted({fact["file"] for fact in FACTS}))
def test_every_range_of_bytes_holds_the_raw_text_that_is_published_for_it(file: str) -> None:
    payload = (PROJECT_ROOT / "seeds" / file).read_bytes()
    row = read_seed(file).extraction
    for entry in published(row):
        if entry.raw.endswith("…") or "withheld]" in entry.raw or entry.start is None:
            continue
        stands = payload[entry.start : entry.end].decode("utf-8")
        assert " ".join(stands.split()) == " ".join(entry.raw.split()), entry
