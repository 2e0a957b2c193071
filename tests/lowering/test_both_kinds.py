"""One OpenAPI description, as a curated document and as any other: the same IR, the same Python."""

from __future__ import annotations

import functools
import json
import re
from dataclasses import replace

import pytest

from runnersmith import ir
from runnersmith.ir.names import EXTRA
from runnersmith.lowering import build, build_foreign
from runnersmith.openapi.document import Document, Json
from runnersmith.reader import load, parse
from small_specs import CASES, PACKAGE, made

KEY = "x-runnersmith"
# Golden cases of one version; a foreign document has no other.
NAMES = sorted(folder.parent.name for folder in CASES.glob("*/expected"))


def _without(value: Json, *, extension: bool) -> Json:
    """A document without pagination, and without our extension or what it says of schemas."""
    if isinstance(value, list):
        return [_without(one, extension=extension) for one in value]
    if not isinstance(value, dict):
        return value
    found = {key: _without(child, extension=extension) for key, child in value.items()}
    stated = found.get(KEY)
    if isinstance(stated, dict):
        stated.pop("paged", None)
        if extension or not {"scopes", "method"} & stated.keys():
            del found[KEY]
    return found


@functools.cache
def documents(case: str) -> tuple[Document, Document]:
    """The document of a case as a curated and as a foreign one."""
    data = load(CASES / case / "spec.yaml", name="spec.yaml").data
    curated, foreign = (
        parse(json.dumps(_without(data, extension=it)).encode(), name="s", suffix=".json")
        for it in (False, True)
    )
    return curated, foreign


@functools.cache
def apis(case: str) -> tuple[ir.Api, ir.Api]:
    curated, foreign = documents(case)
    return _closed(build(curated, PACKAGE)), _closed(build_foreign(foreign, PACKAGE).api)


def _named(fields: tuple[ir.Field, ...]) -> tuple[ir.Field, ...]:
    return tuple(replace(it, name=EXTRA) if it.wire_name == EXTRA else it for it in fields)


def _body(body: ir.Body | None) -> ir.Body | None:
    return replace(body, fields=_named(body.fields), extra=None) if body else None


def _closed(api: ir.Api) -> ir.Api:
    """An API without extras: an object that says nothing of them has some only if it is foreign.

    A field of that name has it then.
    """
    return replace(
        api,
        models=tuple(
            replace(model, fields=_named(model.fields), extra=None) for model in api.models
        ),
        resources=tuple(
            replace(
                resource,
                operations=tuple(replace(it, body=_body(it.body)) for it in resource.operations),
            )
            for resource in api.resources
        ),
    )


def _operations(api: ir.Api) -> dict[str, ir.Operation]:
    """Operations by id, with what OpenAPI says of them and nothing else.

    In a foreign document, any success will do if none has content.
    """
    resources = [*api.resources, *(it for scope in api.scopes for it in scope.resources)]
    held = {it.wire_name for scope in api.scopes for it in scope.parameters}
    return {
        it.id: replace(
            it,
            name="",
            repeat="unsafe",
            lookup=None,
            security=(),
            available=ir.EVERYWHERE,
            classic_scopes=(),
            permissions=(),
            arguments=tuple(arg for arg in it.arguments if arg.wire_name not in held),
            errors=tuple(replace(error, error=None) for error in it.errors),
            responses=tuple(one for one in it.responses if one.status != 2),
        )
        for resource in resources
        for it in resource.operations
    }


@pytest.mark.parametrize("case", NAMES)
def test_both_kinds_give_the_same_ir(case: str) -> None:
    """Names, types, limits, encodings; the scope's parameters are arguments of the foreign one."""
    curated, foreign = apis(case)
    held = {it.wire_name for scope in curated.scopes for it in scope.parameters}
    ours, theirs = _operations(curated), _operations(foreign)
    for identifier, operation in theirs.items():
        arguments = tuple(it for it in operation.arguments if it.wire_name not in held)
        theirs[identifier] = replace(operation, arguments=arguments)
    assert ours == theirs
    assert curated.models == foreign.models


# What an operation's constant says of a request and of a response.
_FACTS = re.compile(
    r"    (?:method|path|returns|required|lists|places|content|body_optional|answers|accept)="
    r"(?s:.*?)\n(?=    \w+=|\)\n)"
)


@pytest.mark.parametrize("case", NAMES)
def test_both_kinds_give_the_same_python(case: str) -> None:
    """The models byte for byte, and what every operation sends and reads."""
    ours, theirs = (dict(made(api).rendered) for api in apis(case))
    folder = f"{PACKAGE}/models/"
    models = {path: text for path, text in ours.items() if path.startswith(folder)}
    assert models == {path: text for path, text in theirs.items() if path.startswith(folder)}
    found = [
        sorted(
            fact.replace(f"{PACKAGE}.", "")
            for path, text in files.items()
            if "/_operations/" in path
            for fact in _FACTS.findall(text)
        )
        for files in (ours, theirs)
    ]
    assert found[0] == found[1]
    assert found[0]
