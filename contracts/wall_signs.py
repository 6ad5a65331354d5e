"""What a page says that stands in the way of another: a log-in, a test for robots, maintenance, a server's own page.

Belongs here: the sentences, by what they do, in the languages of the sites. Does not belong here: titles that say a page
is not there or refused (``page_signs``), what to do about either.

Words alone prove nothing: an article may be about them. They are looked for in pages of a few sentences only, and
most of what the page says must be of the kind.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_LOG_IN: Final = (
    r"(?:enter|type|forgot(?:ten)?|reset|use) (?:in )?your (?:e-?mail|user ?name|password|login)|user ?name and (?:your )?password"
    r"|(?:please |you (?:must|need to|have to) )?(?:log|sign) in (?:to|with|first|before|again)|mot de passe|contraseña"
    r"|passwor[dt]|kennwort|senha|كلمة (?:المرور|السر)|парол"
)
_HUMAN: Final = (
    r"(?:you (?:are|'re)|you’re|are you) (?:not )?(?:really )?an? (?:human|person|(?:ro)?bot)|not an? (?:ro)?bot|captcha"
    r"|automat(?:ed|ic) (?:readers?|access|traffic|requests|queries)|(?:your )?browser (?:is being|will be|must be) (?:tested|checked)"
    r"|security (?:check|verification)|check(?:ing|s)? (?:the security of )?your (?:browser|connection)|verify(?:ing)? (?:that )?you"
    r"|seguridad de su conexión|no (?:es|soy) un robot|vérif\w+ (?:que vous|de (?:votre|la) (?:navigateur|connexion|sécurité))"
    r"|sécurité de votre connexion|pas un robot|kein roboter|sicherheit ihrer verbindung|überprüf\w+ ihre[sn]? (?:browser|verbindung)"
    r"|не робот|не (?:бот|робот)|провер\w+ (?:ваш|безопасност)|لست (?:برنامج )?روبوت|التحقق من (?:أن|متصفح|أمان)"
)
_CLOSED: Final = (
    r"under (?:construction|maintenance)|(?:is|are) being (?:built|updated|upgraded|rebuilt)|(?:scheduled|planned) maintenance"
    r"|back (?:soon|shortly|later|online)|come back later|temporarily (?:unavailable|closed|offline)|try again (?:later|in a)"
    r"|gewartet|wartungsarbeiten|wartungsmodus|bald wieder da|en (?:cours de )?maintenance|en mantenimiento|em manutenção"
    r"|revenez plus tard|de retour (?:bientôt|sous peu)|vuelva (?:más tarde|pronto)|volveremos|inténtelo (?:más tarde|de nuevo)"
    r"|(?:تحت|قيد) (?:الصيانة|الإنشاء)|سنعود قريب|техническ\w+ (?:работ|обслуж)|технічн\w+ (?:робот|обслуг)"
    r"|скоро вернемся|зайдите позже"
)
_BROKEN: Final = (
    r"database error|(?:could|can|did) ?(?:not|n.t) (?:reach|connect to|open) (?:its |the |to the )?database"
    r"|establishing a database connection|tell the administrator|(?:notify|contact) the (?:site|web ?site|server)? ?administrator"
    r"|base de (?:données|datos|dados)|datenbank(?:fehler|verbindung)"
)
_SERVER: Final = (
    r"welcome to (?:nginx|apache|openresty|caddy|centos|ubuntu|iis)|(?:web ?)?server (?:works|is working|is running|is installed)"
    r"|default (?:web ?)?page|it works!|test page|further configuration|after its installation|index of /|parent directory"
    r"|last modified"
)
_SIGN: Final = re.compile("|".join((_LOG_IN, _HUMAN, _CLOSED, _BROKEN, _SERVER)), re.IGNORECASE)
_SENTENCES: Final = re.compile(r"(?<=[.!?…؟。])\s+")
_MOST_CHARACTERS: Final = 600


def find_wall_line(lines: Sequence[str]) -> str | None:
    """Of the lines of a page of a few sentences the first that shows a wall, where most of them do; else None.

    >>> find_wall_line(["Hold tight", "Please confirm that you are a human before you go on."])
    'Please confirm that you are a human before you go on.'
    >>> find_wall_line(["A log-in for clerks", "Each has a password.", "They met in May.", "Forty came.", "All passed."])
    """
    if sum(map(len, lines)) > _MOST_CHARACTERS:
        return None
    sentences = [sentence for line in lines for sentence in _SENTENCES.split(line)]
    long = [sentence for sentence in sentences if " " in sentence.strip()]
    signs = [sentence for sentence in long if _SIGN.search(sentence)]
    if 2 * len(signs) < len(long) - 1 or not signs:
        return None
    return next(line for line in lines if _SIGN.search(line))
