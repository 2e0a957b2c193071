"""Permissions of tokens, compared with those that an operation requires. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...testing._kit.description import Operation
from ...testing._kit.response.faults import Response
from ..state.base_owner import Owner
from ..state.owners import Enterprise, Organization, Repository
from . import problems
from .tokens import ALL_SCOPES, Token

_KINDS = {"enterprise": "Enterprise", "org": "Organization", "repo": "Repository"}


def refusal(token: Token, operation: Operation, owner: Owner | None) -> Response | None:
    """Return the response to a token that may not call an operation; None if it may.

    An owner that the token cannot see is treated like a missing one. An operation without permissions,
    such as those of enterprises, rejects all but classic tokens, whether the owner exists or not.
    """
    needed = operation.permissions
    holder = "personal access token" if token.kind == "fine-grained" else "integration"
    inaccessible = problems.error(403, f"Resource not accessible by {holder}")
    if token.kind != "classic" and not needed:
        return inaccessible
    if owner is None or not sees(token, owner):
        return problems.error(404, "Not Found")
    if token.kind == "classic":
        if all(token.has_scope(one) for one in operation.scopes):
            return None
        if isinstance(owner, Repository) and owner.private and not token.has_scope("repo"):
            return problems.error(404, "Not Found")
        return problems.error(403, f"Must have admin rights to {_KINDS[owner.kind]}.")
    permitted = all(token.has_permission(name, access) for name, access in needed.items())
    return None if permitted else inaccessible


def sees(token: Token, owner: Owner) -> bool:
    """Return whether a token sees an owner of runners."""
    if isinstance(owner, Repository):
        names = None if token.repositories is None else [it.lower() for it in token.repositories]
        return sees(token, owner.organization) and (names is None or owner.name.lower() in names)
    if token.owners is None:
        return True
    listed = {it.lower() for it in token.owners}
    if isinstance(owner, Organization) and owner.enterprise is not None and token.kind == "classic":
        # An administrator of an enterprise sees its organizations.
        return owner.name.lower() in listed or owner.enterprise.name.lower() in listed
    assert isinstance(owner, (Enterprise, Organization))
    return owner.name.lower() in listed


def headers(token: Token, operation: Operation | None) -> Mapping[str, str]:
    """Return the headers with the permissions of the token, and those that are required."""
    found: dict[str, Any] = {}
    if token.kind == "classic":
        found["X-OAuth-Scopes"] = ", ".join(ALL_SCOPES if token.scopes is None else token.scopes)
        found["X-Accepted-OAuth-Scopes"] = "" if operation is None else ", ".join(operation.scopes)
    elif operation is not None and operation.permissions:
        needed = operation.permissions.items()
        found["X-Accepted-GitHub-Permissions"] = ",".join(f"{name}={it}" for name, it in needed)
    return found
