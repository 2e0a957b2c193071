"""Authentication in documentation: GitHub's ways, or a description's security schemes. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ... import ir
from ..python.source import literal
from .escaping import code

_GITHUB = (
    "`auth` is a token, an `App`, or a function that gives a token and is asked before every "
    "attempt; left out, it is GITHUB_TOKEN or GH_TOKEN. `from_env` takes token or App, and the "
    "address, from the environment."
)
_FUNCTION = "A function that gives it is asked before every attempt."
_ONLY = (
    "A request carries what its operation asks for, and nothing else; where the description does "
    "not say what that is, it carries all that was given."
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
            "`auth` is a token, which every request carries as a bearer token; left out, none does. "
            + _FUNCTION
        )
    if is_one(api):
        return f"`auth` is {way(api.schemes[0])}. {_FUNCTION} {_ONLY}"
    ways = "; ".join(f"{code(scheme.wire_name)} is {way(scheme)}" for scheme in api.schemes)
    said = f"`auth` has what proves who calls, by the name of the security scheme: {ways}."
    if any(scheme.type == "bearer" for scheme in api.schemes):
        said += " A token alone stands for all that are bearer tokens."
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
            return f"the key that the {scheme.type} {code(scheme.key)} carries"
        case "query":
            return f"the key that the query parameter {code(scheme.key)} carries"
