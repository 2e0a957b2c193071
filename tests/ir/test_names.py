"""Names: whatever a spec calls something, Python gets a name, or the spec is rejected."""

from __future__ import annotations

import ast
import builtins
import inspect
import keyword

import pytest

import ghrunners
from ghrunners._runtime.client.client import BaseAsyncClient, BaseClient
from runnersmith.ir import names

# Wire names that a spec may have, of every kind that has made trouble somewhere.
WIRE_NAMES = [
    *keyword.kwlist,
    *keyword.softkwlist,
    *dir(builtins),
    *sorted(names.ANNOTATION_NAMES),
    *sorted(names.MODULE_NAMES),
    *sorted(names.ARGUMENT_NAMES),
    "__debug__",
    "+1",
    "-1",
    "@id",
    "$ref",
    "1st",
    "2",
    "2fa-enabled",
    "x-y",
    "x.y",
    "x/y",
    "x y",
    " x ",
    "x__y",
    "_x",
    "x_",
    "__x__",
    "camelCase",
    "HTTPServer",
    "getHTTPServer2Info",
    "SCREAMING_CASE",
    "kebab-case-of-many-words",
    "filter[name]",
    "actions/list-self-hosted-runners-for-org",
    "../../etc/passwd",
    "a\\",
    'a"b',
    "a'b",
    "a\nb",
    "a\x00b",
    "a{{7*7}}b",
    "a" * 90,
]
NAMEABLE = [name for name in WIRE_NAMES if any(char.isascii() and char.isalnum() for char in name)]
MAKERS = (names.field_name, names.snake, names.class_name)


@pytest.mark.parametrize(
    ("wire_name", "expected"),
    [
        ("runner_group_id", "runner_group_id"),
        ("runnerGroup-id", "runner_group_id"),
        ("HTTPServer", "http_server"),
        ("x_", "x_"),
        ("x__y", "x_y"),
        ("_links", "links"),
        ("__class__", "class_"),
        ("+1", "plus_1"),
        ("-1", "minus_1"),
        ("@id", "id"),
        ("$ref", "ref"),
        ("1st", "n1_st"),
        ("class", "class_"),
        ("None", "none"),
        ("match", "match"),
        ("self", "self_"),
        ("list", "list_"),
        ("str", "str_"),
        ("id", "id"),
        ("type", "type"),
        ("SCREAMING_CASE", "screaming_case"),
        ("filter[name]", "filter_name"),
    ],
)
def test_fields(wire_name: str, expected: str) -> None:
    """A field is in snake case, and hides nothing that annotations need."""
    assert names.field_name(wire_name) == expected


@pytest.mark.parametrize(
    ("wire_names", "expected"),
    [
        (("Runner",), "Runner"),
        (("HTTPServer",), "HTTPServer"),
        (("runner",), "Runner"),
        (("runner-label",), "RunnerLabel"),
        (("runner.label_v2",), "RunnerLabelV2"),
        (("org", "runner_groups"), "OrgRunnerGroups"),
        (("actions/list-runners", "response", "item"), "ActionsListRunnersResponseItem"),
        (("2fa",), "N2Fa"),
        (("camelCase",), "CamelCase"),
    ],
)
def test_classes(wire_names: tuple[str, ...], expected: str) -> None:
    """A class is in capitalised words; a name that is one already stays as it is."""
    assert names.class_name(*wire_names) == expected


def is_public_name(name: str) -> bool:
    is_private = name.startswith("_") or "__" in name
    return name.isascii() and name.isidentifier() and not (keyword.iskeyword(name) or is_private)


def test_every_name_is_one() -> None:
    """What comes out is an ASCII identifier, no keyword, and neither private nor a dunder."""
    made = {(make.__name__, name): make(name) for make in MAKERS for name in NAMEABLE}
    assert {key: name for key, name in made.items() if not is_public_name(name)} == {}


def test_no_name_hides_another() -> None:
    """A field hides no name of an annotation, a class none of its module's or Python's."""
    fields = {name: names.field_name(name) for name in NAMEABLE}
    taken = names.ANNOTATION_NAMES | names.ARGUMENT_NAMES
    assert {wire: name for wire, name in fields.items() if name in taken} == {}
    classes = {name: names.class_name(name) for name in NAMEABLE}
    taken = names.MODULE_NAMES | vars(builtins).keys()
    assert {wire: name for wire, name in classes.items() if name in taken} == {}


def test_names_are_made_once() -> None:
    """A name that was made is a name: making one of it again changes nothing."""
    public = [name for name in NAMEABLE if not name.startswith("_")]
    for make in (names.snake, names.class_name):
        once = {name: make(name) for name in public}
        assert {name: make(made) for name, made in once.items()} == once


@pytest.mark.parametrize(
    "wire_name", ["", " ", "_", "__", "...", "é", "имя", "日本", "ｉｄ", "x\u0301", "a" * 5000]
)
def test_what_has_no_name(wire_name: str) -> None:
    """Nothing is made up for a name without ASCII letters, or of a length that no file has."""
    for make in MAKERS:
        with pytest.raises(names.Unnameable):
            make(wire_name)


def test_constants_are_as_different_as_methods() -> None:
    """The constants of two methods are as different as their names."""
    methods = ["list", "list_labels", "get", "get_deprecation"]
    assert len({names.constant_name(name) for name in methods}) == len(methods)


def test_no_tag_hides_what_a_package_exports() -> None:
    """A resource of such a name is called otherwise: a type checker would refuse the package."""
    tree = ast.parse(inspect.getsource(ghrunners))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    runtime = [one for one in imports if (one.module or "").startswith("_runtime.")]
    found = {alias.name for one in runtime for alias in one.names if alias.name != "lazy"}
    assert {"Client", "OrgRunners"}.isdisjoint(found)
    assert len(found) > 40
    for name in found:
        assert names.resource_class(name) != name


def test_no_tag_hides_an_attribute_of_a_client() -> None:
    """A scope of such a name is called otherwise, or rejected."""
    for kind in (BaseClient, BaseAsyncClient):
        found = {name for name in dir(kind) if not name.startswith("_")}
        assert "rate_limit" in found
        assert found <= names.CLIENT_NAMES


@pytest.mark.parametrize("device", sorted(names.DEVICES))
def test_no_module_is_called_like_a_device(device: str) -> None:
    """Windows has no file of such a name, whatever its suffix."""
    for module in (names.module_name(device.title()), names.resource_name(device)):
        assert module not in names.DEVICES
