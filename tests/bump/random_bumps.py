"""One bump of random changes: the marks are resolved as they ask, and a client is generated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from bump.bump_project import HERE
from runnersmith import pipeline
from runnersmith.bump import bump, finish, read_source, stage, write
from runnersmith.bump.proof import Recorded, changes
from runnersmith.compare.corrections import Corrections
from runnersmith.openapi.document import Document
from runnersmith.openapi.todo_marks import FOLLOWS, MARK
from runnersmith.overlay import versions
from runnersmith.problems import Problem, SpecError
from runnersmith.project import PACKS, Project

NAME = "spec/spec.yaml"
PACKAGE = "machines"
# A value of an example that is still to be decided, behind the name of its field.
_OPEN = re.compile(
    rf"(?m)(?P<field>(?:^[ -]*|[{{,] ?)\w+:)(?P<between>[\s\[-]*){re.escape(FOLLOWS)}"
)
# The name of a component below a comment that asks to confirm it.
_NAMED = re.compile(r"confirm\s+(?:#\s+)?the\s+(?:#\s+)?name\n    (?P<name>[A-Z]\w+):")


def resolved(text: str, *, renamed: bool = False) -> str:
    """Return a spec with each mark resolved: prose is written, and what a comment asks confirmed.

    With `renamed`, the copies of components get other names than the proposed ones.
    """
    decided: set[str] = set()

    def decide(found: re.Match[str]) -> str:
        """Decide one value of a field, which the others follow; it matches patterns and lengths.

        Fields of one name at different depths may be different fields.
        """
        if found["field"] in decided:
            return found[0]
        decided.add(found["field"])
        return f"{found['field']}{found['between']}a-1"

    text = _OPEN.sub(decide, text)
    for name in {mark["name"] for mark in _NAMED.finditer(text)} if renamed else ():
        text = re.sub(rf"\b{name}\b", f"{name}Renamed", text)
    # The placeholder of a permission, which a mark asks for.
    text = text.replace("{unknown: read}", "{administration: read}")
    text = text.replace("unknown: read\n", "administration: read\n")
    kept: list[str] = []
    in_comment, folded = False, ""
    for line in text.splitlines(keepends=True):
        in_comment = in_comment and line.lstrip().startswith("#   ")
        folded = folded if line.startswith(folded) else ""  # A long text goes on below its mark.
        if MARK not in line:
            kept += [] if in_comment or folded else [line]
        elif line.lstrip().startswith("#"):
            in_comment = True
        else:
            value = "nothing: it only is a test" if "look up" in line else "Written by a person."
            before = line[: line.index(MARK)]
            folded = before if before.isspace() else ""
            kept.append(f"{folded}{value}\n" if folded else f'{before[:-1]}"{value}"\n')
            in_comment = False
    return "".join(kept)


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of a bump. With `problems`, no client can be generated."""

    decisions: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()
    older_kept: bool = True


def outcome(
    spec: Path, official: Document, corrections: Corrections, version: str, *, renamed: bool = False
) -> Outcome:
    """Bump a spec, resolve the marks, finish and validate; nothing is generated yet."""
    before = versions.load(spec, NAME)
    plan = bump(read_source(spec, NAME), official, corrections, version)
    if plan.nothing:
        return Outcome()
    staged = stage(plan)
    write(staged)
    spec.write_text(resolved(spec.read_text(encoding="utf-8"), renamed=renamed), encoding="utf-8")
    try:
        if (found := finish(spec, NAME)) is not None:
            write(found.staged)
    except SpecError as error:
        return Outcome(staged.decisions, error.problems)
    after = versions.load(spec, NAME)
    # A decision may be about prose or an example that all versions share, and nothing else.
    kept = not any(
        changes(now, Recorded(versions.version_of(was), was))
        for now, was in zip(after[1:], before, strict=True)
    )
    return Outcome(staged.decisions, pipeline.examine(spec, NAME, "curated"), kept)


def generate(spec: Path, output: Path) -> None:
    """Write the client package of a spec to a folder."""
    templates = HERE.parents[1] / "templates"
    project = Project(
        root=spec.parent,
        spec=spec,
        corrections=HERE / "corrections.yaml",
        output=output,
        packs=(templates / PACKS[0],),
        package=PACKAGE,
        package_version="0.1.0",
    )
    for name, text in pipeline.produce(project).files.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
