"""A verdict and a decision have one shape each, on both sides of every border."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from contracts.verdict import Reason, Verdict
from pipeline.gate.judgement import Judgement

VERDICT: dict[str, Any] = {
    "run_id": "r",
    "site": "s",
    "kind": "project",
    "verdict": "rejected",
    "by": "gate",
    "reasons": [
        {"field": "keys", "before": "A", "after": "B", "first_url": None, "message": "keys: A → B", "rule": "keys"}
    ],
}


def test_a_verdict_is_read_and_written_as_the_contract_has_it() -> None:
    verdict = msgspec.json.decode(json.dumps(VERDICT), type=Verdict)
    assert not verdict.is_accepted
    assert json.loads(msgspec.json.encode(verdict)) == VERDICT


@pytest.mark.parametrize(
    ("change", "message"),
    [({"verdict": "perhaps"}, "'perhaps'"), ({"by": "chance"}, "'chance'"), ({"run_id": 1}, "run_id")],
)
def test_a_verdict_of_another_word_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=message):
        msgspec.convert(VERDICT | change, Verdict)


@pytest.mark.parametrize("key", ["run_id", "site", "kind", "verdict", "by"])
def test_a_verdict_that_lacks_a_key_is_refused(key: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=f"missing required field `{key}`"):
        msgspec.convert({name: value for name, value in VERDICT.items() if name != key}, Verdict)


def test_what_the_gate_alone_knows_does_not_pass_the_border() -> None:
    reason = Reason("keys", "A", "B", None, "keys: A → B", rule="keys")
    judgement = Judgement(
        run_id="r",
        site="s",
        kind="project",
        verdict="rejected",
        by="gate",
        reasons=(reason,),
        source="crawl",
        n_rejecting=1,
    )
    assert json.loads(msgspec.json.encode(judgement.as_verdict())) == VERDICT
