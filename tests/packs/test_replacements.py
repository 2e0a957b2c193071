"""Templates that replace one of a pack below: stated in pack.toml, or an error with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from packs.pack_files import RESOURCE, files, pack
from runnersmith.problems import RunnersmithError

README = "README.md.jinja"
PROSE = "# {{ api.title | markdown }}\n"


def refused(folder: Path) -> str:
    """The error of a pack."""
    with pytest.raises(RunnersmithError) as caught:
        files(folder)
    return str(caught.value)


# ── A forgotten extends ──────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (PROSE, 1),
        ("\n\n{% block extra %}\nx\n{% endblock %}\n", 3),
        (
            "{# It has no `extends`. #}\n{% if api.scopes %}\n{% block extra %}{% endblock %}{% endif %}",
            3,
        ),
        ("{% block own %}{% endblock %}\n{% block extra %}{% endblock %}\n", 2),
        ("{% block own %}{% endblock %}\n\n", 1),
    ],
)
def test_a_forgotten_extends_has_the_line_of_its_block(
    tmp_path: Path, text: str, line: int
) -> None:
    """That of the first block that the template below has as well, or else the first line."""
    said = refused(pack(tmp_path / "mine", {README: text}))
    assert said == (
        f"mine::{README}:{line}:1: replaces client::{README} with all of its blocks; add "
        f'`{{% extends "{README}" %}}` at the top, or list it under `replaces` in pack.toml'
    )


def test_every_pack_states_its_own_replacements(tmp_path: Path) -> None:
    """An entry of the pack below is none of the one above, which replaces the next one."""
    pack(tmp_path / "below", {README: PROSE}, rest=f'replaces = ["{README}"]')
    said = refused(pack(tmp_path / "above", {README: PROSE}, extends="../below"))
    assert said.startswith(f"above::{README}:1:1: replaces below::{README} with all of its blocks")


def test_a_template_that_extends_another_one_replaces_its_namesake(tmp_path: Path) -> None:
    """It keeps the blocks of the other template, not those of the one that it replaces."""
    text = {README: '{% extends "index.jinja" %}', "index.jinja": PROSE}
    assert f"replaces client::{README} with" in refused(pack(tmp_path / "mine", text))
    stated = pack(tmp_path / "stated", text, rest=f'replaces = ["{README}"]')
    assert files(stated)["README.md"] == "# Lamps\n"


# ── Wrong entries ────────────────────────────────────────────────────────────────────────────

EXTENDS = (
    f'{{% extends "{RESOURCE}" %}}{{% block extra %}}{{% include "own.jinja" %}}{{% endblock %}}'
)
OWN = {RESOURCE: EXTENDS, "own.jinja": "# own\n"}
# Entry -> the message, and the line of pack.toml.
ENTRIES = {
    f'"{README}"': (f"replaces: '{README}' is not a template of the pack; drop the entry", 5),
    '"onw.jinja"': ("replaces: 'onw.jinja' is not a template of the pack; did you mean 'own", 5),
    '"../own.jinja"': ("replaces: '../own.jinja' is not a template of the pack", 5),
    f'"{RESOURCE}"': (
        f"replaces: '{RESOURCE}' extends it, so that nothing is replaced; drop the entry",
        5,
    ),
    '"own.jinja"': (
        "replaces: 'own.jinja' is in no pack below, so that nothing is replaced; drop the entry",
        5,
    ),
    '"README.md"': ("'README.md' is not a template; use a name that ends in .jinja", 5),
    "3": ("replaces: Expected `str`, got `int`", 4),
}


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_wrong_entry_has_its_line(tmp_path: Path, entry: str) -> None:
    """One for a template that the pack lacks, that extends the one below, or that has none below."""
    message, line = ENTRIES[entry]
    said = refused(pack(tmp_path / "mine", OWN, rest=f"replaces = [\n    {entry},\n]"))
    assert f"mine/pack.toml:{line}:1: {message}" in said
    assert "\n" not in said


def test_replaces_is_a_list(tmp_path: Path) -> None:
    """Not the name of one template."""
    said = refused(pack(tmp_path / "mine", OWN, rest=f'replaces = "{RESOURCE}"'))
    assert "mine/pack.toml:4:1: replaces: Expected `array`, got `str`" in said
