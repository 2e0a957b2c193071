"""Fault contract: complete and consistent as data, with the client, and with its document."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

import ghrunners
from client.faults.contract_data import CONTRACT, KINDS, Outcome
from client.faults.scenarios.table import SCENARIOS
from client.faults.violations import COUNTS
from ghrunners._runtime.call import flow
from ghrunners._runtime.client import config
from ghrunners._runtime.response import response

DOCUMENT = Path(__file__).parents[3] / "generated" / "FAULTS.md"
CASES = [(fault, case) for fault in CONTRACT.fault for case in fault.case]


def test_there_are_34_kinds_of_fault() -> None:
    """Each has a unique name, and so has each of their cases."""
    assert len({fault.id for fault in CONTRACT.fault}) == len(CONTRACT.fault) == 34
    assert len({(fault.id, case.id) for fault, case in CASES}) == len(CASES)


def test_every_case_is_played() -> None:
    """And what is played is a case."""
    assert set(SCENARIOS) == {(fault.id, case.id) for fault, case in CASES}


def test_every_count_is_held() -> None:
    """And what is counted is stated."""
    assert [count.id for count in CONTRACT.count] == list(COUNTS)
    assert [kind.id for kind in CONTRACT.kind] == list(KINDS)


def test_the_defaults_are_the_client_s() -> None:
    """What is stated for a client with its defaults is stated for those that it has."""
    stated, timeout, retry = CONTRACT.client, ghrunners.Timeout(), ghrunners.Retry()
    assert (stated.attempts, stated.base, stated.cap) == (retry.attempts, retry.base, retry.cap)
    assert stated.max_wait == config.MAX_WAIT
    assert (stated.connect, stated.read, stated.total) == (
        timeout.connect,
        timeout.read,
        timeout.total,
    )
    assert retry == config.RETRY
    assert timeout == config.TIMEOUT
    assert stated.redirects == flow.MAX_REDIRECTS
    assert stated.body_mib * 2**20 == response.MAX_BODY


def test_every_outcome_makes_sense(subtests: pytest.Subtests) -> None:
    """Its classes exist, and its numbers are possible for a client with its defaults."""
    for (fault, case), kind in product(CASES, KINDS):
        with subtests.test(fault=fault.id, case=case.id, kind=kind):
            assert case.time in CONTRACT.time
            check(case.outcome(kind))


def check(outcome: Outcome) -> None:
    if outcome.result != "ok":
        assert issubclass(getattr(ghrunners, outcome.result), ghrunners.CallError)
    assert (outcome.error is not None) is (outcome.result == "OutcomeUnknown")
    assert outcome.error is None or issubclass(getattr(ghrunners, outcome.error), Exception)
    assert outcome.warns is None or issubclass(getattr(ghrunners, outcome.warns), Warning)
    assert (outcome.limit is not None) is (outcome.result == "RateLimited")
    assert 1 <= outcome.attempts <= CONTRACT.client.attempts
    assert len(outcome.waits) in (0, outcome.attempts - 1)
    for least, most in outcome.all_waits:
        assert 0 <= least <= most <= CONTRACT.client.max_wait
    assert sum(most for _, most in outcome.all_waits) < CONTRACT.client.total


def test_an_unsafe_write_is_never_repeated_for_a_read_s_reasons(
    subtests: pytest.Subtests,
) -> None:
    """What reached the server without an answer, or failed there, is not sent after that."""
    for fault, case in CASES:
        with subtests.test(fault=fault.id, case=case.id):
            if case.unsafe.result == "OutcomeUnknown":
                assert case.unsafe.attempts == case.unsafe.arriving
                assert all(least >= 30 for least, _ in case.unsafe.waits)  # for limits, before
            assert case.safe.result != "OutcomeUnknown"
            assert case.idempotent.result != "OutcomeUnknown"


def test_the_document_has_every_outcome() -> None:
    """A section for each fault, and in it a row for each case."""
    text = DOCUMENT.read_text(encoding="utf-8")
    sections = re.split(r'^<a id="([\w-]+)"></a>$', text, flags=re.MULTILINE)
    assert sections[1::2] == [fault.id for fault in CONTRACT.fault]
    for fault, section in zip(CONTRACT.fault, sections[2::2], strict=True):
        rows = [line for line in section.splitlines() if line.startswith("| ")][2:]
        assert len(rows) == len(fault.case)
        for row, case in zip(rows, fault.case, strict=True):
            cells = [cell.strip() for cell in row.strip("|").split(" | ")]
            assert len(cells) == 5
            for cell, kind in zip(cells[1:4], KINDS, strict=True):
                assert cell.startswith(f"`{case.outcome(kind).result}`")
        assert f"(#{fault.id})" in text
