"""Files that people write (TOML) read strictly: where a fault lies, in the words of the file.

Belongs here: turning a validation error into file language. Does not belong here: what the keys mean.
"""

import re

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
