"""Changes in words: each form in full, once, and nothing in them that a spec could do harm with."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import cast

import pytest

from diff import client_cases, member_cases
from diff.lamp_client import (
    BODY,
    GET,
    HOUSE,
    LAMP,
    LAMP_CLIENT,
    LIST,
    UPDATE,
    adding,
    field,
    find,
    one_of,
    query,
    reference,
    with_changed,
    without,
)
from runnersmith import ir
from runnersmith.diff import LEVELS, Change, as_json, diff, markdown, terminal
from runnersmith.openapi.document import Json

CASES = {**client_cases.CASES, **member_cases.CASES}


def two_scopes(api: ir.Api) -> ir.Api:
    """A client that has all of the house in the garden, too."""
    garden = dataclasses.replace(
        find(HOUSE, api), name="garden", class_name="GardenScope", path="/gardens/{garden}"
    )
    return with_changed("", api, scopes=(*api.scopes, garden))


def several_changes() -> tuple[Change, ...]:
    """Changes of every level, in one scope and in two, and of models."""
    new = with_changed("", server="https://lamps.example.com")
    new = with_changed(f"{LIST}.query.since", new, required=True)
    new = adding(f"{LIST}.query", query("order"), query("dim"), api=new)
    new = with_changed(UPDATE, new, summary="Change it.", description="")
    new = adding(f"{LAMP}.fields", field("volts"), api=new)
    new = without(f"{LAMP}.fields.note", api=new)
    new = without(f"{HOUSE}.resources.doors", two_scopes(new))
    return diff(two_scopes(LAMP_CLIENT), new)


TERMINAL = """\
breaking:
  Client: the server is `https://lamps.example.com`, before `https://api.example.com`
  lamps.list(since) (house, garden): now required
  house.doors: removed
  house.doors.open: removed
  Lamp.note: removed
compatible:
  lamps.list(order) (house, garden): new, optional
  lamps.list(dim) (house, garden): new, optional
  Lamp.volts: new
documentation:
  lamps.update (house, garden): summary changed
  lamps.update (house, garden): description removed
6 breaking, 5 compatible, 4 documentation changes; calls for a major version"""

MARKDOWN = """\
### API

#### Client and shared models

- **Breaking:** `Client`: the server is `https://lamps.example.com`, before `https://api.example.com`

#### `lamps`

- **Breaking:** `lamps.list(since)` (`house`, `garden`): now required
- **Breaking:** `Lamp.note`: removed
- `lamps.list(order)`, `lamps.list(dim)` (`house`, `garden`): new, optional
- `Lamp.volts`: new
- Documentation: `lamps.update`

#### `doors`

- **Breaking:** `house.doors`, `house.doors.open`: removed
"""


def test_a_terminal_gets_what_breaks_first() -> None:
    """A line for each change, and one for what scopes have in common; the step comes last."""
    changes = several_changes()
    assert "\n".join(terminal(changes)) == TERMINAL
    assert list(terminal(changes, "0.4.0"))[-1].endswith("calls for a minor version")


def test_a_changelog_gets_short_lines_by_resource() -> None:
    """What is alike is told on one line; of prose it is only said where it changed."""
    assert markdown(several_changes()) == MARKDOWN


def test_a_program_gets_every_change_with_every_key() -> None:
    """The keys, their order and their values are as the docstring says."""
    changes = several_changes()
    told = cast(dict[str, Json], json.loads(as_json(changes, "0.4.0")))
    assert list(told) == ["format", "step", "counts", "changes"]
    assert (told["format"], told["step"]) == (1, "minor")
    assert told["counts"] == {"breaking": 6, "compatible": 5, "documentation": 4}
    assert told["changes"] == [dataclasses.asdict(change) for change in changes]
    assert list(cast(list[dict[str, Json]], told["changes"])[1]) == [
        "kind",
        "level",
        "role",
        "scope",
        "resource",
        "subject",
        "text",
    ]
    for line in (as_json.__doc__ or "").splitlines():
        if key := re.match(r'\s+"(\w+)": ', line):
            assert f'"{key[1]}":' in as_json(changes)


def test_no_change_is_said_too() -> None:
    """Every form says that there is nothing, and is what it always is."""
    assert list(terminal(())) == ["no change"]
    assert markdown(()) == "### API\n\nNo change.\n"
    assert json.loads(as_json(())) == {
        "format": 1,
        "step": None,
        "counts": dict.fromkeys(LEVELS, 0),
        "changes": [],
    }


def test_one_change_is_one() -> None:
    """A single change is counted as such."""
    changes = diff(LAMP_CLIENT, with_changed("", title="Lights"))
    assert list(terminal(changes))[-1] == "1 documentation change; calls for a patch version"


# ── Hostile texts ────────────────────────────────────────────────────────────────────────────

HOSTILE = '`**`\x1b[2J\r\n# @all <b> [x](y) \u202e\u2028 `` #1 \\ "'


def hostile_clients() -> dict[str, ir.Api]:
    """Clients with such a text in each place that a change tells of."""
    lamp = find(LAMP)
    return {
        "server": with_changed("", server=HOSTILE),
        "title": with_changed("", title=HOSTILE),
        "version": with_changed("", version=HOSTILE, versions=(HOSTILE,)),
        "header": with_changed("", version_header=HOSTILE),
        "media type": with_changed("", media_type=HOSTILE),
        "link": with_changed(GET, docs_url=HOSTILE),
        "id": with_changed(GET, id=HOSTILE),
        "path": with_changed(GET, path=HOSTILE),
        "older path": with_changed(
            GET, older_paths=(ir.OlderPath(version=LAMP_CLIENT.versions[1], path=HOSTILE),)
        ),
        "classic scope": with_changed(GET, classic_scopes=(HOSTILE,)),
        "OAuth scope": with_changed(
            GET, oauth_scopes=((ir.SchemeScopes(scheme=HOSTILE, scopes=(HOSTILE,)),),)
        ),
        "permission": with_changed(GET, permissions=(ir.Permission(name=HOSTILE, access="read"),)),
        "reply header": with_changed(
            GET, responses=(dataclasses.replace(find(GET).responses[0], headers=(HOSTILE,)),)
        ),
        "api version": with_changed(GET, available=ir.Availability(versions=(HOSTILE,))),
        "product's version": with_changed(
            GET, available=ir.Availability(products=(ir.Product(name="ghes", since=HOSTILE),))
        ),
        "method": with_changed(GET, name=HOSTILE),
        "argument": with_changed(f"{BODY}.name", name=HOSTILE),
        "wire name": with_changed(f"{BODY}.name", wire_name=HOSTILE),
        "value": with_changed(f"{BODY}.mode", type=one_of("on", HOSTILE)),
        "type": with_changed(f"{BODY}.name", type=ir.Array(items=one_of(HOSTILE))),
        "limits": with_changed(f"{BODY}.name", limits=f"matching {HOSTILE}"),
        "default": with_changed(f"{BODY}.name", default=HOSTILE),
        "field": with_changed(f"{LAMP}.fields.note", name=HOSTILE),
        "model": with_changed(
            LAMP,
            with_changed(
                GET, with_changed(LIST, item=reference(HOSTILE)), returns=reference(HOSTILE)
            ),
            name=HOSTILE,
        ),
        "items": with_changed("models.LampList", items=HOSTILE),
        "either": with_changed(
            LAMP,
            eithers=(ir.Either(name=HOSTILE, fields=("id", HOSTILE), type=lamp.fields[0].type),),
        ),
        "resource": with_changed(f"{HOUSE}.resources.doors", name=HOSTILE),
        "class": with_changed(f"{HOUSE}.resources.doors", class_name=HOSTILE),
        "scope": with_changed(HOUSE, name=HOSTILE),
        "scope's path": with_changed(HOUSE, path=HOSTILE),
    }


@pytest.mark.parametrize("place", hostile_clients())
@pytest.mark.parametrize("backwards", [False, True])
def test_a_spec_does_nothing_to_a_terminal_or_to_markdown(place: str, backwards: bool) -> None:
    """Every value from a spec is on one line, printable, and code in Markdown, which ends where it should."""
    pair = (LAMP_CLIENT, hostile_clients()[place])
    changes = diff(*(pair[::-1] if backwards else pair))
    assert changes
    for form in ("\n".join(terminal(changes)), markdown(changes), as_json(changes)):
        assert all(line.isprintable() for line in form.split("\n"))
    for line in markdown(changes).splitlines():
        words = re.sub("`[^`]+`", "", line)
        assert re.fullmatch(r"(#+ |- )?(\*\*Breaking:\*\* )?[\w ,:;().'\-]*", words), words


def test_a_long_value_is_cut() -> None:
    """A change stays a line that one can read, whatever a spec has for a pattern."""
    (change,) = diff(LAMP_CLIENT, with_changed(f"{BODY}.name", limits="matching " + "a" * 100_000))
    assert len(change.text) < 250


def faults(changes: tuple[Change, ...]) -> list[str]:
    """The changes that a report leaves out or words badly."""
    lines, text = list(terminal(changes)), markdown(changes)
    levels = {change.level for change in changes}
    lost = len(changes) + len(levels) + 1 - len(lines)
    return [
        *([f"{lost} lines are missing: {lines}"] if lost else []),
        *(one.subject for one in changes if f"`{one.subject}`" not in text),
        *(one.text for one in changes if one.text[-1] in ".\n" or len(one.text) >= 160),
    ]


def test_every_change_is_told_in_every_form() -> None:
    """No change is lost on the way to a reader, and each is short."""
    found = {name: faults(diff(case.old, case.new)) for name, case in CASES.items()}
    assert found == {name: [] for name in CASES}
