"""Last step of an update: older API versions are proven, or restored by their overlays.

spec and overlays now ─┬─ as recorded ──▶ proven
record of the update ──┘  changed ──────▶ the recorded values, in the overlay
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

from .. import overlay, pipeline, reader
from ..decisions import lost_record
from ..openapi.document import Document, Json, Pointer
from ..openapi.todo_marks import FOLLOWS, MARK, undecided
from ..overlay import versions
from ..overlay.form import faults
from ..problems import Problem, SpecError, errors
from ..validate import validate
from ..validate.extension import placeholders
from ..yaml_edit import patch
from ..yaml_edit.values import at, copied, equal, has, rename, written
from . import record
from .carry import filled
from .draft.draft import Draft, items, mapping, references
from .edits.decided_values import followed
from .layers import layer
from .proof import RESTORE, UNDO, Recorded, changes, problems
from .sources import Layer, Source, SourceFile, read_files
from .staging import Staged, StagedFile, overlay_path

# Problems of changed values, with an advice.
Harm = Callable[[str], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Finish:
    """Result: the files to write, the proven versions, and the problems that overlays repair."""

    staged: Staged
    proven: tuple[str, ...]
    restored: tuple[Problem, ...]


def unproven(spec: Path, name: str) -> tuple[Problem, ...]:
    """Return the decisions that change an older version; none without an unfinished update.

    A record that only the last commit has counts as well. It is missing, unless it proves all, as
    after `finish`. An overlay counts without its actions that no longer fit.
    """
    present = record.read(spec, name)
    known = record.committed(spec, name) if present is None else present
    if not known:
        return ()
    recorded, source = {it.version: it for it in known}, read_files(spec, name)
    gone, found = {*recorded} - {it.version for it in source.layers}, list[Problem]()
    document = source.documents[0]
    for one in source.layers:
        document, _ = _applied(document, one.document)
        if (it := recorded.get(one.version)) is not None:
            found += problems(document, it.version, changes(document, it), RESTORE)
    lost = [lost_record(spec, name)] if present is None and (found or gone) else []
    return (*lost, *found)


def finish(spec: Path, name: str) -> Finish | None:
    """Build the files that finish an update; None if there is none to finish.

    Raises SpecError if a decision is open, or if an older version cannot be restored.
    """
    recorded = {it.version: it for it in record.read(spec, name) or ()}
    source = read_files(spec, name)
    _check(source, recorded)
    if not recorded and not any(FOLLOWS in file.text for file in _files(source)):
        return None
    made = [source.documents[0]]
    files: list[StagedFile] = []
    if (data := followed(made[0])) is not made[0].data:
        content = patch(made[0], source.file.text, data).encode("utf-8")
        made = [reader.parse(content, name=name)]
        files.append(StagedFile(path=spec, name=name, before=source.file.content, content=content))
    restored, harmed = list[Problem](), list[Harm]()
    known = {one.version: one for one in source.layers}
    for version in sorted({*recorded, *known}, reverse=True):
        one = known.get(version)
        wanted, found, harm = _wanted(made[-1], one, recorded.get(version), made[0])
        restored += found
        harmed.append(harm)
        path = overlay_path(source, version)
        shown = source.shown(path)
        wanted = followed(Document(name=shown, data=wanted, locate=dict), made[-1])
        text = _layer(made[-1], wanted, one, version, source)
        made.append(overlay.apply(made[-1], reader.parse(text.encode(), name=shown)))
        if not equal(made[-1].data, wanted):
            message = f"API version {version} cannot be restored; this is a bug in runnersmith"
            raise SpecError([made[-1].problem((), message)])
        before = one.file.content if one is not None else None
        new = text.encode()
        note = "" if one is not None else "anew, since it was missing"
        files.append(StagedFile(path=path, name=shown, before=before, content=new, note=note))
    wrong = (*placeholders.check(made), *pipeline.validated(made[0], "curated", made[1:]))
    if wrong := errors(wrong):
        raise SpecError([*restored, *(it for harm in harmed for it in harm(UNDO)), *wrong])
    if (path := versions.unfinished(spec)).exists():
        files.append(
            StagedFile(path=path, name=source.shown(path), before=path.read_bytes(), content=None)
        )
    changed = tuple(file for file in files if file.content != file.before)
    staged = Staged(source=source, files=changed, decisions=())
    paths = {file.path for file in changed}
    proven = tuple(it for it in recorded if overlay_path(source, it) not in paths)
    return Finish(staged, proven, (*restored, *(it for harm in harmed for it in harm(""))))


def _layer(newer: Document, wanted: Json, known: Layer | None, version: str, source: Source) -> str:
    title = f"{source.documents[0].root.at('info').text('title')}, API version {version}"
    return layer(
        newer,
        wanted,
        {},
        known,
        title=title,
        version=version,
        above=versions.version_of(newer),
        extends=f"../{source.file.path.name}",
    ).text


def _files(source: Source) -> list[SourceFile]:
    return [source.file, *(one.file for one in source.layers)]


def _check(source: Source, recorded: Collection[str]) -> None:
    """Raise SpecError if a decision is open."""
    marks = [problem for file in _files(source) for problem in undecided(file.text, file.name)]
    if marks and source.layers and not recorded:
        marks.append(lost_record(source.file.path, source.name))
    if marks:
        raise SpecError(marks)


# ── One version ──────────────────────────────────────────────────────────────────────────────


def _wanted(
    newer: Document, known: Layer | None, recorded: Recorded | None, newest: Document
) -> tuple[Json, tuple[Problem, ...], Harm]:
    """Return a version as recorded, with the decisions, and the problems that this repairs.

    Raises SpecError with them if it is not possible.
    """
    harm = partial(problems, newer, "", ())
    if recorded is None:
        assert known is not None
        return overlay.apply(newer, known.document).data, (), harm
    now, found = recorded.document, tuple[Problem, ...]()
    if known is not None:
        now, found = _applied(newer, known.document)
        broken = changes(now, recorded)
        if not broken:
            return _used(now.data), found, harm
        harm = partial(problems, now, recorded.version, broken)
    # The changed values alone, with the examples that go with them, or the whole version.
    for restore in (_restored, partial(_restored, examples=True), _whole):
        data = restore(now, recorded, newest)
        document = Document(name=now.name, data=data, locate=dict)
        if not _dangling(data) and not changes(document, recorded) and _is_valid(document):
            return data, found, harm
    raise SpecError([*found, *harm(UNDO)])


def _applied(newer: Document, layer: Document) -> tuple[Document, tuple[Problem, ...]]:
    """Apply an overlay without the actions that no longer fit; return their problems.

    A person may have renamed or removed what they select. Raises SpecError for what is no overlay.
    """
    if malformed := faults(layer):
        raise SpecError(malformed)
    content = mapping(layer.data)
    found: list[Problem] = []
    for action in items(content["actions"]):
        one: Json = {**content, "actions": [action]}
        made = Document(name=layer.name, data=one, locate=lambda: layer.marks, files=layer.files)
        try:
            newer = overlay.apply(newer, made)
        except SpecError as error:
            found += error.problems
    return newer, tuple(found)


def _restored(
    now: Document, recorded: Recorded, newest: Document, *, examples: bool = False
) -> dict[str, Json]:
    """Return a version with its recorded values in place of the changed ones."""
    data = mapping(copied(now.data))
    then = recorded.document.data
    found = changes(now, recorded, examples=examples)
    # From the end, so that the indexes of the remaining items of a list stay right.
    for change in sorted(
        found, key=lambda it: [str(part).zfill(9) for part in it.now], reverse=True
    ):
        if change.then is None:
            _remove(data, change.now)
        elif change.now[:-1] == ("paths",) and change.now[-1] in mapping(data["paths"]):
            rename(mapping(data["paths"]), str(change.now[-1]), str(change.then[-1]))
        else:
            old = copied(_at(then, change.then))
            _put(data, change.now, filled(old, _at(newest.data, change.then)), change.then[-1])
    while lost := {it for it in references(data) if _at(data, it) is None}:
        for pointer in lost:
            if (old := _at(then, pointer)) is None:
                return data
            _put(data, pointer, filled(copied(old), _at(newest.data, pointer)))
    return mapping(_used(data))


def _remove(data: Json, pointer: Pointer) -> None:
    holder = _at(data, pointer[:-1])
    if isinstance(holder, dict):
        holder.pop(str(pointer[-1]), None)
    elif isinstance(holder, list):
        del holder[int(pointer[-1])]


def _put(data: dict[str, Json], pointer: Pointer, value: Json, index: str | int = "") -> None:
    """Put a value at a place; the last step `-` adds it to a list, at the index."""
    holder: Json = data
    for part, below in pairwise(pointer):
        if isinstance(holder, dict):
            empty: Json = [] if below == "-" else {}
            holder = holder.setdefault(str(part), empty)
        else:
            holder = items(holder)[int(part)]
    if isinstance(holder, dict):
        holder[str(pointer[-1])] = value
    elif pointer[-1] == "-":
        items(holder).insert(int(index), value)
    else:
        items(holder)[int(pointer[-1])] = value


def _whole(now: Document, recorded: Recorded, newest: Document) -> dict[str, Json]:
    """Return a version as recorded, with the present prose, and what has been decided."""
    data = mapping(filled(_grafted(copied(recorded.document.data), now.data), newest.data))
    deciding = newest if now is recorded.document else now
    for pointer in recorded.decided:
        value = _at(deciding.data, pointer)
        if value is not None:
            _put(data, pointer, copied(value))
    return mapping(_used(data))


def _used(data: Json) -> Json:
    """Return a version without the components that only a newer one uses."""
    used = Draft("", mapping(copied(data)))
    used.prune()
    return used.data


def _is_valid(document: Document) -> bool:
    return not _has_mark(document.data) and not errors(validate(document, "curated"))


def _grafted(old: Json, now: Json) -> Json:
    """Return a recorded value with the present prose."""
    if isinstance(old, dict) and isinstance(now, dict):
        return {
            key: now[key] if _is_prose(key, value, now.get(key)) else _grafted(value, now.get(key))
            for key, value in old.items()
        }
    if isinstance(old, list) and isinstance(now, list) and len(old) == len(now):
        return [_grafted(value, other) for value, other in zip(old, now, strict=True)]
    return old


def _is_prose(key: str, old: Json, now: Json) -> bool:
    return key in ("summary", "description") and isinstance(old, str) and isinstance(now, str)


def _at(value: Json, pointer: Pointer) -> Json:
    """Return the value at a place, None if there is none."""
    return at(value, pointer) if has(value, pointer) else None


def _has_mark(value: Json) -> bool:
    return MARK.strip() in written(value)


def _dangling(data: Json) -> bool:
    return any(_at(data, pointer) is None for pointer in references(data))
