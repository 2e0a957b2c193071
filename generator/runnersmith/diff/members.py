"""Changes of arguments and fields: optionality, availability, type, bounds, prose. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, TypeVar

from .. import ir
from . import limits
from .change import Change, Direction, Subject, by_variance, code
from .change_kinds import Kind
from .matching import ClientPair
from .types import renamed, shifts

Named = TypeVar("Named", bound=ir.Field | ir.Parameter)

_BOUNDS: dict[Direction, Kind] = {
    "narrower": "limits-tightened",
    "wider": "limits-loosened",
    "other": "limits-changed",
    "same": "limits-changed",
}


def added(
    clients: ClientPair,
    subject: Subject,
    member: ir.Field | ir.Parameter,
    kind: Literal["argument-added", "field-added"],
    role: ir.Role,
) -> Change:
    """Build the change of an added member. If required, it breaks callers, but not readers."""
    if role == "response":
        return subject.change(kind, "new", "compatible", role)
    required = [now for _, now in clients.versions if _required(member, now)]
    if member.required:
        return subject.change(kind, "new, and required", "breaking", role)
    if required:
        text = f"new, and required with API version {_listed(required)}"
        return subject.change(kind, text, "breaking", role)
    return subject.change(kind, "new, optional", "compatible", role)


def member(
    clients: ClientPair,
    subject: Subject,
    old: Named,
    new: Named,
    kind: Literal["argument-renamed", "field-renamed"],
    role: ir.Role,
) -> Iterator[Change]:
    """Yield the changes of an argument or a field in both clients; `kind` is that of a rename."""
    if old.name != new.name:
        yield subject.change(kind, f"was called {code(old.name)}", role=role)
    # The name of a path parameter is not sent.
    if old.wire_name != new.wire_name and not _in_path(new):
        text = f"travels as {code(new.wire_name)}, before as {code(old.wire_name)}"
        yield subject.change("wire-name-changed", text, role=role)
    lost = list(left_versions(clients, subject, old.available, new.available, role))
    yield from lost
    yield from products(subject, old.available.products, new.available.products, role)
    # A member of only some versions is always optional.
    if not (any(change.kind == "api-version-lost" for change in lost) and not new.required):
        yield from _requirement(clients, subject, old, new, role)
    yield from types(clients, subject, old.type, new.type, role)
    yield from _words(subject, old, new, role)
    yield from deprecation(subject, old.deprecated, new.deprecated)
    if isinstance(old, ir.Field) and isinstance(new, ir.Field):
        yield from _secrecy(subject, old, new, role)


def _in_path(member: ir.Field | ir.Parameter) -> bool:
    return isinstance(member, ir.Parameter) and member.location == "path"


def types(
    clients: ClientPair,
    subject: Subject,
    old: ir.Type,
    new: ir.Type,
    role: ir.Role,
    label: str = "",
) -> Iterator[Change]:
    """Yield the changes of a type, under the new names of models."""
    for shift in shifts(renamed(old, clients.matches.models), new):
        level = by_variance(shift.direction, role)
        yield subject.change(shift.kind, label + shift.text, level, role)


def described(subject: Subject, old: str, new: str, what: str = "description") -> Iterator[Change]:
    """Yield a change of prose."""
    if old != new:
        verb = "changed" if old and new else "removed" if old else "added"
        yield subject.change("description-changed", f"{what} {verb}")


def deprecation(subject: Subject, old: bool, new: bool) -> Iterator[Change]:
    """Yield the start or the end of a deprecation."""
    if new and not old:
        yield subject.change("deprecated", "deprecated")
    elif old and not new:
        yield subject.change("no-longer-deprecated", "no longer deprecated")


# ── Availability ─────────────────────────────────────────────────────────────────────────────


def left_versions(
    clients: ClientPair,
    subject: Subject,
    old: ir.Availability,
    new: ir.Availability,
    role: ir.Role | None = None,
) -> Iterator[Change]:
    """Yield the changes of the API versions that have a member, within those of the caller."""
    lost: list[str] = []
    gained: list[str] = []
    for before, after in clients.versions:
        was = not old.versions or before in old.versions
        if was != (not new.versions or after in new.versions):
            (lost if was else gained).append(after)
    if lost:
        text = f"no longer there with API version {_listed(lost)}"
        yield subject.change("api-version-lost", text, role=role)
    if gained:
        text = f"there with API version {_listed(gained)}, too"
        yield subject.change("api-version-gained", text, role=role)


def products(
    subject: Subject,
    old: Sequence[ir.Product],
    new: Sequence[ir.Product],
    role: ir.Role | None = None,
) -> Iterator[Change]:
    """Yield the changes of the products that have a member; no products means no restriction."""
    if not old and new:
        only = _listed([product.name for product in new])
        yield subject.change("product-lost", f"only on {only} now", role=role)
    elif old and not new:
        yield subject.change("product-gained", "no longer limited to some products", role=role)
    else:
        before = {product.name: product for product in old}
        after = {product.name: product for product in new}
        for name in before:
            if name not in after:
                yield subject.change("product-lost", f"no longer on {code(name)}", role=role)
        for name, product in after.items():
            if name not in before:
                yield subject.change("product-gained", f"on {_since(product)}, too", role=role)
            elif before[name].since != product.since:
                kind: Kind = (
                    "product-lost"
                    if _version(product) > _version(before[name])
                    else "product-gained"
                )
                text = f"on {_since(product)}, before on {_since(before[name])}"
                yield subject.change(kind, text, role=role)


def _since(product: ir.Product) -> str:
    return code(product.name) + (f" from {code(product.since)}" if product.since else "")


def _version(product: ir.Product) -> tuple[int, ...]:
    return tuple(int(part) for part in (product.since or "").split(".") if part.isdecimal())


# ── Optionality ──────────────────────────────────────────────────────────────────────────────


def _required(member: ir.Field | ir.Parameter, version: str) -> bool:
    return member.required or version in member.required_in


def _requirement(
    clients: ClientPair, subject: Subject, old: Named, new: Named, role: ir.Role
) -> Iterator[Change]:
    sent = role != "response"
    changed = [
        (after, _required(new, after))
        for before, after in clients.versions
        if sent and _required(old, before) != _required(new, after)
    ]
    wanted = [version for version, required in changed if required]
    spared = [version for version, required in changed if not required]
    if wanted or (new.required and not old.required):
        text = "always there now" if not sent else "now required"
        if not new.required:
            text += f" with API version {_listed(wanted)}"
        yield subject.change("became-required", text, by_variance("narrower", role), role)
    if spared or (old.required and not new.required):
        text = "may be missing now, and then reads as None" if not sent else "now optional"
        if spared and new.required_in:
            text += f" with API version {_listed(spared)}"
        yield subject.change("became-optional", text, by_variance("wider", role), role)


# ── Prose and secrets ─────────────────────────────────────────────────────────────────────────


def _words(subject: Subject, old: Named, new: Named, role: ir.Role) -> Iterator[Change]:
    if old.limits != new.limits:
        found = limits.direction(old.limits, new.limits)
        text = f"limits: {code(new.limits)}, before {code(old.limits)}"
        judged = role != "response" and found != "same"
        level = by_variance(found, "request") if judged else "documentation"
        yield subject.change(_BOUNDS[found], text, level, role)
    if old.format != new.format and old.type == new.type:
        text = f"format: {code(new.format)}, before {code(old.format)}"
        yield subject.change("format-changed", text, role=role)
    if old.default != new.default:
        text = f"the server's default: {code(new.default or '')}, before {code(old.default or '')}"
        yield subject.change("default-changed", text, role=role)
    yield from described(subject, old.description, new.description)


def _secrecy(subject: Subject, old: ir.Field, new: ir.Field, role: ir.Role) -> Iterator[Change]:
    if new.secret and not old.secret:
        yield subject.change("became-secret", "a secret now: no repr shows it", role=role)
    elif old.secret and not new.secret:
        yield subject.change("no-longer-secret", "no longer a secret: a repr shows it", role=role)


def _listed(values: Sequence[str]) -> str:
    return ", ".join(code(value) for value in dict.fromkeys(values))
