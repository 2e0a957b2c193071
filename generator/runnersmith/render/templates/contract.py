"""Contract between a stack's templates and packs: blocks, variables, filters.

Reads templates through the environment. `runnersmith pack list` prints it; a test compares it with
the recorded contract.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from ... import ir
from ...packs import Stack
from ..docs.index import Spot
from ..docs.reference_pages import Entry, Topic
from ..docs.runtime_docs import Documented, DocumentedItem, DocumentedMethod
from .checker import analyse
from .environment import Environment
from .filters import FILTERS, Filter
from .outputs import VARIABLES, Flavour, Package, StructField

# The type of each variable of an output, by the class names of the IR or of `outputs`.
TYPES: Mapping[str, str] = {
    "api": "Api",
    "flavour": "Flavour",
    "flavours": "tuple of Flavour",
    "mark": "str",
    "model": "Model",
    "operation": "Operation",
    "package": "Package",
    "resource": "Resource",
    "scope": "Scope",
    "source": "str",
    # Variables of the template of a model's class.
    "assignments": "dict of str | None, by field",
    "bases": "list of str",
    "class_name": "str",
    "conditions": "str | None",
    "docs": "dict of str, by field",
    "docstring": "str",
    "eithers": "dict of dict (type, docstring), by property",
    "extra": "str | None",
    "fields": "list of StructField",
    "item": "str | None",
    "secrets": "list of str",
    "tag": "dict of str (docstring, field, value) | None",
}
CLASSES: tuple[type, ...] = (
    Flavour,
    Package,
    StructField,
    Topic,
    Entry,
    Spot,
    Documented,
    DocumentedItem,
    DocumentedMethod,
)


def contract(stack: Stack) -> dict[str, Any]:
    """Return the contract in JSON: `templates`, `each`, `variables`, `classes`, `filters`."""
    found = analyse(Environment(stack))
    found.refuse()
    return {
        "ir_version": ir.IR_VERSION,
        "templates": {
            name: {
                "variables": sorted(seen.variables),
                "sets": sorted(seen.sets),
                "blocks": {block: sorted(more) for block, more in sorted(seen.blocks.items())},
            }
            for name, seen in sorted(found.seen.items())
        },
        "each": {each: list(names) for each, names in VARIABLES.items()},
        "variables": {**TYPES, **_data(stack)},
        "classes": {kind.__name__: dict(sorted(_attributes(kind))) for kind in CLASSES},
        "filters": {name: _signature(one.call) for name, one in FILTERS.items()},
    }


def _data(stack: Stack) -> dict[str, str]:
    """Return the variables of data files, each with the pack of its file."""
    return {name: f"dict, data of {pack.name}" for name, (pack, _) in sorted(stack.data.items())}


def _signature(call: Callable[..., object]) -> list[str]:
    """Return the parameters of a filter. The first one is the filtered value."""
    return [str(one) for one in inspect.signature(call).parameters.values()]


def _attributes(kind: type) -> Iterator[tuple[str, str]]:
    assert is_dataclass(kind)
    yield from ((one.name, str(one.type)) for one in fields(kind))
    for name, it in vars(kind).items():
        if isinstance(it, property) and it.fget is not None:
            yield name, str(inspect.signature(it.fget).return_annotation)


def lines(stack: Stack) -> Iterator[str]:
    """Yield the contract as text: everything that a pack can override, with its variables."""
    found = contract(stack)
    above = " extends ".join(pack.name for pack in stack.packs)
    yield f"{above}, IR version {found['ir_version']}"
    for name, template in found["templates"].items():
        yield ""
        yield name + _overridden(stack, name)
        yield from (f"    makes {one}" for one in _outputs(stack, name.partition("::")[2]))
        yield f"    variables: {', '.join(template['variables'])}"
        if template["sets"]:
            yield f"    sets: {', '.join(template['sets'])}"
        for block, more in template["blocks"].items():
            yield f"    block {block}{': also ' + ', '.join(more) if more else ''}"
    yield ""
    yield "variables"
    used = {name for template in found["templates"].values() for name in template["variables"]}
    yield from (f"    {name}: {found['variables'][name]}" for name in sorted(used))
    for kind, attributes in found["classes"].items():
        yield f"    {kind}: {', '.join(f'{name} ({type_})' for name, type_ in attributes.items())}"
    yield "    The others are classes of the IR: `runnersmith ir --schema` describes them."
    yield ""
    yield "filters"
    for name, one in FILTERS.items():
        summary = " ".join((inspect.getdoc(one.call) or "").split("\n\n")[0].split())
        arguments = re.sub(r": '([^']*)'", r": \1", ", ".join(_signature(one.call)[1:]))
        yield f"    {name}{f'({arguments})' if arguments else ''}: {summary} {_printed(one)}".rstrip()
        yield f"        {one.shown}"


def _printed(one: Filter) -> str:
    """Return where the result of a filter can be printed, as a sentence; empty if it is data."""
    match one.result:
        case "text":
            return "The result is a text: print it through another filter."
        case "same" | "plain" | "data":
            return ""
        case languages:
            return f"For {' and '.join(sorted(languages))}."


def _outputs(stack: Stack, template: str) -> Iterator[str]:
    for _, _, output in stack.outputs:
        if output.template == template:
            when = f", when {output.when}" if output.when is not None else ""
            yield f"{output.path}, for each {output.each}{when}"
    if template == stack.models:
        yield "a model's class, the variable `source`, for each model"


def _overridden(stack: Stack, name: str) -> str:
    bottom, _, template = name.partition("::")
    by = [one.name for one in stack.packs if template in one.templates and one.name != bottom]
    return f" (overridden by {', '.join(by)})" if by else ""
