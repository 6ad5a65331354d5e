"""Files that people write (TOML) read strictly: where a fault lies, in the words of the file.

Belongs here: bounds on such a file, turning a validation error into file language. Does not belong here: what the keys
mean.
"""

import re
import tomllib
from typing import Any

import msgspec

_PLACE = re.compile(r"^(?P<fault>.*?)(?: - at `(?:key in )?\$?\.?(?P<place>.*)`)?$", re.DOTALL)
_CHOICE = re.compile(r"^Invalid enum value '(?P<value>[^']*)' - at `key` in `\$\.?(?P<place>.*)`$", re.DOTALL)
_UNKNOWN = re.compile(r"^Object contains unknown field `(?P<key>.*)`$", re.DOTALL)
_MISSING = re.compile(r"^Object missing required field `(?P<key>.*)`$", re.DOTALL)


def find_toml_fault(error: msgspec.ValidationError) -> str:
    """The key and the fault: ``page[0].sha256: Expected `str`, got `int```.

    >>> find_toml_fault(msgspec.ValidationError("Object contains unknown field `delay` - at `$.politeness`"))
    'politeness.delay: unknown key'
    >>> find_toml_fault(msgspec.ValidationError("Invalid enum value 'nws' - at `key` in `$.expect`"))
    'expect.nws: unknown key'
    """
    if choice := _CHOICE.match(str(error)):
        return f"{choice['place']}.{choice['value']}: unknown key".removeprefix(".")
    match = _PLACE.match(str(error))
    assert match is not None
    fault, place = match["fault"], match["place"] or ""
    for pattern, words in ((_UNKNOWN, "unknown key"), (_MISSING, "the key is missing")):
        if named := pattern.match(fault):
            return f"{place}.{named['key']}: {words}".removeprefix(".")
    return f"{place or 'the file'}: {fault[:1].lower()}{fault[1:]}"


_STRING = re.compile(
    r"\"\"\"(?:[^\"\\]+|\\.|\"(?!\"\"))*+\"{0,5}|\'\'\'(?:[^\']+|\'(?!\'\'))*+\'{0,5}"
    r"|\"(?:[^\"\\\n]+|\\.)*+\"?|\'[^\'\n]*+\'?|#[^\n]*+",
    re.DOTALL,
)
_WORD = re.compile(r"[^\s=,\[\]{}]++")
_BRACKET = re.compile(r"[\[\]{}]")
_LONGEST_WORD, _MOST_PARTS, _DEEPEST = 200, 64, 64


def parse_toml(text: str) -> dict[str, Any]:
    """The tables of a TOML file that strangers may have written: long words, keys and nests are refused unparsed.

    tomllib needs time that grows with the square of a key's parts, its stack for each nest, and fails on a number of
    five thousand digits. No file that is meant has any of these.

    Raises:
        ValueError: it is no TOML, or beyond these bounds; says why in one line.
    """
    outline = _STRING.sub('""', text)
    if long := next((word[0] for word in _WORD.finditer(outline) if len(word[0]) > _LONGEST_WORD), None):
        raise ValueError(f"a word, key or number of more than {_LONGEST_WORD} characters: {long[:40]}…")
    if any(line.count(".") > _MOST_PARTS for line in outline.split("\n")):
        raise ValueError(f"a key of more than {_MOST_PARTS} parts")
    depth = 0
    for bracket in _BRACKET.finditer(outline):
        depth += 1 if bracket[0] in "[{" else -1
        if depth > _DEEPEST:
            raise ValueError(f"brackets within brackets, more than {_DEEPEST} deep")
    return tomllib.loads(text)
