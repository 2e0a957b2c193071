"""Changes of models: their fields, and their use in requests and responses. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .. import ir
from ..ir.types import fields_of
from .change import Change, Subject, code
from .change_kinds import Level
from .matching import ClientPair, members
from .members import added, deprecation, described, member, types
from .transport import tag


def models(clients: ClientPair) -> Iterator[Change]:
    """Yield the changes of models, in the new order; removed ones come last."""
    before = {model.name: model for model in clients.old.models}
    was = {new: old for old, new in clients.matches.models.items()}
    for new in clients.new.models:
        subject = _subject(clients, new)
        old = before.pop(was.get(new.name, new.name), None)
        if old is None:
            yield subject.change("model-added", "new")
            continue
        if old.name != new.name:
            yield subject.change("model-renamed", f"was called {code(old.name)}")
        yield from _model(clients, subject, old, new)
    for old in before.values():
        yield _subject(clients, old).change("model-removed", "removed")


def _subject(clients: ClientPair, model: ir.Model) -> Subject:
    return Subject(name=model.name, resource=clients.owners.get(model.name))


def _model(clients: ClientPair, subject: Subject, old: ir.Model, new: ir.Model) -> Iterator[Change]:
    yield from _role(subject, old, new)
    # Existing users read it or send it according to the old role.
    role = old.role
    for was, now in members(fields_of(old), fields_of(new)):
        if now is None:
            if was is not None:
                gone = subject.called(f"{new.name}.{was.name}")
                yield gone.change("field-removed", "removed", role=role)
            continue
        field = subject.called(f"{new.name}.{now.name}")
        if was is None:
            yield added(clients, field, now, "field-added", role)
        else:
            yield from member(clients, field, was, now, "field-renamed", role)
    renamed = {
        was.name: now.name
        for was, now in members(old.fields, new.fields)
        if was is not None and now is not None
    }
    if (before := _renamed(old.items, renamed)) != new.items:
        text = f"the items of a list are in {code(new.items or '')}, before in {code(before or '')}"
        yield subject.change(
            "items-changed", text, "breaking" if before else "compatible", "response"
        )
    if (before := _renamed(old.total, renamed)) != new.total:
        text = f"the number of items is in {code(new.total or '')}, before in {code(before or '')}"
        yield subject.change(
            "total-changed", text, "breaking" if before else "compatible", "response"
        )
    yield from _eithers(clients, subject, old.eithers, new.eithers, renamed)
    yield from tag(subject, old, new)
    yield from described(subject, old.description, new.description)
    yield from deprecation(subject, old.deprecated, new.deprecated)


def _renamed(name: str | None, names: Mapping[str, str]) -> str | None:
    return None if name is None else names.get(name, name)


def _role(subject: Subject, old: ir.Model, new: ir.Model) -> Iterator[Change]:
    """Yield a change of the role: whether an absent field reads as None or as unset."""
    if old.role == new.role:
        return
    differs = (old.role == "response") != (new.role == "response")
    optional = any(not field.required for field in new.fields)
    text = f"occurs in {_TRAFFIC[new.role]}, before in {_TRAFFIC[old.role]}"
    if differs and optional:
        absent = "None" if new.role == "response" else "UNSET"
        text += f"; an optional field that is absent is {absent} now"
    yield subject.change("role-changed", text, "breaking" if differs and optional else "compatible")


_TRAFFIC: Mapping[ir.Role, str] = {
    "response": "responses",
    "request": "requests",
    "both": "requests and responses",
}


def _eithers(
    clients: ClientPair,
    subject: Subject,
    old: Sequence[ir.Either],
    new: Sequence[ir.Either],
    names: Mapping[str, str],
) -> Iterator[Change]:
    before = {either.name: either for either in old}
    for either in new:
        here = subject.called(f"{subject.name}.{either.name}")
        was = before.pop(either.name, None)
        if was is None:
            yield here.change(
                "either-added", f"new, reads {_fields(either.fields)}", role="response"
            )
            continue
        fields = tuple(names.get(name, name) for name in was.fields)
        if fields != either.fields:
            # Additional last fields do not change the result of those before them.
            more = either.fields[: len(fields)] == fields
            text = f"reads {_fields(either.fields)}, before {_fields(fields)}"
            level: Level = "compatible" if more else "breaking"
            yield here.change("either-fields-changed", text, level, "response")
        yield from types(clients, here, was.type, either.type, "response")
    for name in before:
        gone = subject.called(f"{subject.name}.{name}")
        yield gone.change("either-removed", "removed", role="response")


def _fields(names: Sequence[str]) -> str:
    return ", ".join(map(code, names))
