"""Names: whatever a document calls something, Python has a name for it."""

from __future__ import annotations

import ast
import builtins
import inspect
import keyword
import unicodedata

import pytest

import ghrunners
from ghrunners._runtime.client.github.client import GitHubAsyncClient, GitHubClient
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
    "a" * 5000,
    "",
    " ",
    "_",
    "...",
    "<=",
    "Größe",
    "İd",
    "имя",
    "日本",
    "ｉｍｐｏｒｔ",
    "x\u0301",
    "\u0301",
    "\u202eevil",
    "الاسم",
    "🧩",
    "🧩 Things",
]
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
        ("getIPs", "get_ips"),
        ("VPCs", "vpcs"),
        ("vpcIDs", "vpc_ids"),
        ("OAuth2", "oauth2"),
        ("OAuthApps", "oauth_apps"),
        ("createOAuth2Token", "create_oauth2_token"),
        ("IPv4Address", "ipv4_address"),
        ("IPV6", "ipv6"),
        ("listV1Items", "list_v1_items"),
        ("readCoreV1beta1Node", "read_core_v1beta1_node"),
        ("v10alpha2", "v10alpha2"),
        ("listV1items", "list_v_1_items"),
        ("DNSServer", "dns_server"),
        ("GetASGs", "get_asgs"),
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
        (("list-VPCs",), "ListVPCs"),
        (("oauth2-token",), "Oauth2Token"),
        (("get_IPv4",), "GetIPv4"),
    ],
)
def test_classes(wire_names: tuple[str, ...], expected: str) -> None:
    """A class is in capitalised words; a name that is one already stays as it is."""
    assert names.class_name(*wire_names) == expected


def is_public_name(name: str) -> bool:
    is_private = name.startswith("_") or "__" in name
    same = unicodedata.normalize("NFKC", name) == name
    return name.isidentifier() and same and not (keyword.iskeyword(name) or is_private)


def test_every_name_is_one() -> None:
    """Each is an identifier as Python compares them, no keyword, neither private nor a dunder."""
    made = {(make.__name__, name): make(name) for make in MAKERS for name in WIRE_NAMES}
    assert {key: name for key, name in made.items() if not is_public_name(name)} == {}


def test_no_name_hides_another() -> None:
    """A field hides no name of an annotation, a class none of its module's or Python's."""
    fields = {name: names.field_name(name) for name in WIRE_NAMES}
    taken = names.ANNOTATION_NAMES | names.ARGUMENT_NAMES
    assert {wire: name for wire, name in fields.items() if name in taken} == {}
    classes = {name: names.class_name(name) for name in WIRE_NAMES}
    taken = names.MODULE_NAMES | vars(builtins).keys()
    assert {wire: name for wire, name in classes.items() if name in taken} == {}


def test_names_are_made_once() -> None:
    """A name that was made is a name: making one of it again changes nothing."""
    public = [name for name in WIRE_NAMES if not name.startswith("_")]
    for make in (names.snake, names.class_name):
        once = {name: make(name) for name in public}
        assert {name: make(made) for name, made in once.items()} == once


@pytest.mark.parametrize(
    ("wire_name", "expected"),
    [
        ("", "empty"),
        (" ", "space"),
        ("_", "underscore"),
        ("...", "dot_dot_dot"),
        ("<=", "lt_eq"),
        ("*", "star"),
        ("°", "degree_sign"),
        ("👍", "thumbs_up_sign"),
        ("\U0001fae8", "u1fae8"),
        ("👍👎", "thumbs_up_sign_thumbs_down_sign"),
        ("🧩 Things", "things"),
        ("()()()", "paren_paren_paren_91aaface"),
    ],
)
def test_a_name_of_signs_is_spelt_out(wire_name: str, expected: str) -> None:
    """Signs beside words only separate them; three signs are spelt out, more get a digest."""
    assert names.field_name(wire_name) == expected


@pytest.mark.parametrize(
    ("wire_name", "expected"),
    [
        ("Größe", "größe"),
        ("naïveBayes", "naïve_bayes"),
        ("имяПользователя", "имя_пользователя"),
        ("名前", "名前"),
        ("日本語Name", "日本語_name"),
        ("ページ", "ページ"),
        ("İd", "id"),
        ("აბ", "აბ"),
    ],
)
def test_letters_of_other_alphabets_stay(wire_name: str, expected: str) -> None:
    """Python allows them; in a file name they are replaced, since file systems disagree."""
    assert names.field_name(wire_name) == expected
    made = names.class_name(wire_name)
    assert len(made) == len(expected.replace("_", ""))
    for file in (names.module_name(made), names.resource_module(expected)):
        assert file.isascii()
        assert file.isidentifier()
    assert names.constant_name(expected).isascii()


@pytest.mark.parametrize(
    ("wire_name", "expected"),
    [
        ("ｉｄ", "id"),
        ("ﬁle", "file"),
        ("ｉｍｐｏｒｔ", "import_"),
        ("①", "n1"),
        ("\u202eevil", "evil"),
        ("pay\u200bment", "pay_ment"),
        ("a\ufe0f", "a"),
        ("\u3164", "u1160"),
        ("e\u0301\u0301", "é"),
        ("q\u0336", "q"),
        ("\u0430dmin", "u0430dmin"),
        ("\u0430\u0440\u0435", "u0430u0440u0435"),
        ("\u0391\u0392", "u0391u0392"),
        ("pаyment", "pu0430yment"),
        ("ɡet", "et"),
        ("\u05d0\u05d1", "u05d0u05d1"),
        ("\u0627\u0644", "u0627u0644"),
        ("Ꮪave", "u13daave"),
        ("\ua64a", "ua64a"),
        ("x\ua64ay", "x_y"),
    ],
)
def test_no_name_looks_like_another(wire_name: str, expected: str) -> None:
    """Letters that imitate Latin ones, invisible ones and those from right to left are spelt out."""
    assert names.field_name(wire_name) == expected


@pytest.mark.parametrize("wire_name", ["word " * 60, "x" * 121, "getTheLongName" * 20, "名" * 200])
def test_a_long_name_ends_in_a_digest_of_the_whole(wire_name: str) -> None:
    """It is cut, and another name with the same start is another one."""
    for make in MAKERS:
        made, other = make(wire_name), make(wire_name + "y")
        assert len(made) <= names.MAX_LENGTH
        assert made != other
        assert made[:100] == other[:100]
    assert names.snake(wire_name) == names.snake(wire_name)


@pytest.mark.parametrize(
    ("operation_id", "path", "method", "expected"),
    [
        ("read_item_items__item_id__get", "/items/{item_id}", "get", "read_item"),
        ("create_v1_users_post", "/v1/users", "post", "create"),
        ("root__get", "/", "get", "root"),
        ("read_item_items__item_id__get", "/items/{item_id}", "put", None),
        ("read_item_items__item_id__get", "/goods/{item_id}", "get", None),
        ("_items_get", "/items", "get", None),
        ("listItems", "/items", "get", None),
    ],
)
def test_the_tail_of_fastapi_is_dropped(
    operation_id: str, path: str, method: str, expected: str | None
) -> None:
    """Only the very path and method of the operation, and only after another name."""
    assert names.handler_name(operation_id, path, method) == (expected or operation_id)


def test_constants_are_as_different_as_methods() -> None:
    """The constants of two methods are as different as their names."""
    methods = [
        "list",
        "list_labels",
        "get",
        "get_deprecation",
        "straße",
        "strasse",
        "getIt",
        "getit",
    ]
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
    for kind in (GitHubClient, GitHubAsyncClient):
        found = {name for name in dir(kind) if not name.startswith("_")}
        assert "rate_limit" in found
        assert found <= names.CLIENT_NAMES


@pytest.mark.parametrize("device", sorted(names.DEVICES))
def test_no_module_is_called_like_a_device(device: str) -> None:
    """Windows has no file of such a name, whatever its suffix."""
    for module in (names.module_name(device.title()), names.resource_name(device)):
        assert module not in names.DEVICES
