"""Structs of models, printed by datamodel-code-generator and checked against the IR.

The library receives components derived from the IR alone: Python names as keys, no prose, no
defaults. Docstrings and field assignments are prepared here as finished literals and inserted by
the pack's template of a class, which runs in this package's environment instead of the library's.
The output is parsed; a class, field or annotation that differs from the IR is an error.
"""

from __future__ import annotations

import ast
import re
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from .. import ir
from ..ir.names import KIND_KEY
from ..ir.types import bare
from ..problems import RunnersmithError
from .components import document
from .docs import docstrings
from .python.line_layout import Annotated, annotated
from .python.source import (
    WIDTH,
    annotation,
    assignment,
    docstring,
    extra_annotation,
    field_annotation,
    item_annotation,
    literal,
    mapping,
    model_bases,
    values,
)
from .templates.outputs import StructField

# The path of a Struct's template below the folder given to datamodel-code-generator.
TEMPLATE = "msgspec.jinja2"

# Prints the class of a model, given the variables of its template.
Printer = Callable[[Mapping[str, Any]], str]


class ModelsError(RunnersmithError):
    """The output of datamodel-code-generator differs from the IR: its version is not supported."""


def structs(api: ir.Api, printer: Printer) -> dict[str, str]:
    """Return the source of each model's class by model name, in the order of the IR.

    Raises ModelsError if the output differs from the IR, and the errors of the printer.
    """
    if not api.models:
        return {}
    found = _split(_generate(api, printer))
    if missing := sorted({model.name for model in api.models} ^ found.keys()):
        raise ModelsError(
            f"datamodel-code-generator printed classes that differ from the spec's: {', '.join(missing)}"
        )
    return {model.name: _checked(model, found[model.name]) for model in api.models}


def _generate(api: ir.Api, printer: Printer) -> str:
    # Heavy: 0.35 s. Only the commands that generate import it.
    from datamodel_code_generator import LiteralType, generate
    from datamodel_code_generator.enums import DataModelType, InputFileType
    from datamodel_code_generator.format import DatetimeClassType, PythonVersion

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(record=True) as caught:
        # Collect warnings about the components, not deprecations of Python inside libraries.
        warnings.simplefilter("ignore")
        for category in (UserWarning, FutureWarning):
            warnings.simplefilter("always", category)
        Path(folder, TEMPLATE).write_text("{{ printed(class_name, fields) }}", encoding="utf-8")
        try:
            output = generate(
                document(api),
                input_file_type=InputFileType.OpenAPI,
                output_model_type=DataModelType.MsgspecStruct,
                target_python_version=PythonVersion.PY_311,
                custom_template_dir=Path(folder),
                extra_template_data=_printers(api, printer),
                formatters=[],
                base_class="Model",
                strict_nullable=True,
                strict_refs=True,
                use_annotated=False,
                use_union_operator=True,
                use_standard_collections=True,
                enum_field_as_literal=LiteralType.All,
                output_datetime_class=DatetimeClassType.Datetime,
                custom_class_name_generator=_as_it_is,
                keyword_only=True,
                disable_timestamp=True,
                # A folder without a pyproject.toml, so that `[tool.black]` of the current one is
                # not read.
                settings_path=Path(folder),
            )
        except SyntaxError as error:
            # The library parses the printed class, and its error has no place.
            raise _no_python(error) from None
    if said := [str(it.message) for it in caught if not _is_of_conditions(api, str(it.message))]:
        raise ModelsError(f"datamodel-code-generator warns: {'; '.join(said)}")
    if not isinstance(output, str):
        raise ModelsError("datamodel-code-generator printed several modules instead of one")
    return output


def _is_of_conditions(api: ir.Api, message: str) -> bool:
    """Return whether a warning is about a union of models with conditions.

    The library takes a field with one value for a tag, and misses the tags of these models.
    """
    found = re.search(r"cannot decode the union .*: its Struct types (.+) are tagged by", message)
    known = {model.name for model in api.models if model.conditions is not None}
    return found is not None and known.issuperset(found[1].split(", "))


def _as_it_is(name: str) -> str:
    """Keep a class name: the library would change one with an underscore."""
    return name


def _printers(api: ir.Api, printer: Printer) -> defaultdict[str, dict[str, Any]]:
    """Return the data of the library's template: for each model, the function that prints it.

    The library must also know the tags, to see which unions a decoder can tell apart.
    """
    data: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for model in api.models:
        data[model.name]["printed"] = _printed(_variables(model), printer)
        if model.tag is not None:
            tag = {"tag_field": model.tag.wire_name, "tag": model.tag.value}
            data[model.name]["base_class_kwargs"] = tag
        elif model.conditions is not None:
            tag = {"tag_field": KIND_KEY, "tag": model.name}
            data[model.name]["base_class_kwargs"] = tag
    return data


def _printed(variables: Mapping[str, Any], printer: Printer) -> Callable[[str, Any], str]:
    def printed(class_name: str, fields: Any) -> str:
        held = [StructField(it.name, it.type_hint, it.required) for it in fields]
        return printer({**variables, "class_name": class_name, "fields": held})

    return printed


def _variables(model: ir.Model) -> dict[str, Any]:
    """Return the variables of a class's template, except for those from the library."""
    secrets = [field.name for field in model.fields if field.secret]
    if secrets and model.extra is not None:
        # A property that is not declared may be a secret as well.
        secrets.append(model.extra.name)
    return {
        "model": model,
        "item": item_annotation(model),
        "eithers": {
            either.name: {
                "type": f"{annotation(bare(either.type))} | None",
                "docstring": docstring(docstrings.either(either), 8),
            }
            for either in model.eithers
        },
        "tag": _tag(model),
        "bases": model_bases(model),
        "extra": extra_annotation(model),
        "conditions": _conditions(model),
        "docstring": docstring(docstrings.model(model)),
        "secrets": [literal(name) for name in sorted(secrets)],
        "assignments": {field.name: assignment(field, model.role) for field in model.fields},
        "docs": {
            field.name: docstring(text)
            for field in model.fields
            if (text := docstrings.field(field))
        },
    }


def _conditions(model: ir.Model) -> str | None:
    """Return the conditions of a model as a dict of tuples; None if it has none."""
    if not model.conditions:
        return None
    return mapping((it.wire_name, values(it.values)) for it in model.conditions)


def _tag(model: ir.Model) -> dict[str, str] | None:
    """Return the tag of a model as literals; one without a property if it has conditions."""
    if model.conditions is not None:
        return {"field": literal(KIND_KEY), "value": literal(model.name)}
    if model.tag is None:
        return None
    text = "What tells it from its alternatives; it is sent, and read, with the others."
    return {
        "field": literal(model.tag.wire_name),
        "value": literal(model.tag.value),
        "docstring": docstring(text, 8),
    }


def _split(source: str) -> dict[str, str]:
    """Return the text of each class in a module."""
    try:
        tree = ast.parse(source)
    except SyntaxError as error:
        raise _no_python(error) from None
    lines = source.split("\n")
    found: dict[str, str] = {}
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            if node.name in found:
                raise ModelsError(f"{node.name}: datamodel-code-generator printed the class twice")
            found[node.name] = "\n".join(lines[node.lineno - 1 : node.end_lineno])
    return found


def _no_python(error: SyntaxError) -> ModelsError:
    line = (error.text or "").strip()
    return ModelsError(f"the template of models does not print Python: {error.msg}: {line}")


def _printed_order(model: ir.Model) -> list[ir.Field]:
    """Return the fields in the library's order: those that may be left out come last."""
    return sorted(model.fields, key=lambda field: model.role != "response" and not field.required)


def _checked(model: ir.Model, source: str) -> str:
    """Compare a printed class with its model: base, names, order, annotations, defaults.

    Return it with annotations in black's format, so that black need not change it.
    """
    printed = ast.parse(source).body[0]
    if not isinstance(printed, ast.ClassDef):
        raise ModelsError(f"{model.name}: no class was printed")
    bases = ", ".join(model_bases(model))
    base = f"class {model.name}({bases}, frozen=True, kw_only=True, gc=False"
    if tag := _tag(model):
        base += f", tag_field={tag['field']}, tag={tag['value']}"
    base = ast.unparse(ast.parse(f"{base}): pass")).partition(":\n")[0]
    head = ast.unparse(
        ast.ClassDef(printed.name, printed.bases, printed.keywords, [ast.Pass()], [])
    )
    # What this package adds by itself.
    own = (
        {"_secrets", "_when", model.extra.name}
        if model.extra is not None
        else {"_secrets", "_when"}
    )
    found = [("", head.partition(":\n")[0], None)] + [
        (
            node.target.id,
            ast.unparse(node.annotation),
            ast.unparse(node.value) if node.value else None,
        )
        for node in printed.body
        if isinstance(node, ast.AnnAssign)
        and isinstance(node.target, ast.Name)
        and node.target.id not in own
    ]
    wanted = [("", base, None)] + [
        (
            field.name,
            ast.unparse(ast.parse(field_annotation(field, model.role))),
            ast.unparse(ast.parse(value)) if (value := assignment(field, model.role)) else None,
        )
        for field in _printed_order(model)
    ]
    for expected, actual in zip_longest(wanted, found):
        if expected != actual:
            raise ModelsError(
                f"{model.name}: datamodel-code-generator printed {actual}, the spec has {expected}"
            )
    fields = {field.name: field for field in model.fields}
    lines = source.split("\n")
    for node in printed.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            field = fields.get(node.target.id)
            if field is not None and node.lineno == node.end_lineno:
                value = assignment(field, model.role) or ""
                item = Annotated(field.name, field_annotation(field, model.role), value)
                lines[node.lineno - 1] = "    " + annotated(item, 4)
    if len(lines[0]) > WIDTH:
        lines[0] = lines[0].replace("(", "(\n    ", 1).replace("):", "\n):")
    return "\n".join(lines)
