"""Times with more decimals than `datetime` has: cut, and nothing else in the body is."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, timedelta, timezone
from importlib.util import find_spec, module_from_spec
from typing import Any

import msgspec
import pytest

from ghrunners._runtime.auth.installation_tokens import InstallationToken
from ghrunners._runtime.request.json_values import encode_json
from ghrunners._runtime.response.json import Mismatch, decode
from ghrunners._runtime.response.lenient import decode_leniently
from ghrunners._runtime.response.model_types import holds_times
from ghrunners._runtime.response.tolerance import Lenient
from ghrunners._runtime.types import Model

LAST = "2026-12-31T23:59:59.999999999Z"
MOMENT = datetime(2026, 12, 31, 23, 59, 59, 999999, UTC)


class Frozen(type):
    """The type of what freezegun puts in the place of `date` and `datetime`, in every module."""

    def __instancecheck__(cls, value: object) -> bool:
        return isinstance(value, cls.__mro__[1])


class FrozenDate(date, metaclass=Frozen):
    pass


class FrozenDatetime(datetime, metaclass=Frozen):
    pass


class Row(Model, frozen=True, kw_only=True, gc=False):
    text: str
    at: datetime | None = None
    each: list[datetime] = msgspec.field(default_factory=list[datetime])
    named: dict[str, list[datetime | None]] | None = None
    below: Row | None = None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        (LAST, MOMENT),
        ("2026-12-31t23:59:59.9999999z", MOMENT),
        ("2026-12-31 23:59:59.999999", MOMENT.replace(tzinfo=None)),
        ("2026-12-31T23:59:59.9999995", MOMENT.replace(tzinfo=None)),
        (
            "2026-12-31T23:59:59.9999999-05:30",
            MOMENT.replace(tzinfo=timezone(-timedelta(hours=5, minutes=30))),
        ),
        # The largest time of .NET, which rounding puts beyond the calendar.
        ("9999-12-31T23:59:59.9999999Z", datetime(9999, 12, 31, 23, 59, 59, 999999, UTC)),
        ("2026-12-31T23:59:59.5Z", MOMENT.replace(microsecond=500000)),
        ("2026-12-31T23:59:59.1234567Z", MOMENT.replace(microsecond=123456)),
        ("2026-12-31T23:59:59.123456789012345678901234567890Z", MOMENT.replace(microsecond=123456)),
    ],
)
def test_a_time_is_cut_and_not_rounded(text: str, moment: datetime) -> None:
    for kind in (datetime, datetime | None):
        assert decode(kind, json.dumps(text).encode()) == moment
    found = decode(Row, json.dumps({"text": "", "at": text}).encode())
    assert found == Row(text="", at=moment)


def test_times_are_cut_wherever_they_are() -> None:
    """In lists, maps and objects; a text that looks like one keeps all of it."""
    inner = {"text": LAST, "at": LAST}
    row = {"text": LAST, "each": [LAST], "named": {LAST: [LAST, None]}, "below": inner}
    found = decode(list[Row], json.dumps([row]).encode())
    assert found == [
        Row(
            text=LAST,
            each=[MOMENT],
            named={LAST: [MOMENT, None]},
            below=Row(text=LAST, at=MOMENT),
        )
    ]


def test_a_list_with_an_odd_value_has_times_that_are_cut() -> None:
    body = json.dumps([{"text": LAST, "at": LAST, "named": {"a": [LAST, 1]}}]).encode()
    found = decode_leniently(list[Row], body)
    assert isinstance(found, Lenient)
    assert found.value == [Row(text=LAST, at=MOMENT, named={"a": [MOMENT, 1]})]  # type: ignore[list-item]  # pyright: ignore[reportArgumentType] - the odd value


@pytest.mark.parametrize("text", ["2026-13-31T23:59:59.9999999Z", "2026-12-31T23:59:59.9999999x"])
def test_what_is_no_time_stays_a_mismatch(text: str) -> None:
    found = decode(Row, json.dumps({"text": "", "at": text}).encode())
    assert isinstance(found, Mismatch)
    assert (found.pointer, found.is_wrong_type) == ("/at", True)


FREEZABLE = (
    "datetime",
    "ghrunners._runtime.auth.installation_tokens",
    "ghrunners._runtime.request.json_values",
    "ghrunners._runtime.response.model_types",
    "ghrunners._runtime.response.open_models",
)


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The time of the process is frozen, as by freezegun."""
    monkeypatch.setattr("ghrunners._runtime.response.open_models._known", {})
    for module in map(sys.modules.get, FREEZABLE):
        for name, kind in (("date", FrozenDate), ("datetime", FrozenDatetime)):
            if hasattr(module, name):
                monkeypatch.setattr(module, name, kind)


@pytest.mark.usefixtures("frozen")
def test_a_model_that_is_imported_while_the_time_is_frozen_has_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Models are imported when a call needs them, which may be within such a test."""
    spec = find_spec("ghrunners.models.runner_token")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    spec.loader.exec_module(module)
    for kind, text in ((module.RunnerToken, LAST), (InstallationToken, MOMENT.isoformat())):
        found: Any = decode(kind, json.dumps({"token": "t", "expires_at": text}).encode())
        assert isinstance(found, kind)
        assert found.expires_at == MOMENT
    assert holds_times(module.RunnerToken)


@pytest.mark.usefixtures("frozen")
def test_a_time_that_is_frozen_is_sent() -> None:
    """As the time that it stands for."""
    sent = [FrozenDatetime(2031, 1, 2, 3, 4, 5, tzinfo=UTC), FrozenDate(2031, 1, 2)]
    assert encode_json("times", sent) == b'["2031-01-02T03:04:05Z","2031-01-02"]'
