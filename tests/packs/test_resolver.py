"""Packs that extend each other, and packs side by side."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from packs.pack_files import EXAMPLES, RESOURCE, files, manifest, override, pack, replace_template
from runnersmith.packs import PackError, stacks
from runnersmith.problems import RunnersmithError
from small_specs import PACKAGE, client_pack

LAMPS = f"{PACKAGE}/_sync/house_lamps.py"
CLIENT = client_pack().folder


def names(*folders: Path) -> list[list[str]]:
    return [[pack.name for pack in stack.packs] for stack in stacks(folders)]


def test_a_pack_stands_before_what_it_extends(tmp_path: Path) -> None:
    """By the bare name of one that is shipped, or by a path from its own folder."""
    first = pack(tmp_path / "first")
    second = pack(tmp_path / "second", extends="../first")
    assert names(second) == [["second", "first", "client"]]
    assert names(first, second) == [["second", "first", "client"]]


def test_packs_of_one_root_are_one_stack(tmp_path: Path) -> None:
    """The later one has the say before the earlier one; others stand beside."""
    one, two = pack(tmp_path / "one"), pack(tmp_path / "two")
    alone = pack(tmp_path / "alone", extends=None)
    assert names(one, alone, two) == [["two", "one", "client"], ["alone"]]
    assert names(two, one, one) == [["one", "two", "client"]]


def test_a_local_folder_may_have_the_name_of_a_shipped_pack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bare name is the shipped one, `./` the local one."""
    monkeypatch.chdir(tmp_path)
    pack(tmp_path / "client", extends=None)
    (tmp_path / "client" / "pack.toml").write_text(manifest("local", extends=None))
    mine = pack(tmp_path / "mine", extends="../client")
    assert names(mine) == [["mine", "local"]]


@pytest.mark.parametrize("extends", ["nowhere", "../nowhere", "", "client/", "/"])
def test_an_unknown_pack_is_refused(tmp_path: Path, extends: str) -> None:
    """With the line that names it, and the names that there are."""
    mine = pack(tmp_path / "mine" / "inner", extends=extends)
    expected = r"circle" if extends == "" else r"which is not a pack; name one .*client"
    with pytest.raises(PackError, match=rf"pack\.toml:3:1: .*{expected}"):
        stacks([mine])


def test_a_circle_is_refused(tmp_path: Path) -> None:
    """With all that is in it."""
    pack(tmp_path / "a", extends="../b")
    pack(tmp_path / "b", extends="../c")
    pack(tmp_path / "c", extends="../a")
    with pytest.raises(PackError, match=r"a → b → c → a: .*circle"):
        stacks([tmp_path / "a"])


def test_two_packs_of_one_name_are_refused(tmp_path: Path) -> None:
    """Their templates would have the same names."""
    for folder in ("x", "y"):
        pack(tmp_path / folder)
        (tmp_path / folder / "pack.toml").write_text(manifest("same"))
    with pytest.raises(PackError, match=r"y/pack\.toml:1:1: name 'same' is also the name of .*x"):
        stacks([tmp_path / "x", tmp_path / "y"])
    pack(tmp_path / "z")
    (tmp_path / "z" / "pack.toml").write_text(manifest("client"))
    with pytest.raises(PackError, match="name 'client' is also the name of"):
        stacks([tmp_path / "z"])


# ── Templates ────────────────────────────────────────────────────────────────────────────────


def test_a_block_is_overridden_through_the_chain(tmp_path: Path) -> None:
    """A template that extends its own name gets that of the next pack, and so does `super()`."""
    pack(tmp_path / "one", override("class_docstring", "    # one\n{{ super() }}"))
    two = pack(
        tmp_path / "two",
        override("class_docstring", "    # two\n{{ super() }}"),
        extends="../one",
    )
    before, after = files(CLIENT), files(two)
    text = after[LAMPS]
    assert text.index("# two") < text.index("# one") < text.index('"""Its lamps."""')
    assert after.keys() == before.keys()
    changed = {path for path, text in after.items() if before[path] != text}
    assert changed == {LAMPS, LAMPS.replace("_sync", "_async")}


def test_packs_of_one_root_override_side_by_side(tmp_path: Path) -> None:
    """As if the later one extended the earlier one."""
    one = pack(tmp_path / "one", override("class_docstring", "    # one\n{{ super() }}"))
    two = pack(tmp_path / "two", override("class_docstring", "    # two\n{{ super() }}"))
    text = files(one, two)[LAMPS]
    assert text.index("# two") < text.index("# one") < text.index("Its lamps")
    assert files(two, one)[LAMPS].index("# one") < files(two, one)[LAMPS].index("# two")


def test_a_template_names_one_of_a_certain_pack(tmp_path: Path) -> None:
    """`client::x` is the client's, whatever is between."""
    pack(tmp_path / "one", override("class_docstring", "    # one\n"))
    two = pack(
        tmp_path / "two",
        {RESOURCE: '{% extends "client::resource.py.jinja" %}'},
        extends="../one",
    )
    assert files(two)[LAMPS] == files(CLIENT)[LAMPS]


def test_an_include_is_that_of_the_first_pack(tmp_path: Path) -> None:
    """What a template of the client includes can be replaced once for all that include it."""
    mine = replace_template(pack(tmp_path / "mine"), "header.jinja", "# Ours.\n")
    found = files(mine)
    assert found[LAMPS].startswith("# Ours.\n")
    assert found["pyproject.toml"].startswith("# Ours.\n")
    assert files(CLIENT)[LAMPS].partition("\n")[2] == found[LAMPS].partition("\n")[2]


def test_a_template_is_replaced(tmp_path: Path) -> None:
    """By one of the same name that does not extend it; what is below is not missed."""
    mine = pack(tmp_path / "mine")
    replace_template(mine, "README.md.jinja", "# {{ api.title | markdown }}\n")
    assert files(mine)["README.md"] == "# Lamps\n"


def test_the_template_of_a_model_is_overridden(tmp_path: Path) -> None:
    """As every other one, with filters and the chain."""
    mine = pack(
        tmp_path / "mine",
        override(
            "extra_methods",
            "\n    def wire(self) -> str:\n        return {{ model.wire_name | literal }}\n",
            "struct.jinja",
        ),
    )
    assert (
        'def wire(self) -> str:\n        return "Lamp"' in files(mine)[f"{PACKAGE}/models/lamp.py"]
    )


def test_a_pack_has_a_template_of_models_of_its_own(tmp_path: Path) -> None:
    """The first that says one is taken."""
    mine = pack(
        tmp_path / "mine",
        {
            "mine.jinja": '{% extends "struct.jinja" %}{% block class_docstring %}    """M."""\n{% endblock %}'
        },
        rest='models = "mine.jinja"',
    )
    assert '"""M."""' in files(mine)[f"{PACKAGE}/models/lamp.py"]


# ── Outputs ──────────────────────────────────────────────────────────────────────────────────

EACH = {
    "client": ("x", ["x"]),
    "flavour": ("{{ flavour.name }}", ["async", "sync"]),
    "scope": ("{{ scope.name }}", ["house"]),
    "resource": ("{{ scope.name }}/{{ resource.name }}", ["house/lamps"]),
    "resource-flavour": (
        "{{ resource.name }}.{{ flavour.name }}",
        ["lamps.async", "lamps.sync"],
    ),
    "operation": ("{{ resource.name }}.{{ operation.name }}", ["lamps.get"]),
    "model": ("{{ model.module }}", ["lamp"]),
}


@pytest.mark.parametrize("each", EACH)
def test_an_output_is_made_for_each(tmp_path: Path, each: str) -> None:
    """A file for each of what it says, by a pack that extends none."""
    path, expected = EACH[each]
    mine = pack(
        tmp_path / "mine",
        {"x.jinja": "x\n"},
        extends=None,
        rest=f'outputs = [{{ template = "x.jinja", path = "{path}", each = "{each}" }}]',
    )
    assert sorted(files(mine)) == expected
    assert sorted(files(CLIENT, mine)) == sorted([*files(CLIENT), *expected])


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("true", ["get"]),
        ("operation.method == 'GET'", ["get"]),
        ("operation.method == 'PUT'", []),
        ("operation.paged or operation.body", []),
        ("resource.operations | map(attribute='name') | list == ['get']", ["get"]),
    ],
)
def test_an_output_is_made_when_its_condition_holds(
    tmp_path: Path, when: str, expected: list[str]
) -> None:
    """An expression over the variables of the output."""
    mine = pack(
        tmp_path / "mine",
        {"x.jinja": "x\n"},
        extends=None,
        rest='outputs = [{ template = "x.jinja", path = "{{ operation.name }}", each = "operation", '
        f'when = "{when}" }}]',
    )
    assert sorted(files(mine)) == expected


def test_a_pack_copies_files_of_its_own(tmp_path: Path) -> None:
    """Beside those of the pack that it extends; not the same ones."""
    rest = 'copies = [{ source = "more", path = "{{ package.name }}/more" }]'
    mine = pack(tmp_path / "mine", {"more/a.py": "A = 1\n"}, rest=rest)
    assert files(mine)[f"{PACKAGE}/more/a.py"].endswith("\nA = 1\n")
    assert files(mine).keys() - files(CLIENT).keys() == {f"{PACKAGE}/more/a.py"}
    clash = pack(
        tmp_path / "clash", {"more/clock.py": "A = 1\n"}, rest=rest.replace("/more", "/_runtime")
    )
    with pytest.raises(RunnersmithError, match=r"_runtime/clock\.py is made twice"):
        files(clash)


@pytest.mark.parametrize(
    ("when", "copied"),
    [("api.scopes", True), ("not api.scopes", False), ("'body' in api | wire_modules", False)],
)
def test_an_optional_file_is_copied_when_its_condition_holds(
    tmp_path: Path, when: str, copied: bool
) -> None:
    """An expression over the variables of every template; the other files are always copied."""
    mine = pack(
        tmp_path / "mine",
        {"more/deep/a.py": "A = 1\n", "more/b.py": "B = 1\n"},
        rest='copies = [{ source = "more", path = "more", optional = '
        f'[{{ file = "deep/a.py", when = "{when}" }}] }}]',
    )
    wanted = {"more/b.py", "more/deep/a.py"} if copied else {"more/b.py"}
    assert files(mine).keys() - files(CLIENT).keys() == wanted


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        ('{ file = "b.py", when = "true" }', "'b.py' is not a .py file in 'more'"),
        ('{ file = "deep/aa.py", when = "true" }', "did you mean 'deep/a.py'?"),
        ('{ file = "../pack.toml", when = "true" }', "is not a .py file"),
        ('{ file = "deep/a.py" }', "missing required field `when`"),
        ('{ file = "deep/a.py", wen = "true" }', "unknown field `wen`"),
        ('{ file = "deep/a.py", when = "aip.scopes" }', "'aip' is not defined here"),
        ('{ file = "deep/a.py", when = "operation" }', "'operation' is not defined here"),
        ('{ file = "deep/a.py", when = "api.scope" }', "has no attribute 'scope'"),
        ('{ file = "deep/a.py", when = "api scopes" }', "more than one expression"),
        (
            '{ file = "deep/a.py", when = "true" }, { file = "deep/a.py", when = "false" }',
            "'deep/a.py' is listed twice",
        ),
    ],
)
def test_an_optional_file_that_cannot_be_meant_is_refused(
    tmp_path: Path, entry: str, message: str
) -> None:
    """With the line of its entry."""
    rest = f'copies = [{{ source = "more", path = "more", optional = [\n{entry},\n] }}]'
    mine = pack(tmp_path / "mine", {"more/deep/a.py": "A = 1\n"}, rest=rest)
    with pytest.raises(RunnersmithError) as caught:
        files(mine)
    assert message in str(caught.value)
    assert re.search(r"mine/pack\.toml:[45]:1: ", str(caught.value)), caught.value


# ── Examples ─────────────────────────────────────────────────────────────────────────────────


def test_the_example_of_one_block() -> None:
    """Every method's docstring says its request; nothing else changes."""
    before, after = files(CLIENT), files(EXAMPLES / "one-block")
    assert "        Sends: GET /houses/{house}/lamps/{lamp_id}\n" in after[LAMPS]
    for path, text in after.items():
        kept = [line for line in text.splitlines() if "Sends: " not in line]
        assert [line for line in kept if line] == [
            line for line in before[path].splitlines() if line
        ]


def test_the_example_of_one_template() -> None:
    """The README is another, the rest is as before."""
    before, after = files(CLIENT), files(EXAMPLES / "one-template")
    assert "| `client.house(house).lamps` | `get` |" in after["README.md"]
    assert {path for path in after if after[path] != before.get(path)} == {"README.md"}
    assert after.keys() == before.keys()


def test_the_example_of_own_outputs() -> None:
    """Files beside the client's; none where the condition does not hold."""
    before, after = files(CLIENT), files(EXAMPLES / "own-outputs")
    assert after.keys() - before.keys() == {"operations.json"}
    assert "house.lamps.get" in after["operations.json"]
    assert all(after[path] == before[path] for path in before)
