"""Parser of YAML text to a Document, through libyaml's events. Pure; builds plain values only."""

from __future__ import annotations

import re
from typing import Protocol

import yaml

from ..openapi.document import Document, Json
from ..openapi.messages import quote
from ..problems import Place, Problem, SpecError
from .assembler import MERGE, Assembler, Mark
from .limits import MAX_YAML_VALUES
from .scalars import ScalarError, resolve, unbounded, unusual

# Characters that YAML forbids. libyaml rejects them too, but without line and column.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
# Tags are refused, and libyaml compares each directive with all others.
_DIRECTIVE = re.compile("^%TAG", re.MULTILINE)
_HINTS = {
    "\t": "; indent with spaces, not with tabs",
    **dict.fromkeys("@`%", "; quote a text that starts with this character"),
}


def parse(text: str, name: str, *, tolerant: bool = False) -> Document:
    """Parse the text into a document. Raises SpecError if it is rejected."""
    if control := _CONTROL.search(text):
        code = f"U+{ord(control[0]):04X}"
        message = f"not valid YAML: control character {code}; remove it or write it as an escape"
        raise _refused(text, name, control, message)
    if directive := _DIRECTIVE.search(text):
        raise _refused(text, name, directive, "tags are not supported; remove the directive")
    assembler = Assembler(name, MAX_YAML_VALUES, tolerant=tolerant)
    try:
        _read(text, assembler)
    except yaml.MarkedYAMLError as error:
        mark = _mark(error.problem_mark or error.context_mark)
        line = _mark(error.context_mark)[0]
        context = f" ({error.context} from line {line})" if line < mark[0] else ""
        hint = _HINTS.get(_character(text, *mark), "")
        raise assembler.stop(mark, f"not valid YAML: {error.problem}{context}{hint}") from error
    except yaml.YAMLError as error:
        raise assembler.stop((1, 1), f"not valid YAML: {error}") from error
    if assembler.problems:
        raise SpecError(assembler.problems)
    return Document(
        name=name,
        data=assembler.data,
        locate=lambda: assembler.marks,
        text=text,
        tolerated=assembler.tolerances.warnings(),
    )


def _refused(text: str, name: str, found: re.Match[str], message: str) -> SpecError:
    line = text.count("\n", 0, found.start()) + 1
    column = found.start() - text.rfind("\n", 0, found.start())
    return SpecError([Problem(Place(name, line, column), message)])


class _Position(Protocol):
    line: int
    column: int


def _mark(position: _Position | None) -> Mark:
    """Return the place of a mark; PyYAML counts from 0."""
    return (position.line + 1, position.column + 1) if position is not None else (1, 1)


def _character(text: str, line: int, column: int) -> str:
    """Return the character at a place; empty if that is past the end."""
    lines = text.splitlines()
    return lines[line - 1][column - 1 : column] if line <= len(lines) else ""


def _read(text: str, assembler: Assembler) -> None:
    documents = 0
    for event in yaml.parse(text, Loader=yaml.CSafeLoader):
        mark = _mark(event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            _refuse_tag(event.tag, mark, assembler)
            value = event.value if event.style else _plain(event.value, mark, assembler)
            assembler.scalar(value, len(event.value), mark, event.anchor)
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            _refuse_tag(event.tag, mark, assembler)
            is_mapping = isinstance(event, yaml.MappingStartEvent)
            assembler.open({} if is_mapping else [], mark, event.anchor)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            assembler.close()
        elif isinstance(event, yaml.AliasEvent) and event.anchor is not None:
            assembler.alias(event.anchor, mark)
        elif isinstance(event, yaml.DocumentStartEvent):
            documents += 1
            if documents == 2:
                raise assembler.stop(mark, "a second YAML document; keep one in a file")
    if documents == 0:
        raise assembler.stop((1, 1), "empty file; expected an OpenAPI document")


def _refuse_tag(tag: str | None, mark: Mark, assembler: Assembler) -> None:
    if tag is not None:
        shown = quote(tag.replace("tag:yaml.org,2002:", "!!"))
        assembler.report(mark, f"tags such as {shown} are not supported; remove the tag")


def _plain(text: str, mark: Mark, assembler: Assembler) -> Json:
    if text == "<<" and assembler.awaits_key:
        if assembler.tolerant:
            message = (
                "a merge key (<<): the mapping's own fields take precedence over those it adds"
            )
            assembler.tolerate("merge", mark, message)
            return MERGE
        assembler.report(mark, "merge keys (<<) are not supported; write the fields out")
        return f"<< {mark}"  # several in one mapping are not duplicates
    try:
        value = resolve(text)
    except ScalarError as error:
        if not assembler.tolerant:
            assembler.report(mark, str(error))
            return text
        value = unbounded(text)
        if not assembler.awaits_key:
            assembler.tolerate("text" if isinstance(value, str) else "integer", mark, unusual(text))
    if assembler.tolerant and assembler.awaits_key and not isinstance(value, str):
        message = f"the key {quote(text)} is not a string; it is read as it is written"
        assembler.tolerate("key", mark, message)
        return text
    return value
