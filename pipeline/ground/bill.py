"""The bill of materials: what this program is made of, as CycloneDX 1.6, from the distributions that are installed.

Belongs here: the bill, and printing it: ``python -m pipeline.ground.bill``. Does not belong here: whether the
distributions are those of the lock (``iomdb doctor``), the tables.
"""

import json
import re
import sys
from collections.abc import Collection
from functools import cache
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from pipeline.ground.folders import PROJECT_ROOT

OWN = "iomdb"
ENDING = ".cdx.json"
LOCK_FILE = PROJECT_ROOT / "requirements" / "run.txt"
MAX_LICENCE = 100
"""Characters: some distributions give the whole text for a name."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def make_bill() -> dict[str, Any]:
    """The bill: this program, and each installed distribution of its lock with version, licence and what it needs.

    Without a lock (an installed wheel) it lists every distribution there is. The same environment gives the same bill.
    """
    locked = read_locked()
    found = {normal_name(one.metadata["Name"]): one for one in distributions() if one.metadata["Name"]}
    parts = {name: found[name] for name in sorted(found) if name == OWN or not locked or name in locked}
    own = parts.pop(OWN, None)
    components = [_describe(name, one) for name, one in parts.items()]
    bill: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": _describe(OWN, own, kind="application")},
        "components": components,
        "dependencies": [
            {"ref": _refer(name, one), "dependsOn": [_refer(need, parts[need]) for need in list_needs(one, parts)]}
            for name, one in ([(OWN, own)] if own else []) + list(parts.items())
        ],
    }
    text = json.dumps(bill, sort_keys=True)
    return {"serialNumber": f"urn:uuid:{uuid5(NAMESPACE_URL, text)}", **bill}


def write_bill(path: Path) -> None:
    """Write the bill to a file, where there is none yet."""
    if not path.exists():
        path.write_text(json.dumps(make_bill(), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def normal_name(name: str) -> str:
    """The name of a distribution as indexes compare it (PEP 503).

    >>> normal_name("Brotli.CFFI_x")
    'brotli-cffi-x'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def list_needs(distribution: Distribution, known: Collection[str]) -> list[str]:
    """The distributions among ``known`` that this one requires, without those of its extras."""
    stated = (one for one in distribution.requires or () if "extra ==" not in one)
    names = {normal_name(match[0]) for one in stated if (match := _NAME.match(one))}
    return sorted(names & set(known))


def _describe(name: str, distribution: Distribution | None, kind: str = "library") -> dict[str, Any]:
    version = distribution.version if distribution else "unknown"
    described = {"type": kind, "bom-ref": f"pkg:pypi/{name}@{version}", "name": name, "version": version}
    described["purl"] = described["bom-ref"]
    meta = distribution.metadata.json if distribution else {}
    if expression := meta.get("license_expression"):
        return {**described, "licenses": [{"expression": expression}]}
    if (licence := meta.get("license")) and len(licence) <= MAX_LICENCE:
        return {**described, "licenses": [{"license": {"name": licence}}]}
    return dict(described)


def _refer(name: str, distribution: Distribution) -> str:
    return f"pkg:pypi/{name}@{distribution.version}"


@cache
def read_locked() -> dict[str, str]:
    """Distribution to locked version; empty where the lock is not there (an installed wheel)."""
    if not LOCK_FILE.is_file():
        return {}
    found = re.findall(r"^([A-Za-z0-9._-]+)==([^ ;\\]+)", LOCK_FILE.read_text(encoding="utf-8"), re.MULTILINE)
    return {normal_name(name): version for name, version in found}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(make_bill(), indent=1, ensure_ascii=False) + "\n")
