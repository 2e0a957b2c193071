"""Authentication in documentation: GitHub's ways, or a description's security schemes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ... import ir
from ...ir.distinct import distinct
from ...ir.names import constant_name, snake
from ..python.source import literal
from .escaping import code

_GITHUB = (
    "a token, an `App`, or a function that returns a token and is called before every attempt, "
    "by one call at a time. Default: GITHUB_TOKEN, else GH_TOKEN, of the environment."
)
_FUNCTION = "A function that returns it is called before every attempt."
_ONLY = (
    "A request carries the credentials that its operation requires, and no others; if the API "
    "description does not name them, it carries all that were given."
)
_RAISES = (
    "An `AsyncClient` takes an async function too. Raises InvalidArgument if a credential is "
    "missing, empty or has characters that no header can carry, TypeError for another type."
)

_SAMPLES = {
    "bearer": "TOKEN",
    "basic": "user:password",
    "header": "KEY",
    "query": "KEY",
    "cookie": "KEY",
}


def sign_in(api: ir.Api) -> str:
    """Return a paragraph about the values of `auth`, valid in docstrings and Markdown."""
    return f"`auth` is {_ways(api)}"


def auth_option(api: ir.Api) -> str:
    """Return the entry of the argument `auth`, with its errors."""
    ways = _ways(api)
    return f"{ways[0].upper()}{ways[1:]} {_RAISES}"


def _ways(api: ir.Api) -> str:
    if api.scopes:
        return _GITHUB
    if not api.schemes:
        return f"a token, which every request carries as a bearer token. {_FUNCTION} Default: none."
    if is_one(api):
        return f"{way(api.schemes[0])}. {_FUNCTION} {_ONLY}"
    ways = "; ".join(f"{code(scheme.wire_name)} is {way(scheme)}" for scheme in api.schemes)
    text = f"a mapping from the name of a security scheme to its credential: {ways}."
    if any(scheme.type == "bearer" for scheme in api.schemes):
        text += " A token alone is used for every scheme with a bearer token."
    return f"{text} {_FUNCTION} {_ONLY}"


def is_one(api: ir.Api) -> bool:
    """Return whether a credential needs no name: one scheme, or one token for all of them."""
    return len(api.schemes) < 2 or all(scheme.type == "bearer" for scheme in api.schemes)


def auth_argument(
    api: ir.Api, names: Sequence[str] | None = None, sample: str | None = None
) -> str:
    """Return the `auth` argument of an example's client, in Python; empty if none is needed.

    `names` are the schemes that are used together, by default the first one. `sample` is an
    expression for each credential, by default a text.
    """
    known = {scheme.wire_name: scheme for scheme in api.schemes}
    listed = [known[name] for name in (names if names is not None else [*known][:1])]
    samples = [sample or literal(_SAMPLES[scheme.type]) for scheme in listed]
    if not listed or is_one(api):
        return f"auth={samples[0]}" if samples else ""
    entries = zip(listed, samples, strict=True)
    return f"auth={{{', '.join(f'{literal(it.wire_name)}: {value}' for it, value in entries)}}}"


def mock_credentials(api: ir.Api) -> str:
    """Return credentials for every security scheme, in Python, for a server that accepts any."""
    if not api.schemes:
        return "None"
    entries = [
        f"{literal(one.wire_name)}: {literal('mock:password' if one.type == 'basic' else 'mock-key')}"
        for one in api.schemes
    ]
    return f"{{{', '.join(entries)}}}"


def way(scheme: ir.Scheme) -> str:
    """Return the credential of a scheme, in words that follow "is"."""
    match scheme.type:
        case "bearer":
            return "a bearer token"
        case "basic":
            return "`user:password`"
        case "header" | "cookie":
            return f"the key for the {scheme.type} {code(scheme.key)}"
        case "query":
            return f"the key for the query parameter {code(scheme.key)}"


def credential_variables(
    api: ir.Api,
) -> tuple[tuple[ir.Identifier, ir.Scheme | None], ...]:
    """Return an environment variable for each security scheme, as `(variable, scheme)`.

    A program can read credentials from them. Without schemes there is one, for the token that every
    request carries; its scheme is none.
    """
    prefix = constant_name(api.package)
    if not api.schemes:
        return ((f"{prefix}_TOKEN", None),)
    usual = distinct((scheme.wire_name for scheme in api.schemes), _variable)
    return tuple((f"{prefix}_{usual.names[one.wire_name].upper()}", one) for one in api.schemes)


def _variable(wire_name: str) -> str:
    return constant_name(snake(wire_name)).rstrip("_")
