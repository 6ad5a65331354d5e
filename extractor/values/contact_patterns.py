"""Where a text says how to reach somebody: its e-mail addresses and telephone numbers, and nothing else.

Belongs here: finding them, character for character, and the words that announce a number. Does not belong here: which
block of a page names whom to ask (``news``), what is done with what was found (``extractor.values.contacts``).

All is looked for in a copy of the text of equal length, in which digits, dashes, blanks and wide signs have their
plain forms. Each step looks at a bounded stretch around a sign or a run of digits, so that time grows with the text
only, whatever the text.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections import deque
from collections.abc import Iterator
from functools import cache
from typing import Final, Literal, NamedTuple

from extractor.codebooks import find_pattern
from extractor.unicode import remember_short


class Reach(NamedTuple):
    """One address or number; it stands on ``text[first:last]``."""

    kind: Literal["email", "phone"]
    first: int
    last: int


@cache
def _plain_forms() -> dict[str, str]:
    every = map(chr, range(0x80, sys.maxunicode + 1))
    forms = {char: str(unicodedata.decimal(char)) for char in every if char.isdecimal()}
    forms |= dict.fromkeys("\u2010\u2011\ufe63\uff0d", "-") | dict.fromkeys("\u00a0\u2007\u2009\u202f\u3000", " ")
    forms |= {"＠": "@", "﹫": "@", "．": ".", "＋": "+", "﹢": "+", "（": "(", "）": ")", "：": ":", "／": "/"}
    return forms


def make_plain(text: str) -> str:
    """The text with the plain forms of digits, hyphens, blanks and wide signs, character for character.

    >>> make_plain("＋٩٦٤ ٧٧‑avula＠iom.int")
    '+964 77-avula@iom.int'
    """
    if text.isascii():
        return text
    forms = _plain_forms()
    for char in forms.keys() & set(text):
        text = text.replace(char, forms[char])
    return text


@remember_short(256)
def find_reaches(text: str) -> tuple[Reach, ...]:
    """Addresses and numbers in order, none over another.

    >>> text = "Tel: 022 717 9111 / 022 717 9222, avula AT iom.int; 10,000 people in 2015-2019"
    >>> [text[found.first : found.last] for found in find_reaches(text)]
    ['022 717 9111', '022 717 9222', 'avula AT iom.int']
    """
    is_spelled = " AT " in text or " dot " in text or " -at- " in text
    if not is_spelled and _MAY_HOLD.search(text) is None:
        return ()
    plain = make_plain(text)
    emails = list(_iter_emails(plain))
    return tuple(sorted([*emails, *_iter_phones(plain, emails)], key=lambda found: found.first))


def has_reach(text: str) -> bool:
    """Whether a text holds an e-mail address or a telephone number.

    >>> has_reach("Ida, ida@iom.int"), has_reach("Tel. 022 555"), has_reach("Ida of IOM")
    (True, True, False)
    """
    return bool(find_reaches(text))


_MAY_HOLD: Final = re.compile(
    r"[@\[({<0-9\u0660-\U0010ffff](?:(?<=[@＠﹫])|(?<=\[)a\]|(?<=\d)(?:[^\w@]{0,3}\d){5}"
    r"|(?<=[\[({<])\s?(?:at|AT|At|ät|arro|arob|соба|à))"
)
"""As many digits near each other as a number has, or a sign of an address: most texts have neither.

One class of first characters, as ranges: the engine tries nothing at any other.
"""
_MASKED: Final = r"(?:(?<=@)|(?<=[\[({<])(?:\s?(?i:at|@|ät|à|arroba|arobase|собака)\s?[\])}>]|(?<=\[)a])|(?<= )-at-) ?"
AT: Final = rf" ?[@\[({{< ]{_MASKED}"
"""The sign of an address, however it is masked."""
DOT: Final = r"(?:\s?[\[({<]\s?(?i:dot|punto|ponto|point|punkt|крапка|точка)\s?[\])}>]\s?| (?i:dot) )"
_AT: Final = re.compile(rf"[@\[({{< ](?:{_MASKED}|(?<= )(?P<spelled>AT|at) )")
"""Without the blank before it: what begins with one class of characters is tried at no other."""
_DOT: Final = rf"(?:\.|{DOT})"
_HOST: Final = re.compile(rf"(?:[\w-]{{1,63}}{_DOT}){{1,8}}[^\W\d_]{{2,24}}")
_USER_SIGNS: Final = frozenset(".+%'_-")
_LONGEST_USER: Final = 64
_MAILTO: Final = re.compile(r"[\"“]?mailto:[ ]?$", re.IGNORECASE)


def _iter_emails(plain: str) -> Iterator[Reach]:
    reached = 0
    for sign in _AT.finditer(plain):
        host = _HOST.match(plain, sign.end()) if sign.start() >= reached else None
        if host is None:
            continue
        end = sign.start() - (sign["spelled"] is None and plain[sign.start() - 1 : sign.start()] == " ")
        first, floor = end, max(reached, end - _LONGEST_USER)
        while first > floor and (plain[first - 1].isalnum() or plain[first - 1] in _USER_SIGNS):
            first -= 1
        while first < end and plain[first] in ".'":
            first += 1
        user = plain[first:end]
        if not user or user[-1] in ".'" or (sign["spelled"] and not _is_masked(sign["spelled"], user, host[0])):
            continue
        before = _MAILTO.search(plain, max(reached, first - 10), first)
        reached = host.end()
        yield Reach("email", before.start() if before else first, reached)


def _is_masked(spelled: str, user: str, host: str) -> bool:
    """``avula AT iom.int``, ``avula at iom dot int``: words are signs where they are written as nobody writes words."""
    return " dot " in host.lower() or (spelled == "AT" and not user.isupper())


_LABELS: Final = find_pattern("contacts", "telephone")
_NUMBER_WORDS: Final = find_pattern("contacts", "telephone_words")
_GAP: Final = r"[\s.:*#°º()/\-–—_]"
_LABELLED: Final = re.compile(
    rf"(?:(?<![^\W\d_])(?i:{_LABELS})|(?<![\w.])[TMF](?=\s?[.:]))(?![^\W\d_])"
    rf"(?:{_GAP}{{1,4}}|(?i:{_LABELS}|{_NUMBER_WORDS})(?![^\W\d_])){{0,6}}$"
)
"""A label and, up to the number, nothing but words of numbers and signs."""
_ASKS: Final = re.compile(rf"(?<!\[)\b(?:{find_pattern('contacts', 'reach')})\b", re.IGNORECASE)
"""Words of sentences that tell how to reach somebody; the marks of what was cut (``[phone …]``) are none."""
_BOUND: Final = re.compile(r"[.!?]\s|\n")
_RUN: Final = re.compile(r"[(0-9](?:(?<=\d)|\d)(?:(?:[ .()–—‒\-]{0,3}|/)\d)*+\)?")
_PLUS: Final = re.compile(r"(?<![\w+])\+\s?\(?$")
_ABROAD: Final = re.compile(r"00[ -]?[1-9]")
_PART_BEFORE: Final = re.compile(r"\w[.,/+#_-]?$|\d:$")
_PART_BEHIND: Final = re.compile(r"[^\W\d]|[.,]\d")
_JOINS: Final = re.compile(
    r"\s*(?:[/,;|&]|\b(?:or|and|ou|et|o|y|u|e|oder|und|או|أو|او|و|или|и|або|та)\b)?\s*", re.IGNORECASE
)
_DATE: Final = re.compile(
    r"\(?(?:\d{1,2}([./-])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d-\d\d-\d\d"
    r"|(?:19|20)\d\d ?[-–—‒/] ?(?:(?:19|20)\d\d|\d\d)(?![-.]\d))(?!\d)"
)
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?:[ .]\d{3})+(?:[ ]?[-–—‒][ ]?[1-9]\d{0,2}(?:[ .]\d{3})+)?")
_ROUND: Final = re.compile(r"[1-9]\d*00 ?[-–—‒] ?[1-9]\d*00")
_AREA: Final = re.compile(r"\([2-9]\d\d\) ?\d{3}[ .\-]\d{4}|\(0\d{1,4}\)[ .\-]?\d{2,4}(?:[ .\-]?\d{2,4})+")
_OTHER: Final = re.compile(
    r"\(?(?:19|20)\d\d\)?(?:[ ().–—‒/-]{1,3}(?:19|20)\d\d\)?)*|\d{5}-\d{3,4}|\d{4}-\d{3}|(?:19|20)\d\d[-–/]\d{5,}"
    r"|\d+\.\d+|[0-2]?\d\.[0-5]\d ?[-–—‒] ?[0-2]?\d\.[0-5]\d"
    r"|\d{1,2}([./])\d{1,2}\1\d\d ?[-–—‒] ?\d{1,2}\1\d{1,2}\1\d\d"
)
"""Years, postal codes of several countries, cases that begin with a year; decimals, hours and spans of days."""
_NATIONAL: Final = re.compile(r"\(?0[1-9]\d*+\)?(?:[ .\-–]{1,3}\d+)+|0[1-9]\d{8,9}")
_IDENTIFIER: Final = re.compile(
    rf"(?:(?<!\w)(?:{find_pattern('contacts', 'identifiers')})(?!\w)(?:{_GAP}{{1,3}}(?:{_NUMBER_WORDS}|code|n)(?!\w))?"
    rf"{_GAP}{{0,3}}|[#№]\s?)$",
    re.IGNORECASE,
)
_NAMED_BY: Final = re.compile(r"(?:\b(?:on|at|au|al|unter|call|dial|ring)|:) ?$", re.IGNORECASE)
_MONEY_BEFORE: Final = re.compile(r"(?:[$€£¥₴]|\b[A-Z]{3}|CHF) ?$")
_UNIT_AFTER: Final = re.compile(
    r" ?(?:[$€£¥₴%]|(?:USD|EUR|CHF|GBP|km)\b|million|people|person|migrant|refugee|réfugié|refugiad|famil|household|"
    r"dollar|franc|euro)",
    re.IGNORECASE,
)
_FEWEST_DIGITS: Final = 6
_LONGEST_JOIN: Final = 12
_LONGEST_LABEL: Final = 48
_SENTENCE: Final = 200
"""Characters on either side of a number; longer sentences are judged by these."""


def _iter_phones(plain: str, emails: list[Reach]) -> Iterator[Reach]:
    """Each run of digits is judged once, by its form, by what stands before it, and by the number before it."""
    waiting = deque(emails)
    passed = -_SENTENCE
    reached: int | None = None
    for run in _RUN.finditer(plain):
        while waiting and waiting[0].last <= run.start():
            passed = waiting.popleft().last
        if run.end() - run.start() < _FEWEST_DIGITS:
            continue
        first, last = _trim(run)
        n_digits = sum(map(str.isdigit, run[0]))
        if n_digits < _FEWEST_DIGITS or (waiting and waiting[0].first < last):
            continue
        near = (max(passed, reached or passed), waiting[0].first if waiting else len(plain) + _SENTENCE)
        plus = _PLUS.search(plain, max(0, first - 3), first)
        is_amount = plus is not None and _GROUPED.fullmatch(plain, first, last) and _UNIT_AFTER.match(plain, last)
        if plus is not None and n_digits > _FEWEST_DIGITS and not is_amount:
            first = plus.start()
            if plain[first - 1 : first] == "(" and plain.count(")", first, last) > plain.count("(", first, last):
                first -= 1  # the parenthesis before a plus belongs to the number that closes it
        elif not _is_phone(plain, first, last, n_digits, is_joined=_is_joined(plain, reached, first), near=near):
            continue
        reached = last + 1 if _has_plus_behind(plain, last) else last
        yield Reach("phone", first, reached)


def _is_joined(plain: str, reached: int | None, first: int) -> bool:
    """Whether nothing but a stroke, a comma or an "or" stands between the number before and this one."""
    is_near = reached is not None and first - reached <= _LONGEST_JOIN
    return is_near and _JOINS.fullmatch(plain, reached or 0, first) is not None


def _trim(run: re.Match[str]) -> tuple[int, int]:
    """Without parentheses that belong to the text around."""
    first, last = run.span()
    opened, closed = run[0].find("("), run[0].find(")")
    if opened == 0 and closed in {-1, len(run[0]) - 1}:
        first += 1
    if run[0].endswith(")") and (opened in {-1, 0} and closed == len(run[0]) - 1):
        last -= 1
    return first, last


def _has_plus_behind(plain: str, last: int) -> bool:
    """``964771234567+``: the plus of a number in a text that runs from right to left."""
    return plain[last : last + 1] == "+" and not plain[last + 1 : last + 2].isalnum()


def _is_phone(plain: str, first: int, last: int, n_digits: int, *, is_joined: bool, near: tuple[int, int]) -> bool:
    """Whether six digits or more without a plus before them are a telephone number."""
    run = plain[first:last]
    if _DATE.match(run):
        return False
    if _LABELLED.search(plain, max(0, first - _LONGEST_LABEL), first):
        return True
    if _is_part(plain, first, last) or _OTHER.fullmatch(run):
        return False
    is_grouped = _GROUPED.fullmatch(run) is not None
    if is_joined or (n_digits >= 10 and _has_plus_behind(plain, last)):
        return not is_grouped and not (n_digits == _FEWEST_DIGITS and run.isdigit())
    if _has_own_form(run, n_digits):
        return True
    may_be_amount = is_grouped or (run.isdigit() and run[0] != "0")
    return 7 <= n_digits <= 15 and _is_asked_for(plain, first, last, near, may_be_amount=may_be_amount)


def _is_part(plain: str, first: int, last: int) -> bool:
    """Whether digits belong to something else: an identifier, an hour, an amount."""
    before = _PART_BEFORE.search(plain, max(0, first - 2), first) or _IDENTIFIER.search(
        plain, max(0, first - _LONGEST_LABEL), first
    )
    return before is not None or _PART_BEHIND.match(plain, last) is not None


def _has_own_form(run: str, n_digits: int) -> bool:
    """Whether digits are written as nothing but numbers are: ``(202) 555-0199``, ``077 123 4567``, ``00 227 20 …``."""
    if _ABROAD.match(run):
        return n_digits >= 9
    return _AREA.fullmatch(run) is not None or (9 <= n_digits <= 12 and _NATIONAL.fullmatch(run) is not None)


def _is_asked_for(plain: str, first: int, last: int, near: tuple[int, int], *, may_be_amount: bool) -> bool:
    """Whether digits that look like a number stand in a sentence that tells how to reach somebody.

    It has a word that says so, or an address or number before or behind (``near``: their nearest ends).

    Digits that may as well be an amount (``may_be_amount``) are a number only right after "call" or "on".
    """
    if _ROUND.fullmatch(plain, first, last) or _MONEY_BEFORE.search(plain, max(0, first - 5), first):
        return False
    if _UNIT_AFTER.match(plain, last):
        return False
    if may_be_amount and not _NAMED_BY.search(plain, max(0, first - 8), first):
        return False
    start, end = max(0, first - _SENTENCE), min(len(plain), last + _SENTENCE)
    for bound in _BOUND.finditer(plain, start, first):
        start = bound.end()
    stop = _BOUND.search(plain, last, end)
    end = stop.start() if stop else end
    return near[0] >= start or near[1] <= end or _ASKS.search(plain, start, end) is not None
