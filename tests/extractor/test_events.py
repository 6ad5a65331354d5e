"""What a news text reports: "today" and its kin, the place, the length, the weekday.

Nothing from what is merely mentioned.
"""

from __future__ import annotations

import pytest

from extractor.prose.events import (
    find_event_date,
    find_event_duration,
    find_event_place,
    find_relative_date,
    find_sdg_targets,
    find_wrong_weekdays,
)
from extractor.prose.prose import Prose


@pytest.mark.parametrize(
    ("text", "published", "start"),
    [
        ("A course was held on Tuesday, 30 November 2021 in Suva.", None, "2021-11-30"),
        ("A lamp was launched today (26/03) in Suva.", None, "XXXX-03-26"),
        ("A lamp was launched today (26/03) in Suva.", "2014-03-27", "2014-03-26"),
        ("A lamp was launched this week (14/03) in Suva.", "2014-03-17", "2014-03-14"),
        ("A lamp was launched today in Suva.", None, None),
        ("A lamp was launched today in Suva.", "2014-03-27", "2014-03-27"),
        ("A lamp was launched yesterday in Suva.", "2014-03-01", "2014-02-28"),
        ("A lamp was launched today in Suva.", "2014-03", None),
        ("L’atelier a été organisé ; il s’est tenu le 12 avril 2019.", None, "2019-04-12"),
        ("El taller se realizó el 5 de mayo de 2020 en Lima.", None, "2020-05-05"),
        ("The compact was adopted on 5 May 2020.", None, None),
        ("Suva – On 5 May 2020, clerks met.", None, "2020-05-05"),
        ("Suva - Samedi 11 mars, des agents ont ouvert le guichet.", None, "XXXX-03-11"),
        ("Dakar – Du 10 au 13 avril 2019, un atelier a réuni des agents.", None, "2019-04-10"),
        ("Tunis, 29 July 2016 - A course began.", None, None),
        ("Suva – Clerks remember 5 May 2020, when it rained.", None, None),
        ("“It was held on 5 May 2020,” she said.", None, None),
        ("One.\n\nTwo.\n\nThree.\n\nIt was held on 5 May 2020.", None, None),
        ("The minister holds on. 5 May 2020 was a Tuesday.", None, None),
    ],
)
def test_the_event_has_the_day_that_the_text_gives_it(text: str, published: str | None, start: str | None) -> None:
    found = find_event_date(Prose(text), published)
    assert (found.start if found else None) == start


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("A lamp was launched today in Suva.", "today"),
        ("A lamp is today being officially launched in Suva.", "today"),
        ("Une réunion de deux jours s’ouvre aujourd’hui à Abidjan.", "aujourd’hui"),
        ("to address today’s challenges", None),
        ("“We met today,” she said", None),
        ("She lives in Suva today.", None),
        ("the day after yesterday’s storm", None),
    ],
)
def test_today_is_read_only_where_something_happens(text: str, word: str | None) -> None:
    found = find_relative_date(Prose(text))
    assert (found.word if found else None) == word


@pytest.mark.parametrize(
    ("text", "place", "country"),
    [
        ("The meeting, held in Niamey from 29-30 July,", "Niamey", "NE"),
        ("It will be launched today in Port-au-Prince.", "Port-au-Prince", "HT"),
        ("It was held at the Lamp Hall in Suva.", None, None),
        ("He was born in Dakar; it was held.", None, None),
        ("It was held in Tripoli.", None, None),
        ("The course was held in March.", None, None),
    ],
)
def test_the_place_is_a_town_right_after_the_verb(text: str, place: str | None, country: str | None) -> None:
    found = find_event_place(Prose(text))
    assert ((found.name, found.value) if found else (None, None)) == (place, country)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("a two-day regional workshop", "P2D"),
        ("IOM’s three-day Global Chiefs of Mission Meeting", "P3D"),
        ("un atelier de deux jours", "P2D"),
        ("un taller de tres días", "P3D"),
        ("a two-day workshop after a three-day course", None),
        ("more than a two-day workshop", None),
        ("the project lasts", None),
    ],
)
def test_the_length_is_the_one_that_the_text_gives(text: str, duration: str | None) -> None:
    found = find_event_duration(Prose(text))
    assert (found[0] if found else None) == duration


def test_a_weekday_is_checked_against_its_date() -> None:
    assert find_wrong_weekdays(Prose("on Monday, 30 November 2021")) == ("Monday, 30 November 2021",)
    assert find_wrong_weekdays(Prose("on Tuesday, 30 November 2021, and Friday, 3 May")) == ()


@pytest.mark.parametrize(
    ("text", "targets"),
    [("SDG target 10.7 and SDG 8.8", ("10.7", "8.8")), ("target 99.1 of the 2030 Agenda, target 3.5 of the plan", ())],
)
def test_targets_are_those_of_the_2030_agenda(text: str, targets: tuple[str, ...]) -> None:
    assert tuple(target for target, _, _ in find_sdg_targets(Prose(text))) == targets
