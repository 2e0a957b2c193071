"""Authentication in documentation: GitHub's ways, or a description's security schemes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ... import ir
from ..python.source import literal
from .escaping import code

_GITHUB = (
    "`auth` is a token, an `App`, or a function that returns a token and is called before every "
    "attempt. The default is the token in GITHUB_TOKEN or GH_TOKEN. `from_env` reads the token or "
    "App, and the base URL, from the environment."
)
_FUNCTION = "A function that returns it is called before every attempt."
_ONLY = (
    "A request carries only the credentials that its operation requires. If the description does "
    "not declare any requirement, the request carries every credential that you pass."
)

_SAMPLES = {
    "bearer": "TOKEN",
    "basic": "user:password",
    "header": "KEY",
    "query": "KEY",
    "cookie": "KEY",
}


def sign_in(api: ir.Api) -> str:
    """What the client takes as `auth`, in a paragraph that is Markdown too."""
    if api.scopes:
        return _GITHUB
    if not api.schemes:
        return (
            "`auth` is a token, which every request carries as a bearer token. By default requests "
            "carry none. " + _FUNCTION
        )
    if is_one(api):
        return f"`auth` is {way(api.schemes[0])}. {_FUNCTION} {_ONLY}"
    ways = ", ".join(f"{code(scheme.wire_name)} is {way(scheme)}" for scheme in api.schemes)
    said = f"`auth` maps the names of security schemes to credentials: {ways}."
    if any(scheme.type == "bearer" for scheme in api.schemes):
        said += " A single token is used for all bearer schemes."
    return f"{said} {_FUNCTION} {_ONLY}"


def is_one(api: ir.Api) -> bool:
    """Tell whether a credential needs no name: there is one scheme, or all take the same token."""
    return len(api.schemes) < 2 or all(scheme.type == "bearer" for scheme in api.schemes)


def auth_argument(api: ir.Api, names: Sequence[str] | None = None) -> str:
    """The argument of an example's client, in Python; empty where none is needed.

    `names` are those of the schemes that are used together; left out, it is the first.
    """
    known = {scheme.wire_name: scheme for scheme in api.schemes}
    listed = [known[name] for name in (names if names is not None else [*known][:1])]
    samples = [literal(_SAMPLES[scheme.type]) for scheme in listed]
    if not listed or is_one(api):
        return f"auth={samples[0]}" if samples else ""
    entries = zip(listed, samples, strict=True)
    return f"auth={{{', '.join(f'{literal(it.wire_name)}: {value}' for it, value in entries)}}}"


def way(scheme: ir.Scheme) -> str:
    """What a credential of a scheme is, in words that follow "is"."""
    match scheme.type:
        case "bearer":
            return "a bearer token"
        case "basic":
            return "`user:password`"
        case "header" | "cookie":
            return f"the key for the {scheme.type} {code(scheme.key)}"
        case "query":
            return f"the key for the query parameter {code(scheme.key)}"
