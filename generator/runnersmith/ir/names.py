"""Python names of the client, all derived here, once, before rendering.

Pure. Rules, in order: split the wire name into words at every character that is invalid in an
identifier and at a change of case; join the words for the kind of name; put a word before a leading
digit; append an underscore to names that Python or a rendered module already uses.
"""

from __future__ import annotations

import builtins
import keyword
import re

# Names in the annotations of a model or a method: a field of that name would shadow them.
ANNOTATION_NAMES = frozenset(
    {"bool", "date", "datetime", "dict", "field", "float", "int", "list", "object", "str"}
)
# Names that a model's module imports, or that datamodel-code-generator imports in its output: a
# model of that name would shadow them.
MODULE_NAMES = frozenset(
    """Annotated Any ClassVar EXTRA_KEY Enum Iterator Literal Mapping Meta Model NO_EXTRA OpenModel Optional
    SecretModel Struct TypeAlias UNSET Union Unset UnsetType""".split()
)
# Names in the annotations of a resource's class: a method of that name would shadow them. `list` is
# not among them, since it is written `builtins.list` there.
METHOD_NAMES = frozenset(
    {"bool", "builtins", "date", "datetime", "dict", "float", "int", "models", "object", "str"}
)
# The field of a model, and the argument of a method, for properties that have none.
EXTRA = "extra"
# Its key where a model is JSON by itself, as in `msgspec.json.encode`; it is never sent.
EXTRA_KEY = "(extra)"
# The key by which a decoder recognizes a model that has conditions; it is never sent.
KIND_KEY = "(kind)"
# The decorators of a scope's properties.
RESOURCE_NAMES = frozenset({"property"})
# Attributes of a client beside its scopes.
CLIENT_NAMES = frozenset(
    "aclose api_version base_url close from_env if_none_match rate_limit request scope supports "
    "throttled_until token with_options with_raw_response".split()
)
# Exports of a client package beside its scopes and resources.
PACKAGE_NAMES: frozenset[str] = frozenset(
    """AccessToken ApiDeprecation App AsyncClient AsyncClientOptions AsyncPages AsyncScope Attempt AttemptEnded
    Client ClientOptions Hooks Pacing Pages Proxy RateLimit RawResponse Retry SchemaDrift Scope Timeout""".split()
)
# The errors that it exports as well, and the modules of its clients and scopes.
ERROR_NAMES: frozenset[str] = frozenset(
    """BadCredentials BadRequest CallError ClientClosed Conflict ConnectFailed ConnectTimedOut ConnectionLost
    FieldError Forbidden GitHubError Gone InvalidArgument LinkRefused NotAvailable NotFound OutcomeUnknown
    RateLimited RedirectRefused RequestInfo ResponseError RunnerBusy ServerError SignInFailed StatusError
    TimedOut TransportError UNSET UnexpectedResponse Unset ValidationFailed""".split()
)
CLIENT_MODULES = frozenset({"client", "scopes"})
# `self` is the first parameter of every method.
ARGUMENT_NAMES = frozenset({"self"})

# Device names of Windows, reserved whatever the suffix of the file.
DEVICES = frozenset(
    ["aux", "con", "nul", "prn"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in range(10)]
)

# A name becomes a file name, which systems limit in length.
MAX_LENGTH = 120

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z", re.ASCII)
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*\Z", re.ASCII)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", re.ASCII)
_SIGNS = {"+": "plus", "-": "minus", "@": "at", "$": "dollar"}


class Unnameable(ValueError):
    """A wire name without a possible Python name: no ASCII letters or digits, or too long."""


def words(wire_name: str) -> list[str]:
    """Split a wire name into words: `runnerGroup-id` becomes `runner`, `Group`, `id`.

    A name of signs only is spelt out if the signs have names (`+1` becomes `plus`, `1`).
    """
    sign = _SIGNS.get(wire_name[:1], "")
    found = _WORD.findall(wire_name)
    if sign and (not found or found[0].isdigit()):
        found.insert(0, sign)
    if not found or not wire_name.isascii() or len(wire_name) > MAX_LENGTH:
        raise Unnameable(wire_name[:40])
    return found


def field_name(wire_name: str) -> str:
    """Return the name of a field or an argument: snake case, no name of Python or of annotations."""
    name = snake(wire_name)
    return name + "_" if name in ANNOTATION_NAMES | ARGUMENT_NAMES else name


def snake(wire_name: str) -> str:
    """Return a wire name in snake case; an identifier in snake case is unchanged."""
    name = wire_name
    if len(name) > MAX_LENGTH or not _IDENTIFIER.match(wire_name) or "__" in wire_name:
        name = "_".join(words(wire_name)).lower()
    if name[0].isdigit():
        name = "n" + name
    return name + "_" if keyword.iskeyword(name) or name == "__debug__" else name


def module_name(class_name: str) -> str:
    """Return the name of a class's module: snake case, and no device name of Windows."""
    name = snake(class_name)
    return name + "_" if name in DEVICES else name


def class_name(*wire_names: str) -> str:
    """Return wire names as one class name; a single name that already is one is unchanged."""
    if len(wire_names) == 1 and len(wire_names[0]) <= MAX_LENGTH and _CLASS.match(wire_names[0]):
        name = wire_names[0]
    else:
        name = "".join(word[0].upper() + word[1:] for wire in wire_names for word in words(wire))
        if len(name) > MAX_LENGTH:
            raise Unnameable(name[:40])
    if name[0].isdigit():
        name = "N" + name
    taken = name in MODULE_NAMES or keyword.iskeyword(name) or hasattr(builtins, name)
    return name + "Model" if taken else name


def method_name(operation_id: str, tag: str) -> str:
    """Return the name of an operation's method: its id without the words of its tag at the start.

    `issues/list-for-repo` under `issues` becomes `list_for_repo`, and `listPets` under `pets`
    becomes `list_pets`: only words at the start repeat the resource's name.
    """
    found, tag_words = words(operation_id), [word.lower() for word in words(tag)]
    if (
        len(found) > len(tag_words)
        and [word.lower() for word in found[: len(tag_words)]] == tag_words
    ):
        found = found[len(tag_words) :]
    name = snake("_".join(found).lower())
    if len(name) > MAX_LENGTH:
        raise Unnameable(name[:40])
    return name + "_" if name in METHOD_NAMES else name


def resource_name(tag: str) -> str:
    """Return the name of the client's property for the operations of a tag."""
    name = snake(tag)
    return name + "_" if name in CLIENT_NAMES | RESOURCE_NAMES | CLIENT_MODULES | DEVICES else name


def resource_class(tag: str) -> str:
    """Return the class name for the operations of a tag."""
    name = class_name(tag)
    return name + "Resource" if name in PACKAGE_NAMES | ERROR_NAMES else name


def constant_name(name: str) -> str:
    """Return the name of a method's operation constant."""
    return name.upper()
