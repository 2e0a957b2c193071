"""pack.toml: every mistake of one is told, with its line, before anything is rendered."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from packs.pack_files import files, manifest, pack
from runnersmith.ir import IR_CHANGES, IR_VERSION
from runnersmith.packs import PackError, read
from runnersmith.packs.manifest import another_version
from runnersmith.packs.toml_positions import lines, nearest
from runnersmith.problems import UsageError
from small_specs import client_pack


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """A copy of the client pack, to be spoilt."""
    return Path(shutil.copytree(client_pack().folder, tmp_path / "pack"))


DATA = 'data = { faults = "faults.toml" }'


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('template = "README.md.jinja"', 'template = "README.jinja"', "'README.jinja' is not in"),
        ('template = "README.md.jinja"', 'template = "README.md"', "ends in .jinja"),
        ('template = "README.md.jinja"', 'template = "../x.jinja"', "is not in the pack"),
        ('template = "README.md.jinja"', "template = 3", "Expected `str`, got `int`"),
        ('template = "README.md.jinja", ', "", "missing required field `template`"),
        ('path = "README.md"', 'pth = "README.md"', "unknown key 'pth'; did you mean 'path'?"),
        ('source = "runtime"', 'source = "run"', "'run' is not a folder"),
        ('source = "runtime"', 'source = "../pack/runtime/.."', "is not a folder"),
        ('source = "runtime"', 'source = "../../"', "is not a folder"),
        ('models = "struct.jinja"', 'models = "structs.jinja"', "'structs.jinja' is not in"),
        ('models = "struct.jinja"', "models = []", "models: Expected `str`, got `array`"),
        ('name = "client"', "name = 3", "name: Expected `str`, got `int`"),
        ('name = "client"', 'name = "My Pack"', "use lower-case letters"),
        ('name = "client"', 'name = "a::b"', "use lower-case letters"),
        ("outputs = [", "other = 1\noutputs = [", "unknown key 'other'"),
        ("outputs = [", "output = [", "unknown key 'output'; did you mean 'outputs'?"),
        ('each = "model"', 'each = "modle"', "did you mean 'model'?"),
        ('each = "model"', 'each = "everything"', "one of client, flavour"),
        ("outputs = [", "outputs = 3\nothers = [", "outputs: Expected `array`, got `int`"),
        ("outputs = [", "outputs = ", "not TOML"),
        ("outputs = [", 'outputs = ["x",', "Expected `object`, got `str`"),
        (DATA, "data = 3", "data: Expected `object`, got `int`"),
        (DATA, "data = { faults = 3 }", "data 'faults': Expected `str`, got `int`"),
        (DATA, "data.faults = 3", "data 'faults': Expected `str`, got `int`"),
        (DATA, 'data = { faults = "x.toml" }', "data 'faults': 'x.toml' is not a file of the pack"),
        (DATA, 'data = { faults = "runtime.toml" }', "'runtime.toml' is not a file of the pack"),
        (DATA, 'data = { faults = "../out.toml" }', "'../out.toml' is not a file of the pack"),
        (DATA, 'data = { faults = "link.toml" }', "'link.toml' is not a file of the pack"),
        (DATA, 'data = { faults = ".h.toml" }', "'.h.toml' is not a file of the pack"),
        (
            DATA,
            'data = { faults = "README.md.jinja" }',
            "is not a TOML file; use a name that ends in",
        ),
        (DATA, 'data = { a-b = "faults.toml" }', "data 'a-b': not a variable name"),
        (DATA, 'data = { _ = "faults.toml" }', "data '_': not a variable name"),
        (DATA, 'data = { "é" = "faults.toml" }', "data 'é': not a variable name"),
        (DATA, 'data = { if = "faults.toml" }', "data 'if': not a variable name"),
        (DATA, 'data = { none = "faults.toml" }', "data 'none': not a variable name"),
    ],
)
def test_a_wrong_manifest_is_refused(client: Path, old: str, new: str, message: str) -> None:
    """A mistake in pack.toml is told with the file, its line, and what is wrong there."""
    text = (client / "pack.toml").read_text()
    assert old in text
    (client / "pack.toml").write_text(text.replace(old, new, 1))
    (client / "runtime.toml").mkdir()
    (client / ".h.toml").touch()
    (client.parent / "out.toml").touch()
    if "link" in new:
        (client / "link.toml").symlink_to(client.parent / "out.toml")
    with pytest.raises(PackError) as caught:
        read(client)
    assert message in str(caught.value)
    at = text[: text.index(old)].count("\n") + 1
    places = re.findall(r"pack\.toml:(\d+):\d+: ", str(caught.value))
    # What is not TOML is told where the parser gives up.
    assert at in map(int, places) or "not TOML" in message


@pytest.mark.parametrize("key", ["name", "ir-version"])
def test_a_key_that_has_to_be_there(tmp_path: Path, key: str) -> None:
    """What is left out is told with the line to add."""
    kept = [line for line in manifest().splitlines() if not line.startswith(key)]
    (tmp_path / "pack.toml").write_text("\n".join(kept))
    with pytest.raises(PackError, match=rf"{key} is missing; add {key} = "):
        read(tmp_path)


def test_every_mistake_is_told_at_once(tmp_path: Path) -> None:
    """In the order of their lines."""
    (tmp_path / "pack.toml").write_text(
        'name = "A B"\nir-version = "1"\nfoo = 1\noutputs = [\n  { template = "x" },\n  { path = 1 },\n]\n'
    )
    with pytest.raises(PackError) as caught:
        read(tmp_path)
    assert [problem.place.line for problem in caught.value.problems] == [1, 2, 3, 5, 5, 6]


@pytest.mark.parametrize("content", [None, b"", b"\xff\xfe", b"[["])
def test_a_folder_that_is_no_pack_is_refused(tmp_path: Path, content: bytes | None) -> None:
    """A folder without a readable pack.toml is told so."""
    if content is not None:
        (tmp_path / "pack.toml").write_bytes(content)
    with pytest.raises((PackError, UsageError), match=r"pack\.toml"):
        read(tmp_path)


@pytest.mark.parametrize(
    "name", ["resource.py.jnija", "helper.py", "runtime/x.yaml", "x.j2", "x.toml"]
)
def test_a_file_that_would_be_ignored_is_refused(tmp_path: Path, name: str) -> None:
    """A misspelt suffix does not make an override vanish."""
    folder = pack(tmp_path / "mine", {name: "x", "NOTES.md": "x", ".hidden": "x"})
    with pytest.raises(PackError, match=rf"{re.escape(name)}:1:1: .*would be ignored") as caught:
        read(folder)
    assert len(caught.value.problems) == 1


def test_line_ends_do_not_matter(tmp_path: Path) -> None:
    """A manifest that was written on Windows has the same lines."""
    (tmp_path / "pack.toml").write_bytes(manifest(rest="x = 1").replace("\n", "\r\n").encode())
    with pytest.raises(PackError, match=r"pack\.toml:4:1: unknown key 'x'"):
        read(tmp_path)


# ── The version of the IR ────────────────────────────────────────────────────────────────────


def test_the_client_pack_is_for_this_ir() -> None:
    """It states the version of the IR that it reads."""
    assert client_pack().manifest.ir_version == IR_VERSION


@pytest.mark.parametrize("version", [IR_VERSION - 1, IR_VERSION + 1])
def test_a_pack_for_another_ir_is_refused(tmp_path: Path, version: int) -> None:
    """With the line, and with what changed since or what to do."""
    folder = pack(tmp_path / "mine")
    text = manifest().replace(f"ir-version = {IR_VERSION}", f"ir-version = {version}")
    (folder / "pack.toml").write_text(text)
    with pytest.raises(
        PackError, match=rf"pack\.toml:2:1: made for IR version {version}"
    ) as caught:
        files(folder)
    told = "use a newer runnersmith" if version > IR_VERSION else IR_CHANGES[IR_VERSION]
    assert told in str(caught.value)


def test_what_changed_since_is_told() -> None:
    """Every version after the pack's, and none before."""
    changes = {1: "the first", 2: "Operation.path is gone", 3: "Model.total may be null"}
    told = another_version(1, 3, changes)
    assert "2: Operation.path is gone; 3: Model.total may be null" in told
    assert "the first" not in told
    assert "newer runnersmith" in another_version(4, 3, changes)


def test_every_version_says_what_it_changed() -> None:
    """The table has them all, up to today's."""
    assert sorted(IR_CHANGES) == list(range(1, IR_VERSION + 1))
    assert all(IR_CHANGES.values())


# ── Lines ────────────────────────────────────────────────────────────────────────────────────


def test_the_lines_of_keys() -> None:
    """However tables are written, with brackets and signs in strings and comments."""
    text = (
        'name = "a # [b"  # [[outputs]]\n'
        "\n"
        "[[outputs]]\n"
        "template = '''\n"
        "x = [\n"
        "'''\n"
        'path = "{{ x }}"\n'
        "[[outputs]]\n"
        "path = 1\n"
        "[other]\n"
        "list = [\n"
        "  { a = 1, b = [1, 2] },\n"
        "  # nothing\n"
        "  {c = 1}\n"
        "]\n"
        "[last]\n"
        "x.y . 'z w' = 1.5\n"
        "q = {r.s = 1}\n"
    )
    found = lines(text)
    assert found["name",] == 1
    assert found["outputs", 0] == 3
    assert found["outputs", 0, "template"] == 4
    assert found["outputs", 0, "path"] == 7
    assert found["outputs", 1] == 8
    assert found["outputs", 1, "path"] == 9
    assert found["other", "list"] == 11
    assert found["other", "list", 0, "b"] == 12
    assert found["other", "list", 1, "c"] == 14
    assert found["last", "x", "y", "z w"] == found["last", "x"] == 17
    assert found["last", "q", "r", "s"] == 18
    assert ("last", "s") not in found


def test_the_line_of_what_a_key_is_in() -> None:
    """Where the key itself is not there."""
    found = lines("a = 1\n[b]\nc = [\n{}]\n")
    assert nearest(found, ("b", "c", 0, "missing")) == 4
    assert nearest(found, ("b", "missing")) == 2
    assert nearest(found, ("missing",)) == nearest(found, ()) == 1
