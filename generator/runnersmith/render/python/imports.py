"""Import lines of a generated module, computed from what it uses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass

from ... import ir
from ...ir.placement import all_operations
from ...ir.types import FREE, fields_of, parts, received
from .line_layout import WIDTH
from .operation_literals import wire_names
from .signatures import keywords, limited
from .source import availability, mentions, model_bases

# The import of public names, in parentheses if it is long.
_PUBLIC_NAMES = re.compile(r"^from \.\. import (?:\(([^)]*)\)|(.*))\n?", re.MULTILINE)


def model_imports(model: ir.Model, api: ir.Api) -> str:
    """Return the imports of a model's module, except for those of `late_imports`."""
    types = [field.type for field in fields_of(model)]
    extra = model.extra is not None and model.extra.type != FREE
    unset = model.role != "response" and any(not field.required for field in model.fields)
    secret = any(field.secret for field in model.fields)
    bases = model_bases(model)
    renamed = extra or any(field.name != field.wire_name for field in model.fields)
    typing = {
        "Any": mentions([it.type for it in model.fields] if not extra else types, "any"),
        "ClassVar": secret or bool(model.conditions),
        "Literal": mentions(types, "literal"),
    }
    late = _circular(model, api)
    modules = _graph(api).modules
    return _blocks(
        [
            _import("collections.abc", _names({"Iterator": bool(model.items), "Mapping": extra})),
            _import("datetime", _dates(types)),
            _import("typing", _names(typing)),
        ],
        [_import("msgspec", ["field"] if renamed else [])],
        [
            "from .._runtime.lazy import publish",
            _import(
                ".._runtime.types",
                [
                    *(["EXTRA_KEY", "NO_EXTRA"] if extra else []),
                    *(["UNSET"] if unset else []),
                    *sorted(bases),
                    *(["Unset"] if unset else []),
                ],
            ),
            *(
                _import(f".{modules[name]}", [name])
                for name in sorted(_used(model) - late, key=modules.__getitem__)
            ),
        ],
    )


def late_imports(model: ir.Model, api: ir.Api) -> list[str]:
    """Return the imports that must follow the class: those of models that depend on it in turn."""
    modules = _graph(api).modules
    return [
        f"from .{modules[name]} import {name}"
        for name in sorted(_circular(model, api), key=modules.__getitem__)
    ]


def _used(model: ir.Model) -> set[str]:
    found = {
        part.model
        for field in fields_of(model)
        for part in parts(field.type)
        if isinstance(part, ir.Reference)
    }
    return found - {model.name}


def _circular(model: ir.Model, api: ir.Api) -> set[str]:
    """Return the models used by this one that depend on it in turn."""
    numbers = _graph(api).circles
    return {name for name in _used(model) if numbers[name] == numbers[model.name]}


@dataclass(frozen=True, slots=True)
class _Graph:
    """Modules of the models of an API, and a number for each, the same in one import cycle."""

    api: ir.Api
    modules: Mapping[str, str]
    circles: Mapping[str, int]


# The last API: all of its models need the same result.
_known: list[_Graph] = []


def _graph(api: ir.Api) -> _Graph:
    if not _known or _known[0].api is not api:
        modules = {model.name: model.module for model in api.models}
        found = circles({model.name: _used(model) for model in api.models})
        _known[:] = [_Graph(api, modules, found)]
    return _known[0]


def operation_imports(resource: ir.Resource) -> str:
    """Return the imports of the module with a resource's operation constants."""
    paged = any(operation.paged for operation in resource.operations)
    plain = any(not operation.paged for operation in resource.operations)
    types = [t for op in resource.operations for t in (op.returns, op.item, *received(op)) if t]
    wired = [wire_names(operation) for operation in resource.operations]

    def used(module: str) -> dict[str, bool]:
        return {name: True for found in wired for name in found.get(module, [])}

    placed = any(availability(op.available) or limited(op) != "{}" for op in resource.operations)
    return _blocks(
        [
            _import("datetime", _dates(types)),
            _import("typing", ["Literal"] if mentions(types, "literal") else []),
        ],
        [
            "from .. import models" if mentions(types, "reference") else "",
            _import(".._runtime.request.availability", ["Availability"] if placed else []),
            _import(".._runtime.request.body", _names(used("body"))),
            _import(
                ".._runtime.request.operation",
                _names({"Operation": plain, "PagedOperation": paged, **used("operation")}),
            ),
            _import(".._runtime.request.parameters", _names(used("parameters"))),
        ],
    )


def resource_imports(resource: ir.Resource, is_async: bool) -> str:
    """Return the imports of the module of a resource class."""
    operations = resource.operations
    argument_types = [field.type for op in operations for field in (*op.arguments, *keywords(op))]
    result_types = [t for op in operations for t in (op.returns, op.item) if t]
    unset = any(not field.required for op in operations for field in keywords(op))
    lists = mentions(result_types, "array")
    paged = any(op.paged for op in operations)
    extra = any(op.body is not None and op.body.extra is not None for op in operations)
    abstract = {
        "Mapping": mentions(argument_types, "map"),
        "Sequence": mentions(argument_types, "array"),
    }
    pages = "AsyncPages" if is_async else "Pages"
    paging = ".._runtime.client.paging"
    base = resource_base(resource, is_async)
    home = ".._runtime.client.github.paged_resource" if paged else ".._runtime.client.resource"
    # All at run time, since `typing.get_type_hints` evaluates annotations; models stay lazy.
    return _blocks(
        [
            "import builtins" if lists else "",
            _import("collections.abc", _names(abstract)),
            _import("datetime", _dates([*argument_types, *result_types])),
            _import(
                "typing",
                ["Literal"] if mentions([*argument_types, *result_types], "literal") else [],
            ),
        ],
        [
            (
                "from .. import models"
                if mentions([*argument_types, *result_types], "reference")
                else ""
            ),
            f"from .._operations import {resource.module} as _operations",
            *sorted([_import(home, [base]), *([_import(paging, [pages])] if paged else [])]),
            "from .._runtime.lazy import publish",
            _import(".._runtime.request.builder", ["with_extra"] if extra else []),
            _import(".._runtime.request.files", _file_types(argument_types)),
            _import(".._runtime.types", ["UNSET", "Unset"] if unset else []),
        ],
    )


def resource_base(resource: ir.Resource, is_async: bool) -> str:
    """Return the base class of a resource class."""
    paged = "Paged" if any(operation.paged for operation in resource.operations) else ""
    return f"{'Async' if is_async else 'Sync'}{paged}Resource"


def also_import(lines: str, *names: str) -> str:
    """Add public names of the client to the imports of a module in one of its subpackages."""
    if wrong := [name for name in names if not name.isidentifier()]:
        raise ValueError(f"`also_import` takes names that the client exports, not {wrong[0]!r}")
    if found := _PUBLIC_NAMES.search(lines):
        listed = (name.strip() for name in (found[1] or found[2]).split(","))
        names = (*names, *(name for name in listed if name))
        before, after = lines[: found.start()], lines[found.end() :]
    else:
        own = re.search(r"^from \.", lines, re.MULTILINE)
        start = own.start() if own else len(lines)
        before, after = lines[:start], lines[start:]
    return f"{before}{_import('..', exported({*names}))}\n{after}"


def exported(names: Iterable[str]) -> list[str]:
    """Sort names in the order of `__all__`: constants, classes, the rest."""
    return sorted(names, key=lambda name: (not name.isupper(), not name[:1].isupper(), name))


def file_types(api: ir.Api) -> list[str]:
    """Return the types of files that the arguments of an API's methods have."""
    arguments = (field for *_, one in all_operations(api) for field in keywords(one))
    return _file_types([argument.type for argument in arguments])


def _file_types(types: list[ir.Type]) -> list[str]:
    return _names({"FileBody": mentions(types, "bytes"), "FileUpload": mentions(types, "file")})


def _dates(types: Iterable[ir.Type]) -> list[str]:
    listed = list(types)
    return [name for name in ("date", "datetime") if mentions(listed, name)]


def _names(wanted: dict[str, bool]) -> list[str]:
    return sorted(name for name, used in wanted.items() if used)


def _import(module: str, imported: Iterable[str]) -> str:
    listed = list(imported)
    line = f"from {module} import {', '.join(listed)}"
    if len(line) > WIDTH:
        line = f"from {module} import (\n" + "".join(f"    {name},\n" for name in listed) + ")"
    return line if listed else ""


def _blocks(*blocks: list[str]) -> str:
    """Return blocks of imports: standard library, third party, own, each sorted already."""
    return "\n\n".join("\n".join(line for line in block if line) for block in blocks if any(block))


def circles(graph: Mapping[str, Set[str]]) -> dict[str, int]:
    """Number the nodes so that two have the same number if and only if they are in one cycle.

    Tarjan's algorithm without recursion: linear in nodes and edges.
    """
    found: dict[str, int] = {}
    met: dict[str, int] = {}
    lowest: dict[str, int] = {}
    trail: list[str] = []
    for start in graph:
        if start in met:
            continue
        waiting = [(start, iter(sorted(graph[start])))]
        met[start] = lowest[start] = len(met)
        trail.append(start)
        while waiting:
            node, steps = waiting[-1]
            following = next(steps, None)
            if following is None:
                waiting.pop()
                if waiting:
                    above = waiting[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == met[node]:
                    while trail:
                        member = trail.pop()
                        found[member] = met[node]
                        if member == node:
                            break
            elif following not in met:
                met[following] = lowest[following] = len(met)
                trail.append(following)
                waiting.append((following, iter(sorted(graph[following]))))
            elif following not in found:
                lowest[node] = min(lowest[node], met[following])
    return found
