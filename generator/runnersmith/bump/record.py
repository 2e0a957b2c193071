"""Record of an unfinished update: every older API version as the update has left it.

`versions/unfinished.json` is written with open decisions, and removed by `bump --finish`. It needs
neither git nor its history, so commits in between do no harm.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from .. import reader
from ..compare.walk import Difference
from ..decisions import committed_record, record_name
from ..openapi.document import Document, Json, Pointer, parse_pointer
from ..openapi.todo_marks import MARK
from ..overlay import versions
from ..problems import Place, Problem, SpecError
from ..yaml_edit.values import equal
from .draft.draft import KEY, Draft, items, mapping
from .edits.absence import is_removal
from .plan import Plan, VersionPlan
from .proof import Recorded

# Where the value of an operation's fact is written.
_FACTS: dict[str, Pointer] = {
    "product": (KEY, "products"),
    "githubCloudOnly": (KEY, "products"),
    "enabledForGitHubApps": (KEY, "permissions"),
    "docs": ("externalDocs",),
}
_PARTS = {"body": "requestBody", "response": "responses"}


def content(plan: Plan) -> bytes:
    """Return the record of the older versions of a plan."""
    # A new version has decisions of its own, which no older version shares.
    first = 0 if plan.version is None else 1
    steps = plan.steps[first:]
    before = {versions.version_of(it): it.data for it in plan.source.documents}
    recorded = {
        step.version: {
            "decided": _listed(_decided(step, steps[: number + 1])),
            "added": _listed(_added(before[step.version], step.data)),
            "document": step.data,
        }
        for number, step in enumerate(steps)
        if step is not plan.steps[0]
    }
    return json.dumps(recorded, separators=(",", ":")).encode("utf-8") + b"\n"


def _listed(places: Iterator[Pointer]) -> list[list[str | int]]:
    return [[*place] for place in sorted({*places}, key=str)]


def _decided(step: VersionPlan, steps: tuple[VersionPlan, ...]) -> Iterator[Pointer]:
    """Yield the places of a version that are left to decide in it, or in a newer one for both."""
    own = Draft("", mapping(step.data))
    for one in steps:
        other = Draft("", mapping(one.data))
        for was in one.moved:
            method, _, path = was.partition(" ")
            moved: Pointer = ("paths", path, method.lower())
            if own.has(moved):
                yield moved
        for pointer in one.notes:
            shown = [draft.value(pointer) if draft.has(pointer) else None for draft in (own, other)]
            # A component or an operation as a whole has notes about its name, or about facts.
            if len(pointer) > 3 and equal(*shown):
                yield pointer
    for difference in step.left:
        for place in _facts(difference):
            yield place
            if is_removal(difference) and place[0] == "components" and len(place) == 3:
                yield from _referring(step.data, place, ())
    yield from _marked(step.data, ())


def _facts(difference: Difference) -> Iterator[Pointer]:
    """Yield the places that may hold a fact that differs."""
    path, pointer = difference.path, difference.node.pointer
    if not path.entity:
        yield pointer[:3] + _FACTS.get(path.keyword, (path.keyword,))
    elif pointer[0] == "paths" and len(pointer) == 3:
        yield (*pointer, _PARTS.get(path.entity.split(" ")[0], "parameters"))
    elif difference.ours is None and path.keyword:
        yield (*pointer, path.keyword)
    elif difference.ours is None and path.field:
        yield (*pointer, "required")
        yield (*pointer, "properties", path.field.rpartition(".")[2])
    else:
        yield pointer
        if pointer[-2:-1] == ("properties",):
            yield (*pointer[:-2], "required")


def _referring(value: Json, component: Pointer, pointer: Pointer) -> Iterator[Pointer]:
    """Yield the places that refer to a component: what deletes it deletes them."""
    if isinstance(value, dict) and parse_pointer(str(value.get("$ref", ""))) == component:
        yield pointer
        return
    children = value.items() if isinstance(value, dict) else ()
    for key, child in children if not isinstance(value, list) else enumerate(value):
        found = [*_referring(child, component, (*pointer, key))]
        yield from found
        # A section with nothing else goes with it.
        if key == "headers" and isinstance(child, dict) and len(found) == len(child):
            yield (*pointer, key)


def _marked(value: Json, pointer: Pointer) -> Iterator[Pointer]:
    """Yield the places of keys that belong to a text with a mark."""
    if isinstance(value, dict):
        if MARK in str(value.get("lookup", "")):
            yield (*pointer, "repeat")
            yield (*pointer, "lookup")
        for key, child in value.items():
            yield from _marked(child, (*pointer, key))
    elif isinstance(value, list):
        for index, child in enumerate(value):
            yield from _marked(child, (*pointer, index))


def _added(before: Json, now: Json, pointer: Pointer = ()) -> Iterator[Pointer]:
    """Yield the entries of mappings that an update has added, each as a whole."""
    if isinstance(before, dict) and isinstance(now, dict):
        for key, value in now.items():
            if key in before:
                yield from _added(before[key], value, (*pointer, key))
            elif key != KEY:
                yield (*pointer, key)


def read(spec: Path, name: str) -> tuple[Recorded, ...] | None:
    """Read the record beside a spec, None if there is none. Raises SpecError if it is damaged."""
    path = versions.unfinished(spec)
    return _parsed(path.read_bytes(), record_name(spec, name)) if path.exists() else None


def committed(spec: Path, name: str) -> tuple[Recorded, ...] | None:
    """Read the record that the last commit has beside a spec, None if there is none."""
    found = committed_record(spec)
    return _parsed(found, record_name(spec, name)) if found is not None else None


def _parsed(content: bytes, shown: str) -> tuple[Recorded, ...]:
    found: list[Recorded] = []
    try:
        document = reader.parse(content, name=shown, suffix=".json")
        for version, recorded in mapping(document.data).items():
            decided, added = (
                frozenset(
                    tuple(map(_step, items(place))) for place in items(mapping(recorded)[key])
                )
                for key in ("decided", "added")
            )
            data = mapping(mapping(recorded)["document"])
            found.append(
                Recorded(version, Document(name=shown, data=data, locate=dict), decided, added)
            )
    except SpecError as error:
        first, *_ = error.problems
        why = first.message.partition(";")[0]
        raise SpecError([Problem(first.place, _damaged(shown, f": {why}"))]) from None
    except (AssertionError, KeyError):
        found = []
    if not found:  # An update that has no older version to prove leaves no record.
        raise SpecError([Problem(Place(shown), _damaged(shown))])
    return tuple(found)


def _damaged(shown: str, why: str = "") -> str:
    return (
        f"the record of an update that is not finished is damaged{why}; restore it with "
        f"`git checkout HEAD -- {shown}`, or if it was never committed, undo the update and run it "
        "again"
    )


def _step(value: Json) -> str | int:
    assert isinstance(value, str | int)
    return value


def missing(spec: Path, name: str) -> tuple[Problem, ...]:
    """Return a problem for each overlay that is recorded and gone."""
    found: list[Problem] = []
    for recorded in read(spec, name) or ():
        path = spec.parent / "versions" / f"{recorded.version}{versions.SUFFIX}"
        if not path.exists():
            shown = (Path(name).parent / "versions" / path.name).as_posix()
            text = (
                f"the overlay of API version {recorded.version} is missing; restore it with "
                f"`git checkout HEAD -- {shown}`, or run `runnersmith bump --finish` to write it anew"
            )
            found.append(Document(name=shown, data={}, locate=dict).problem((), text))
    return tuple(found)
