"""Python names of the client, all derived here, once, before rendering.

Pure. Rules, in order: split the name in the document into words at every character that is invalid
in an identifier and at a change of case; join the words for the kind of name; put a letter before a
leading digit; append an underscore to names that Python or a rendered module already uses. Every
name has a Python name. `distinct` has the rule for those that would have the same.
"""

from __future__ import annotations

import builtins
import keyword
import re
import unicodedata

from .characters import normalized
from .words import MAX_LENGTH, digest, shortened, words

__all__ = ["MAX_LENGTH"]

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
    "aclose api_version base_url close from_env if_none_match rate_limit request request_pages scope "
    "supports throttled_until token with_options with_raw_response".split()
)
# Exports of a client package beside its scopes and resources.
PACKAGE_NAMES: frozenset[str] = frozenset(
    """AccessToken ApiDeprecation App AsyncClient AsyncClientOptions AsyncPages AsyncScope Attempt AttemptEnded
    Client ClientOptions FileBody FileUpload Hooks Pacing Pages Proxy RateLimit RawResponse Retry SchemaDrift
    Scope ServerUrls Timeout""".split()
)
# The errors that it exports as well, and the modules of its clients and scopes.
ERROR_NAMES: frozenset[str] = frozenset(
    """BadCredentials BadRequest CallError ClientClosed Conflict ConnectFailed ConnectTimedOut ConnectionLost
    FieldError Forbidden ClientError Gone InvalidArgument LinkRefused NotAvailable NotFound OutcomeUnknown
    RateLimited RedirectRefused RequestInfo ResponseError RunnerBusy ServerError SignInFailed StatusError
    TimedOut TransportError UNSET UnexpectedResponse Unset ValidationFailed""".split()
)
CLIENT_MODULES = frozenset({"client", "scopes"})
# Names that the module of a resource imports, for either flavour: its class would shadow them.
RESOURCE_CLASS_NAMES = frozenset(
    """AsyncPagedResource AsyncResource Mapping Resource Sequence SyncPagedResource
    SyncResource""".split()
)
# `self` is the first parameter of every method.
ARGUMENT_NAMES = frozenset({"self"})

# Device names of Windows, reserved whatever the suffix of the file.
DEVICES = frozenset(
    ["aux", "con", "nul", "prn"]
    + [f"{port}{number}" for port in ("com", "lpt") for number in range(10)]
)

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z", re.ASCII)
_CLASS = re.compile(r"[A-Z][A-Za-z0-9]*\Z", re.ASCII)
_VARIABLE = re.compile(r"\{[^{}]*\}")
_PUBLIC = re.compile(r"[^\W_]\w*\Z")


def is_plain(*texts: str) -> bool:
    """Return whether a name needs no other alphabet, no word for a sign, and no shortening."""
    whole = "".join(texts)
    return (
        whole.isascii()
        and len(whole) <= MAX_LENGTH
        and all(any(map(str.isalnum, text)) or text[:1] in "+-@$" for text in texts)
    )


def is_public(name: str) -> bool:
    """Return whether a name can be that of a field, an argument, a method or a class."""
    return (
        name.isidentifier()
        and unicodedata.normalize("NFKC", name) == name
        and _PUBLIC.match(name) is not None
        and not keyword.iskeyword(name)
        and len(name) <= MAX_LENGTH
    )


def field_name(wire_name: str) -> str:
    """Return the name of a field or an argument: snake case, no name of Python or of annotations."""
    name = snake(wire_name)
    return name + "_" if name in ANNOTATION_NAMES | ARGUMENT_NAMES else name


def snake(text: str) -> str:
    """Return a name in snake case; an identifier in snake case is unchanged."""
    name = text
    if len(name) > MAX_LENGTH or not _IDENTIFIER.match(text) or "__" in text:
        name = _identifier("_".join(words(text)).lower(), "n", text)
    return name + "_" if keyword.iskeyword(name) or name == "__debug__" else name


def _identifier(name: str, start: str, text: str) -> str:
    """Return words as an identifier, in the form in which Python compares identifiers."""
    if not name.isascii():
        # A change of case can leave an accent alone.
        name = normalized(name).replace(" ", "").replace("\0", "")
    if not name[:1].isidentifier():
        name = start + (name or digest(text))
    whole = name if name.isidentifier() else f"{start}{digest(text)}"
    return shortened(whole, text, "" if start.isupper() else "_")


def module_name(class_name: str) -> str:
    """Return the name of a class's module: snake case, in ASCII, and no device name of Windows."""
    # File systems differ in how they write letters beyond ASCII.
    name = _ascii(snake(class_name))
    return name + "_" if name in DEVICES else name


def _ascii(name: str) -> str:
    """Return a name in lower case and in ASCII; three underscores are in no other name."""
    if name.isascii() and name == name.lower():
        return name
    plain = "_".join(re.findall(r"[a-z0-9]+", name.lower()))
    return f"{plain if plain[:1].isalpha() else 'n' + plain}___{digest(name, 16)}"


def class_name(*texts: str) -> str:
    """Return names as one class name; a single name that already is one is unchanged."""
    name = _class(*texts)
    return name + "Model" if _is_imported(name) else name


def _class(*texts: str) -> str:
    if len(texts) == 1 and len(texts[0]) <= MAX_LENGTH and _CLASS.match(texts[0]):
        return texts[0]
    joined = "".join(word[0].title() + word[1:] for text in texts for word in words(text))
    return _identifier(joined, "N", "\0".join(texts))


def _is_imported(name: str) -> bool:
    """Return whether a class would shadow a name of Python or of the modules with classes."""
    return name in MODULE_NAMES or keyword.iskeyword(name) or hasattr(builtins, name)


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
    name = snake(shortened("_".join(found).lower(), operation_id))
    return name + "_" if name in METHOD_NAMES else name


def handler_name(operation_id: str, path: str, method: str) -> str:
    """Return an operationId of FastAPI without the path and the method that it ends with.

    `read_item_items__item_id__get` of `get /items/{item_id}` becomes `read_item`.
    """
    tail = re.sub(r"\W", "_", path) + f"_{method}"
    return operation_id.removesuffix(tail) or operation_id


def server_name(url: str, api: str) -> str:
    """Return the name of a server: its host without what the API's host ends with as well.

    `https://uploads.example.com` beside `https://api.example.com` becomes `uploads`. On the host of
    the API, it is the path, such as `v2`, or `root`. Variables in braces are left out, unless there
    is nothing else.
    """
    (host, path), (other, _) = _authority_and_path(url), _authority_and_path(api)
    if host in (other, ""):
        return field_name("_".join(words(path)) if path.strip("/") else "root")
    fixed = _VARIABLE.sub("", host).strip(".:-_")
    labels, ends = fixed.split("."), other.split(".")
    while labels and ends and labels[-1] == ends[-1]:
        labels.pop()
        ends.pop()
    return field_name("_".join(words(".".join(labels) or fixed or host)))


def _authority_and_path(url: str) -> tuple[str, str]:
    """Return the host and the path of a URL; a text that is no URL is a path."""
    scheme, sign, rest = url.partition("://")
    authority, slash, path = rest.partition("/") if sign else ("", "", scheme)
    return authority.lower(), slash + path


def resource_name(tag: str) -> str:
    """Return the name of the client's property for the operations of a tag."""
    name = snake(tag)
    return name + "_" if name in CLIENT_NAMES | RESOURCE_NAMES | CLIENT_MODULES | DEVICES else name


def resource_module(name: str) -> str:
    """Return the name of a resource's module: that of its property, in ASCII."""
    return _ascii(name)


def resource_class(tag: str) -> str:
    """Return the class name for the operations of a tag."""
    name = _class(tag)
    taken = PACKAGE_NAMES | ERROR_NAMES | RESOURCE_CLASS_NAMES
    return name + "Resource" if name in taken or _is_imported(name) else name


def constant_name(name: str) -> str:
    """Return the name of a method's operation constant."""
    return _ascii(name).upper()
