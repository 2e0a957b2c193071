"""Python names of the client: each is made here, once, before anything is rendered.

Pure. Rules, in order: cut the wire name into words at every character that no identifier has and
at a change of case; join the words for the kind of name wanted; put a word in front of a leading
digit; add an underscore to what Python or a rendered module already uses.
"""

from __future__ import annotations

import builtins
import keyword
import re

# Names that the annotations of a model or a method use: a field of that name would shadow them.
ANNOTATION_NAMES = frozenset(
    {"bool", "date", "datetime", "dict", "field", "float", "int", "list", "object", "str"}
)
# Names that a model's module imports, here or in what datamodel-code-generator prints at first: a
# model of that name would shadow them.
MODULE_NAMES = frozenset(
    """Annotated Any ClassVar Enum Iterator Literal Meta Model Optional SecretModel Struct TypeAlias UNSET Union
    Unset UnsetType""".split()
)
# Names that the annotations in a resource's class use: a method of that name would shadow them.
# `list` is not among them: there it is written `builtins.list`.
METHOD_NAMES = frozenset(
    {"bool", "builtins", "date", "datetime", "dict", "float", "int", "models", "object", "str"}
)
# What decorates the properties of a scope.
RESOURCE_NAMES = frozenset({"property"})
# What a client has beside its scopes.
CLIENT_NAMES = frozenset(
    "aclose api_version base_url close from_env if_none_match rate_limit request scope supports token "
    "with_options with_raw_response".split()
)
# What a client package exports beside its scopes and resources.
PACKAGE_NAMES: frozenset[str] = frozenset(
    """AccessToken ApiDeprecation App AsyncClient AsyncClientOptions AsyncPages AsyncScope Attempt AttemptEnded
    Client ClientOptions Hooks Pacing Pages RateLimit RawResponse Retry SchemaDrift Scope Timeout""".split()
)
# The errors that it exports as well, and the modules that it has for its clients and scopes.
ERROR_NAMES: frozenset[str] = frozenset(
    """BadCredentials BadRequest CallError ClientClosed Conflict ConnectFailed ConnectTimedOut ConnectionLost
    FieldError Forbidden GitHubError Gone InvalidArgument LinkRefused NotAvailable NotFound OutcomeUnknown
    RateLimited RedirectRefused RequestInfo ResponseError RunnerBusy ServerError SignInFailed StatusError
    TimedOut TransportError UNSET UnexpectedResponse Unset ValidationFailed""".split()
)
CLIENT_MODULES = frozenset({"client", "scopes"})
# `self` comes first in every method.
ARGUMENT_NAMES = frozenset({"self"})

# What Windows takes for a device, whatever the suffix of the file.
DEVICES = frozenset(
    ["aux", "con", "nul", "prn"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in range(10)]
)

# A name becomes the name of a file, for which systems have a limit.
MAX_LENGTH = 120

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z", re.ASCII)
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*\Z", re.ASCII)
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+", re.ASCII)
_SIGNS = {"+": "plus", "-": "minus", "@": "at", "$": "dollar"}


class Unnameable(ValueError):
    """A wire name that no Python name can be made of: without ASCII letters or digits, or too long."""


def words(wire_name: str) -> list[str]:
    """Cut a wire name into words: `runnerGroup-id` gives `runner`, `Group`, `id`.

    A name of signs only is spelt out when the signs have names (`+1` gives `plus`, `1`).
    """
    sign = _SIGNS.get(wire_name[:1], "")
    found = _WORD.findall(wire_name)
    if sign and (not found or found[0].isdigit()):
        found.insert(0, sign)
    if not found or not wire_name.isascii() or len(wire_name) > MAX_LENGTH:
        raise Unnameable(wire_name[:40])
    return found


def field_name(wire_name: str) -> str:
    """Name a field or an argument: snake case, never a keyword, never a name that annotations use."""
    name = snake(wire_name)
    return name + "_" if name in ANNOTATION_NAMES | ARGUMENT_NAMES else name


def snake(wire_name: str) -> str:
    """Write a wire name in snake case; an identifier in snake case stays as it is."""
    name = wire_name
    if len(name) > MAX_LENGTH or not _IDENTIFIER.match(wire_name) or "__" in wire_name:
        name = "_".join(words(wire_name)).lower()
    if name[0].isdigit():
        name = "n" + name
    return name + "_" if keyword.iskeyword(name) or name == "__debug__" else name


def module_name(class_name: str) -> str:
    """Name the module of a class: its name in snake case, and never what Windows has no file for."""
    name = snake(class_name)
    return name + "_" if name in DEVICES else name


def class_name(*wire_names: str) -> str:
    """Write wire names as one class name; a single one that is a class name already stays as it is."""
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
    """Name the method of an operation: its id without the words of its tag at the start.

    `issues/list-for-repo` under `issues` gives `list_for_repo`, `listPets` under `pets` gives
    `list_pets`: only what stands at the start is said again by the resource's name.
    """
    found, said = words(operation_id), [word.lower() for word in words(tag)]
    if len(found) > len(said) and [word.lower() for word in found[: len(said)]] == said:
        found = found[len(said) :]
    name = snake("_".join(found).lower())
    if len(name) > MAX_LENGTH:
        raise Unnameable(name[:40])
    return name + "_" if name in METHOD_NAMES else name


def resource_name(tag: str) -> str:
    """Name the property of a client that gives the operations of a tag."""
    name = snake(tag)
    return name + "_" if name in CLIENT_NAMES | RESOURCE_NAMES | CLIENT_MODULES else name


def resource_class(tag: str) -> str:
    """Name the class of the operations of a tag."""
    name = class_name(tag)
    return name + "Resource" if name in PACKAGE_NAMES | ERROR_NAMES else name


def constant_name(name: str) -> str:
    """Write a method's name as the name of its operation constant."""
    return name.upper()
