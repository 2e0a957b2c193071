"""Hostile texts in a document without our extension: the places that ours does not have.

Headers, cookies, forms, media types, security schemes, tags and paths. As in `test_texts`, each
text is rejected with its place, or the client is, strings aside, that of a harmless twin.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from hostile.attacks import FOREIGN, TEXTS, assert_same_but_for_strings
from hostile.isolated_use import requests_of_clients


def test_harmless_texts_are_taken_everywhere() -> None:
    """Every place can be written in, so that a refusal is of the text."""
    for name, place in FOREIGN.places.items():
        assert FOREIGN.refusal(name, "harmless" if place.is_name else place.twin) == (), name


def test_every_text_at_every_place(update: bool) -> None:
    """Each is taken or refused for the reason that is written down, and none is forgotten."""
    if update:
        FOREIGN.written.touch()
    found = FOREIGN.recording({label: FOREIGN.outcomes(label) for label in TEXTS})
    if update:
        FOREIGN.written.write_text(found, "utf-8", newline="\n")
    assert found == FOREIGN.written.read_text("utf-8")


@pytest.mark.parametrize("label", TEXTS)
def test_a_text_stays_text(label: str) -> None:
    """Where a text is taken, the client is, strings aside, that of the harmless twin."""
    places = FOREIGN.taken(label)
    assert "document's title" in places
    twin = FOREIGN.client(FOREIGN.filled(places, TEXTS[label], harmless=True))
    assert_same_but_for_strings(FOREIGN.hostile_client(label), twin)


def test_nothing_runs_when_hostile_clients_are_used(tmp_path: Path) -> None:
    """Every module imports, every method sends its one request, and no text is executed."""
    found = requests_of_clients({label: FOREIGN.hostile_client(label) for label in TEXTS}, tmp_path)
    assert [sorted(requests) for requests in found] == [
        [(method, "h.example") for method in ("DELETE", "GET", "GET", "PUT")]
    ] * len(TEXTS)
