"""Data files of packs: what templates read of them, who has the say, and mistakes with their places."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from packs.pack_files import files, override, pack, replace_template
from runnersmith.packs import PackError
from runnersmith.problems import RunnersmithError
from small_specs import PACKAGE, write_files

MORE = 'data = { more = "more.toml" }'
READS = override("extra", "# {{ more.word }}\n")
LAMPS = f"{PACKAGE}/_sync/house_lamps.py"


def own(folder: Path, word: str, *, extends: str | None = "client", reads: bool = True) -> Path:
    """A pack with data, and a template that reads it."""
    content = {"more.toml": f'word = "{word}"\n', **(READS if reads else {})}
    return pack(folder, content, extends=extends, rest=MORE)


def refused(folder: Path) -> str:
    with pytest.raises(RunnersmithError) as caught:
        files(folder)
    return str(caught.value)


# ── What templates read ──────────────────────────────────────────────────────────────────────


def test_a_template_reads_the_data_of_its_pack(tmp_path: Path) -> None:
    """Tables, arrays and values, by the name in pack.toml; in paths and conditions too."""
    mine = pack(
        tmp_path / "mine",
        {"x.jinja": "{{ more.deep['values'] | sum }}\n", "d/m.toml": "[deep]\nvalues = [1, 2]\n"},
        extends=None,
        rest="data.more = 'd/m.toml'\n"
        "outputs = [\n"
        "  { template = 'x.jinja', path = '{{ more.deep | length }}', when = 'more.deep' },\n"
        "  { template = 'x.jinja', path = 'none', when = 'not more.deep' },\n"
        "]",
    )
    assert files(mine) == {"1": "3\n"}


def test_the_template_of_a_model_reads_it_too(tmp_path: Path) -> None:
    """As every other one."""
    text = "\n    def word(self) -> str:\n        return {{ more.word | literal }}\n"
    mine = own(tmp_path / "mine", "said", reads=False)
    write_files(mine, override("extra_methods", text, "struct.jinja"))
    assert 'return "said"' in files(mine)[f"{PACKAGE}/models/lamp.py"]


def test_data_is_inherited(tmp_path: Path) -> None:
    """By the packs above, which may read it as the one that has it does."""
    own(tmp_path / "one", "first")
    two = pack(
        tmp_path / "two",
        override(
            "class_docstring", "    # also {{ more.word }}, {{ faults.kind | length }} kinds\n"
        ),
        extends="../one",
    )
    text = files(two)[LAMPS]
    assert "# first\n" in text
    assert "# also first, 3 kinds\n" in text


def test_the_first_pack_has_the_say(tmp_path: Path) -> None:
    """Its file takes the place of one of the same name below, in the templates below too."""
    one = own(tmp_path / "one", "first")
    two = own(tmp_path / "two", "second", extends="../one", reads=False)
    three = own(tmp_path / "three", "third", reads=False)
    assert "# second\n" in files(two)[LAMPS]
    assert "# third\n" in files(one, three)[LAMPS]
    assert "# first\n" in files(three, one)[LAMPS]


def test_packs_side_by_side_do_not_share_data(tmp_path: Path) -> None:
    """A pack that extends none has its own."""
    reads = {"x.jinja": "{{ more.word }}\n"}
    rest = "outputs = [{ template = 'x.jinja', path = '%s' }]\n" + MORE
    one, two = (
        pack(
            tmp_path / name,
            {**reads, "more.toml": f"word = '{name}'"},
            extends=None,
            rest=rest % name,
        )
        for name in ("one", "two")
    )
    assert files(one, two) == {"one": "one\n", "two": "two\n"}


def test_data_of_a_template_that_is_replaced(tmp_path: Path) -> None:
    """It is not missed, nor in the way."""
    mine = replace_template(pack(tmp_path / "mine"), "FAULTS.md.jinja", "None.\n")
    found = files(mine)
    assert found["FAULTS.md"] == "None.\n"


# ── Mistakes ─────────────────────────────────────────────────────────────────────────────────


def named(folder: Path, name: str) -> Path:
    rest = f'data = {{ {name} = "more.toml" }}'
    return pack(
        folder, {"more.toml": "word = 1\n", **override("extra", f"# {{{{ {name} }}}}")}, rest=rest
    )


@pytest.mark.parametrize(
    ("name", "who"),
    [
        ("api", "every template"),
        ("operation", "every template"),
        ("fields", "every template"),
        ("loop", "every template"),
        ("super", "every template"),
        ("range", "every template"),
        ("exports", "client::package.py.jinja"),
        ("plural", "client::FAULTS.md.jinja"),
        ("field", "client::struct.jinja"),
    ],
)
def test_a_name_that_is_taken_is_refused(tmp_path: Path, name: str, who: str) -> None:
    """By what templates are given, by what one sets, by what a block has beside."""
    said = refused(named(tmp_path / "mine", name))
    assert f"mine/pack.toml:4:1: data '{name}': {who} has a variable of that name" in said


@pytest.mark.parametrize(
    ("name", "hint"), [("falts", "; did you mean 'faults'?"), ("zzz", "; drop it")]
)
def test_data_that_nothing_reads_is_refused(tmp_path: Path, name: str, hint: str) -> None:
    """Most likely a misspelt override."""
    mine = pack(tmp_path / "mine", {"x.toml": ""}, rest=f'data = {{ {name} = "x.toml" }}')
    assert refused(mine).endswith(f"mine/pack.toml:4:1: data {name!r}: no template reads it{hint}")


def test_a_name_of_data_may_be_misspelt_in_a_template(tmp_path: Path) -> None:
    """Also in a branch that is not taken, and below the name."""
    text = "{% if false %}{{ mroe.word }}{% endif %}{{ more.word }}"
    mine = own(tmp_path / "mine", "x", reads=False)
    replace_template(mine, "README.md.jinja", text)
    assert "README.md.jinja:1:1: 'mroe' is not defined here; did you mean 'more'?" in refused(mine)
    (mine / "README.md.jinja").write_text("\n{{ more.wrd }}")
    said = refused(mine)
    assert said == (
        "mine::README.md.jinja:2: 'dict object' has no attribute 'wrd'; did you mean 'word'?"
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"x = 1\ny = = 2\n", r"mine/more\.toml:2:5: not TOML: Invalid value"),
        (b"x = 1\r\n\r\nx = 2\r\n", r"mine/more\.toml:3:6: not TOML: Cannot overwrite a value"),
        (b"x = ", r"mine/more\.toml(:1:\d+)?: not TOML: "),
        (b"x = '\xff'", r"mine/more\.toml:1:1: cannot be read: .*utf-8.*UTF-8"),
    ],
)
def test_a_file_that_is_no_toml_is_refused(tmp_path: Path, content: bytes, said: str) -> None:
    """With its own line, beside all other mistakes."""
    mine = own(tmp_path / "mine", "x")
    (mine / "more.toml").write_bytes(content)
    replace_template(mine, "README.md.jinja", "{{ nothing }}")
    with pytest.raises(PackError, match=said) as caught:
        files(mine)
    assert "'nothing' is not defined here" in str(caught.value)
    assert len(caught.value.problems) == 2


def test_data_of_another_shape_has_a_place(tmp_path: Path) -> None:
    """Where the template that reads it fails."""
    mine = pack(tmp_path / "mine", {"x.toml": "x = 1\n"}, rest='data = { faults = "x.toml" }')
    said = refused(mine)
    assert re.match(r"client::FAULTS\.md\.jinja:\d+: 'dict object' has no attribute 'fault'", said)
