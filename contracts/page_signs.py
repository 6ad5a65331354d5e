"""What a page says that is no page: not found, refused, out of order, log in first, results of a search.

Belongs here: the words, in one list for the reader of pages and for the classification of answers
(``crawler.answers.classification``).
Does not belong here: what to do about it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_SEPARATOR: Final = re.compile(r"[|»›·]|\s[-–—]\s")
_AROUND: Final = " \t-–—|:!.…?¿¡»›·‹«*#()[]"
_CODE: Final = re.compile(
    r"(?:(?:http|error|erreur|fehler|código|code|status)\s+){0,3}[45]\d\d\b(?:\s+error\b)?", re.IGNORECASE
)
_MISSING: Final = re.compile(
    r"(?:(?:sorry|oops|désolé|lo sentimos|عذرا)\W{1,3})?(?:"
    r"(?:we )?(?:can.?t|cannot|could ?n.t|could not) find (?:that|the|this) page"
    r"|(?:the |this |that )?(?:requested )?page (?:you (?:requested|(?:are|were) looking for) )?"
    r"(?:(?:is|was|has|could|can) ?)?(?:n.t|not|no longer|been)(?: been)?(?: be)?"
    r" (?:found|available|here|moved|removed|deleted)(?: or \w+)?"
    r"|(?:the |this |that )?page (?:does not|does ?n.t|no longer) exists?(?: anymore)?"
    r"|not found|nothing (?:was )?found"
    r"|(?:la |cette )?page (?:demandée |recherchée )?(?:est |n.est )?"
    r"(?:introuvable|non trouv[ée]e|(?:pas|plus) disponible)"
    r"|(?:la |cette )?page (?:demandée |recherchée )?(?:n.existe (?:pas|plus)|n.a pas été trouvée)"
    r"|(?:la )?p[áa]gina (?:solicitada )?no (?:encontrada|existe|disponible)"
    r"|no se (?:ha )?(?:encontr[óo]|encontrado|pudo encontrar) la p[áa]gina(?: solicitada)?"
    r"|p[áa]gina n[ãa]o (?:encontrada|existe|dispon[ií]vel)"
    r"|(?:die )?(?:angeforderte )?seite (?:wurde )?nicht (?:gefunden|verfügbar|vorhanden)"
    r"|pagina non trovata|sayfa bulunamadı|страница не найдена|сторінку не знайдено"
    r"|الصفحة (?:المطلوبة )?غير (?:موجودة|متاحة|متوفرة)|لم يتم العثور على (?:هذه )?الصفحة"
    r"|页面(?:未找到|不存在)|找不到(?:该)?页面)",
    re.IGNORECASE,
)
_REFUSED: Final = re.compile(
    r"access (?:to this page )?(?:has been )?(?:is )?denied|attention required!?.*|just a moment.*"
    r"|checking your browser.*|are you (?:a )?(?:robot|human).*|verify (?:that )?you are (?:a )?human.*"
    r"|(?:security|robot) check.*|captcha.*|forbidden|service (?:temporarily )?unavailable|bad gateway"
    r"|gateway time-?out|internal server error|too many requests|request (?:unsuccessful|rejected|blocked).*"
    r"|site under maintenance|pardon our interruption.*|accès refusé|acceso denegado"
    r"|the website encountered an unexpected error.*|unauthorized",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r"log ?in|sign ?in|user (?:login|account)|se connecter|connexion|iniciar sesión|anmelden|تسجيل الدخول|войти"
    r"|search(?: results?(?: for .*)?)?|résultats? (?:de (?:la )?)?recherche.*|resultados de (?:la )?búsqueda.*"
    r"|suchergebnisse.*|نتائج البحث|результаты поиска",
    re.IGNORECASE,
)
"""What is a page of its own only as a title: as a line it may be on any page."""
_SAYINGS: Final = (
    "enable javascript", "javascript is disabled", "javascript is required", "javascript to be enabled",
    "checking your browser", "are not a robot", "captcha", "incident id", "ray id", "support id",
    "don't have permission to access", "do not have permission to access", "don't have permission to view",
    "do not have permission to view", "not authorized to access", "access denied", "unexpected error",
    "page you requested", "page you are looking for", "page you were looking for", "page que vous cherchez",
    "page que vous recherchez", "página que busca", "página que está buscando", "seite, die sie suchen",
    "الصفحة التي تبحث عنها",
)  # fmt: skip
_HINTS: Final = (
    "page", "página", "seite", "pagina", "sayfa", "страниц", "сторінк", "الصفحة", "页面", "error", "found", "denied",
    "attention", "moment", "browser", "human", "check", "forbidden", "unavailable", "gateway", "request", "http", "403",
    "maintenance", "interruption", "refusé", "denegado", "unauthorized", "404", "500", "502", "503",
)  # fmt: skip
"""Without one of these no line can be one that refuses."""
_LONGEST: Final = 200


def says_not_found(title: str) -> bool:
    """Whether a title or heading says that the page is not there.

    >>> [says_not_found(title) for title in ("Page not found | IOM", "Error 404", "404 | IOM", "Not found: the lamps")]
    [True, True, True, False]
    """
    code, words = _take_apart(title)
    return code.endswith("404") if not words else _MISSING.fullmatch(words) is not None


def refuses(value: str) -> bool:
    """Whether a title is that of a page that is no page of content.

    >>> [refuses(title) for title in ("403 Forbidden", "Log in | IOM", "Access denied: why lamps stay dark")]
    [True, True, False]
    """
    code, words = _take_apart(value)
    if not words:
        return code != ""
    return any(pattern.fullmatch(words) is not None for pattern in (_MISSING, _REFUSED, _ASKS))


def _take_apart(title: str) -> tuple[str, str]:
    """The status code that a title begins with, and the words of its first part; no words where it has none of its own.

    Parts end at bars and dashes: what follows the first is the site's name, or more of the same.
    """
    if len(title) > _LONGEST:
        return "", title
    parts = (part.strip(_AROUND) for part in _SEPARATOR.split(title))
    first = next((part for part in parts if part), "")
    code = _CODE.match(first)
    if code is None:
        return "", first
    return code[0].lower().removesuffix("error").strip(), first[code.end() :].strip(_AROUND)


def find_refusal_line(lines: Sequence[str]) -> str | None:
    """Of the lines of a short page the first that only a page says that refuses, or None.

    >>> find_refusal_line(["IOM", "403 Forbidden", "nginx"]), find_refusal_line(["Lamps", "Log in", "They were lit."])
    ('403 Forbidden', None)
    """
    told = "\n".join(lines).lower()
    said = [saying for saying in _SAYINGS if saying in told]
    if said:
        return next((line for line in lines if said[0] in line.lower()), None)
    if not [hint for hint in _HINTS if hint in told]:
        return None
    return next((line for line in lines if refuses(line) and _ASKS.fullmatch(_take_apart(line)[1]) is None), None)
