"""Hostile texts: no string of a spec becomes code, markup or a path, whatever it holds.

The tables are in cases/hostile, and so is what happens: every text at every place is rejected with
its place, or taken, and then the client is, strings aside, that of a harmless twin.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hostile.attacks import (
    FOREIGN,
    OURS,
    TEXTS,
    Attack,
    assert_same_but_for_strings,
    without_digests,
)
from hostile.isolated_use import requests_of_clients
from render.markdown_pages import markup, python, shape
from runnersmith.packs import shipped


def test_harmless_texts_are_taken_everywhere() -> None:
    """Every place can be written in, so that a refusal is of the text."""
    for name, place in OURS.places.items():
        assert OURS.refusal(name, "harmless" if place.is_name else place.twin) == (), name


def test_every_text_at_every_place(update: bool) -> None:
    """Each is taken or refused for the reason that is written down, and none is forgotten."""
    found = OURS.recording({label: OURS.outcomes(label) for label in TEXTS})
    if update:
        OURS.written.write_text(found, "utf-8", newline="\n")
    assert found == OURS.written.read_text("utf-8")


@pytest.mark.parametrize("label", TEXTS)
def test_a_text_stays_text(label: str) -> None:
    """Where a text is taken, the client is, strings aside, that of the harmless twin."""
    assert "document's title" in OURS.taken(label)
    assert_same_but_for_strings(
        OURS.hostile_client(label),
        OURS.client(OURS.filled(OURS.taken(label), TEXTS[label], harmless=True)),
    )


@pytest.mark.parametrize("attack", [OURS, FOREIGN], ids=["ours", "foreign"])
@pytest.mark.parametrize("label", TEXTS)
def test_a_text_is_no_markup_of_a_page(label: str, attack: Attack) -> None:
    """The reference is, words aside, that of the harmless twin; its Python, but for strings."""
    places, text = attack.taken(label), TEXTS[label]
    reference = shipped("templates") / "reference"
    hostile = without_digests(attack.client(attack.filled(places, text), reference))
    harmless = attack.filled(places, text, harmless=True)
    twin = without_digests(attack.client(harmless, reference))
    assert hostile.keys() == twin.keys()
    for path, ours in hostile.items():
        assert [shape(block) for block in python(ours)] == list(map(shape, python(twin[path])))
        assert markup(ours) == markup(twin[path]), path
        assert all(char == "\n" or char.isprintable() for char in ours)


def test_nothing_runs_when_hostile_clients_are_used(tmp_path: Path) -> None:
    """Every module imports, every method sends its one request, and no text is executed."""
    found = requests_of_clients({label: OURS.hostile_client(label) for label in TEXTS}, tmp_path)
    assert [len(requests) for requests in found] == [7] * len(TEXTS)
    assert {request for requests in found for request in requests} == {
        (method, "h.example") for method in ("GET", "PUT", "POST")
    }
