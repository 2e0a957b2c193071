"""Factories of models for tests: their names, signatures and imports. Pure."""

from __future__ import annotations

import builtins
import keyword
import re
from collections.abc import Sequence

from ... import ir
from ...ir.types import ANY
from .line_layout import WIDTH
from .source import annotation, mentions

# What the test kit exports beside the factories, and what their module uses.
_TAKEN = frozenset(
    """annotations async_pages date datetime error factories made_model models pages plugin""".split()
) | {name for name in dir(builtins) if name.islower()}


def factory_name(model: ir.Model, api: ir.Api) -> str:
    """Return the name of a model's factory: its module, unless the test kit uses that name."""
    if model.module not in _TAKEN and not keyword.iskeyword(model.module):
        return model.module
    modules = {one.module for one in api.models}
    name = f"{model.module}_model"
    while name in modules:
        name += "_"
    return name


def factory_signature(model: ir.Model, api: ir.Api) -> str:
    """Return the head of a factory, in black's format: every field is an optional argument."""
    name, arguments = factory_name(model, api), list(map(_argument, _fields(model)))
    if not arguments:
        return f"def {name}() -> models.{model.name}:"
    return "\n".join(
        [
            f"def {name}(",
            "    *,",
            *(f"    {one}," for one in arguments),
            f") -> models.{model.name}:",
        ]
    )


def factory_imports(api: ir.Api) -> str:
    """Return the imports of the module with the factories."""
    hints = {_argument(one) for model in api.models for one in _fields(model)}

    def used(*names: str) -> str:
        found = [name for name in names if any(re.search(rf"\b{name}\b", it) for it in hints)]
        return ", ".join(found)

    lines = [
        f"from collections.abc import {names}" if (names := used("Mapping", "Sequence")) else "",
        f"from datetime import {names}" if (names := used("date", "datetime")) else "",
        "from typing import Literal" if used("Literal") else "",
    ]
    ours = [
        "from .. import models",
        "from .. import models as _models",
        "from .._runtime.types import UNSET, Unset",
        "from ._kit.models import made_model as _made_model",
    ]
    return "\n".join([*filter(None, lines), "", *ours])


def _fields(model: ir.Model) -> Sequence[ir.Field]:
    return (*model.fields, *([model.extra] if model.extra is not None else []))


def _argument(found: ir.Field) -> str:
    """Return an argument that fits on a line.

    If it would not, a choice becomes the type of its values, or else the whole type `object`.
    """
    for kind in (found.type, _without_choices(found.type), ANY):
        hint = _hint(kind)
        end = " | None" if hint.endswith(" | None") else ""
        written = f"{found.name}: {hint.removesuffix(end)} | Unset{end} = UNSET"
        if len(written) <= WIDTH - 5:
            break
    return written


def _hint(found: ir.Type) -> str:
    return annotation(found, "value" if mentions([found], "bytes") else "argument")


def _without_choices(found: ir.Type) -> ir.Type:
    """Return a type with the Python type of a choice in place of its values."""
    match found:
        case ir.Literal(values=values):
            names = dict.fromkeys(type(value).__name__ for value in values)
            return ir.Primitive(name="str") if list(names) == ["str"] else ANY
        case ir.Array(items=items):
            return ir.Array(items=_without_choices(items))
        case ir.Map(values=values):
            return ir.Map(values=_without_choices(values))
        case ir.Nullable(type=inner):
            return ir.Nullable(type=_without_choices(inner))
        case ir.Union(members=members):
            return ir.Union(members=tuple(map(_without_choices, members)))
        case _:
            return found
