"""Last step of an update: older API versions are proven, or restored by their overlays.

spec and overlays now ─┬─ facts as recorded ──▶ proven
record of the update ──┘  facts changed ──────▶ the recorded parts, in the overlay
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from .. import overlay, pipeline, reader
from ..compare import Difference
from ..openapi.document import Document, Json, Pointer
from ..openapi.todo_marks import FOLLOWS, MARK, undecided
from ..overlay import versions
from ..problems import Problem, SpecError, errors
from ..validate import validate
from ..yaml_edit import patch
from ..yaml_edit.values import copied, equal, written
from . import record
from .carry import filled
from .draft.draft import KEY, Draft, items, mapping, references
from .edits.decided_values import followed
from .layers import layer
from .proof import changes, problems
from .record import Recorded
from .sources import Layer, Source, SourceFile, read_files
from .staging import Staged, StagedFile, overlay_path

_PROSE = ("summary", "description")


@dataclass(frozen=True, slots=True)
class Finish:
    """Result: the files to write, the proven versions, and the problems that overlays repair."""

    staged: Staged
    proven: tuple[str, ...]
    restored: tuple[Problem, ...]


def unproven(source: Source) -> tuple[Problem, ...]:
    """Return the decisions that change an older version; none without an unfinished update."""
    recorded = record.read(source.file.path, source.name) or ()
    found = {versions.version_of(it): it for it in source.documents[1:]}
    return tuple(
        problem
        for it in recorded
        if it.version in found
        for problem in problems(it.version, _broken(found[it.version], it))
    )


def finish(spec: Path, name: str) -> Finish | None:
    """Build the files that finish an update; None if there is none to finish.

    Raises SpecError if a decision is open, or if an older version cannot be restored.
    """
    recorded = {it.version: it for it in record.read(spec, name) or ()}
    source = read_files(spec, name)
    if not recorded and not any(FOLLOWS in file.text for file in _files(source)):
        return None
    _check(source)
    made = [source.documents[0]]
    files: list[StagedFile] = []
    if (data := followed(made[0])) is not made[0].data:
        content = patch(made[0], source.file.text, data).encode("utf-8")
        made = [reader.parse(content, name=name)]
        before = source.file.content
        files.append(StagedFile(path=spec, name=name, before=before, content=content))
    restored: list[Problem] = []
    for one in source.layers:
        wanted, found = _wanted(made[-1], one, recorded.get(one.version), made[0])
        restored += found
        wanted = followed(Document(name=one.file.name, data=wanted, locate=dict), made[-1])
        text = _layer(made[-1], wanted, one, source)
        made.append(overlay.apply(made[-1], reader.parse(text.encode(), name=one.file.name)))
        if not equal(made[-1].data, wanted):
            message = "cannot be restored; this is a bug in runnersmith"
            raise SpecError([one.document.problem((), message)])
        path, before = overlay_path(source, one.version), one.file.content
        files.append(
            StagedFile(path=path, name=one.file.name, before=before, content=text.encode())
        )
    if wrong := errors(pipeline.validated(made[0], "curated", made[1:])):
        raise SpecError([*restored, *wrong])
    if (path := versions.unfinished(spec)).exists():
        files.append(
            StagedFile(path=path, name=source.shown(path), before=path.read_bytes(), content=None)
        )
    changed = tuple(file for file in files if file.content != file.before)
    staged = Staged(source=source, files=changed, decisions=())
    harmed = {file.name for file in changed}
    proven = tuple(it.version for it in source.layers if it.file.name not in harmed)
    return Finish(staged, proven, tuple(restored))


def _layer(newer: Document, wanted: Json, known: Layer, source: Source) -> str:
    title = f"{source.documents[0].root.at('info').text('title')}, API version {known.version}"
    return layer(
        newer,
        wanted,
        {},
        known,
        title=title,
        version=known.version,
        above=versions.version_of(newer),
        extends=f"../{source.file.path.name}",
    ).text


def _files(source: Source) -> list[SourceFile]:
    return [source.file, *(one.file for one in source.layers)]


def _check(source: Source) -> None:
    marks = [problem for file in _files(source) for problem in undecided(file.text, file.name)]
    if marks:
        raise SpecError(marks)


def _broken(now: Document, recorded: Recorded) -> list[Difference]:
    """Return the changed facts of a version that were not left to decide."""
    return [
        it for it in changes(now, recorded.document) if not recorded.leaves(it.operation, it.path)
    ]


def _wanted(
    newer: Document, known: Layer, recorded: Recorded | None, newest: Document
) -> tuple[Json, tuple[Problem, ...]]:
    """Return a version with its recorded facts, and the problems that this repairs.

    Raises SpecError with them if it is not possible.
    """
    try:
        now = overlay.apply(newer, known.document)
    except SpecError as error:
        if recorded is None:
            raise
        applied = _without_moot(newer, known.document)
        if applied is not None and not _broken(applied, recorded):
            return _used(applied), error.problems
        whole = {
            key: filled(value, mapping(newest.data).get(key), extension=key != KEY)
            for key, value in mapping(recorded.document.data).items()
        }
        return whole, error.problems
    broken = _broken(now, recorded) if recorded is not None else []
    if recorded is None:
        return now.data, ()
    if not broken:
        return _used(now), ()
    found = tuple(problems(recorded.version, broken))
    data = mapping(copied(now.data))
    then = recorded.document
    for units in (_units(broken), _operations(broken, then)):
        for unit in units:
            _restore(data, then.data, unit, newest.data)
        document = Document(name=now.name, data=data, locate=dict)
        if not _dangling(data) and not _broken(document, recorded) and _is_valid(document):
            # What a person has decided must stay.
            touched = {(it.operation, it.path) for it in broken}
            if all((it.operation, it.path) in touched for it in changes(document, now)):
                return data, found
    raise SpecError(found)


def _without_moot(newer: Document, layer: Document) -> Document | None:
    """Apply an overlay without the removals that select nothing; None if it cannot be applied.

    A person may have renamed a new component, or what refers to it.
    """
    content = mapping(layer.data)
    for action in items(content["actions"]):
        one: Json = {**content, "actions": [action]}
        try:
            newer = overlay.apply(newer, Document(name=layer.name, data=one, locate=dict))
        except SpecError:
            if not mapping(action).get("remove"):
                return None
    return newer


def _used(document: Document) -> Json:
    """Return a version without the components that only a newer one uses."""
    used = Draft(document.name, mapping(copied(document.data)))
    used.prune()
    return used.data


def _is_valid(document: Document) -> bool:
    return not _has_mark(document.data) and not errors(validate(document, "curated"))


def _units(broken: Iterable[Difference]) -> Iterator[Pointer]:
    """Yield the components and operations that hold changed facts, before and after."""
    for difference in broken:
        for fact in (difference.ours, difference.official):
            if fact is not None:
                yield fact.node.pointer[:3]
        yield difference.node.pointer[:3]


def _operations(broken: Iterable[Difference], then: Document) -> Iterator[Pointer]:
    """Yield the changed operations, and every component that they used before."""
    for name in {it.operation for it in broken}:
        method, _, path = name.partition(" ")
        start: Pointer = ("paths", path, method.lower())
        yield ("paths", path, "parameters")
        yield start
        seen: set[Pointer] = set()
        waiting: list[Pointer] = [start, ("paths", path, "parameters")]
        while waiting:
            for reference in references(_at(then.data, waiting.pop())):
                if reference not in seen:
                    seen.add(reference)
                    waiting.append(reference)
        yield from sorted(seen, key=str)


def _restore(data: dict[str, Json], then: Json, unit: Pointer, newest: Json) -> None:
    """Put a recorded component or operation back, with the prose that was written since."""
    if len(unit) < 3:
        return
    old = _at(then, unit)
    holder = data
    for part in unit[:-1]:
        holder = mapping(holder.setdefault(str(part), {}))
    name = str(unit[-1])
    if old is None:
        holder.pop(name, None)
        return
    prose = holder.get(name)
    holder[name] = filled(_grafted(copied(old), prose), _at(newest, unit))


def _grafted(old: Json, now: Json) -> Json:
    """Return a recorded value with the present prose and extension."""
    if isinstance(old, dict) and isinstance(now, dict):
        return {
            key: (
                now[key]
                if key in now and _is_shared(key, value, now[key])
                else _grafted(value, now.get(key))
            )
            for key, value in old.items()
        }
    if isinstance(old, list) and isinstance(now, list) and len(old) == len(now):
        return [_grafted(value, other) for value, other in zip(old, now, strict=True)]
    return old


def _is_shared(key: str, old: Json, now: Json) -> bool:
    return key == KEY or (key in _PROSE and isinstance(old, str) and isinstance(now, str))


def _at(value: Json, pointer: Pointer) -> Json:
    for part in pointer:
        if not isinstance(value, dict) or part not in value:
            return None
        value = value[str(part)]
    return value


def _has_mark(value: Json) -> bool:
    return MARK.strip() in written(value)


def _dangling(data: Json) -> bool:
    return any(_at(data, pointer) is None for pointer in references(data))
