"""Structs of models, written by datamodel-code-generator and checked against the IR.

The generator is handed components made from the IR alone: Python names for keys, no prose, no
defaults. What is for people (docstrings, field assignments) is made here as finished literals and
put in place by the pack's template of a class, which runs under our rules, not under those of the
library. The output is parsed back; a class, a field or an annotation that is not the IR's stops the
run.
"""

from __future__ import annotations

import ast
import tempfile
import warnings
from collections import defaultdict
from collections.abc import Callable, Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

from .. import ir
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
    field_annotation,
    item_annotation,
    literal,
)
from .templates.outputs import StructField

# Where datamodel-code-generator looks for the template of a Struct, below the folder it is given.
TEMPLATE = "msgspec.jinja2"

# Prints the class of a model, given the variables of its template.
Printer = Callable[[Mapping[str, Any]], str]


class ModelsError(RunnersmithError):
    """datamodel-code-generator did not print what the IR says; its version and ours do not fit."""


def structs(api: ir.Api, printer: Printer) -> dict[str, str]:
    """The source of each model's class, by model name, in the order of the IR.

    Raises ModelsError when the output differs from the IR, and what the printer raises.
    """
    if not api.models:
        return {}
    found = _split(_generate(api, printer))
    if missing := sorted({model.name for model in api.models} ^ found.keys()):
        raise ModelsError(
            f"datamodel-code-generator printed other classes than the spec's: {', '.join(missing)}"
        )
    return {model.name: _checked(model, found[model.name]) for model in api.models}


def _generate(api: ir.Api, printer: Printer) -> str:
    # Heavy: 0.35 s. Imported by the commands that generate, and by no other.
    from datamodel_code_generator import LiteralType, generate
    from datamodel_code_generator.enums import DataModelType, InputFileType
    from datamodel_code_generator.format import DatetimeClassType, PythonVersion

    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(record=True) as caught:
        # What it says of the components; not what a library says of Python's future.
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
                keyword_only=True,
                disable_timestamp=True,
                # A folder without a pyproject.toml: the current one's `[tool.black]` is not ours to read.
                settings_path=Path(folder),
            )
        except SyntaxError as error:
            # It parses what the template prints, and says no place.
            raise _no_python(error) from None
    if caught:
        raise ModelsError(
            "datamodel-code-generator warns: "
            + "; ".join(str(warning.message) for warning in caught)
        )
    if not isinstance(output, str):
        raise ModelsError(
            "datamodel-code-generator printed several modules where one was asked for"
        )
    return output


def _printers(api: ir.Api, printer: Printer) -> defaultdict[str, dict[str, Any]]:
    """What the library's template is given: for each model a function that prints it.

    The library has to know of tags as well, to see which unions a decoder can tell apart.
    """
    data: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    for model in api.models:
        data[model.name]["printed"] = _printed(_variables(model), printer)
        if model.tag is not None:
            tag = {"tag_field": model.tag.wire_name, "tag": model.tag.value}
            data[model.name]["base_class_kwargs"] = tag
    return data


def _printed(variables: Mapping[str, Any], printer: Printer) -> Callable[[str, Any], str]:
    def printed(class_name: str, fields: Any) -> str:
        held = [StructField(it.name, it.type_hint, it.required) for it in fields]
        return printer({**variables, "class_name": class_name, "fields": held})

    return printed


def _variables(model: ir.Model) -> dict[str, Any]:
    """The variables of a class's template, but for what the library gives."""
    secrets = [field.name for field in model.fields if field.secret]
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
        "docstring": docstring(docstrings.model(model)),
        "secrets": [literal(name) for name in sorted(secrets)],
        "assignments": {field.name: assignment(field, model.role) for field in model.fields},
        "docs": {
            field.name: docstring(text)
            for field in model.fields
            if (text := docstrings.field(field))
        },
    }


def _tag(model: ir.Model) -> dict[str, str] | None:
    """What tells a model from its alternatives, as literals."""
    if model.tag is None:
        return None
    said = "What tells it from its alternatives; it is sent, and read, with the others."
    return {
        "field": literal(model.tag.wire_name),
        "value": literal(model.tag.value),
        "docstring": docstring(said, 8),
    }


def _split(source: str) -> dict[str, str]:
    """The text of each class in a module."""
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
    return ModelsError(f"the template of models prints what is not Python: {error.msg}: {line}")


def _printed_order(model: ir.Model) -> list[ir.Field]:
    """The fields as datamodel-code-generator has them: those that may be left out come last."""
    return sorted(model.fields, key=lambda field: model.role != "reply" and not field.required)


def _checked(model: ir.Model, source: str) -> str:
    """Compare a printed class with its model: base, names, order, annotations, defaults.

    Gives it with annotations as we write them, which black need not write again.
    """
    printed = ast.parse(source).body[0]
    if not isinstance(printed, ast.ClassDef):
        raise ModelsError(f"{model.name}: no class was printed")
    secret = any(field.secret for field in model.fields)
    base = f"class {model.name}({'SecretModel' if secret else 'Model'}, frozen=True, kw_only=True, gc=False"
    if tag := _tag(model):
        base += f", tag_field={tag['field']}, tag={tag['value']}"
    base = ast.unparse(ast.parse(f"{base}): pass")).partition(":\n")[0]
    head = ast.unparse(
        ast.ClassDef(printed.name, printed.bases, printed.keywords, [ast.Pass()], [])
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
        and node.target.id != "_secrets"
    ]
    wanted = [("", base, None)] + [
        (
            field.name,
            ast.unparse(ast.parse(field_annotation(field, model.role))),
            ast.unparse(ast.parse(value)) if (value := assignment(field, model.role)) else None,
        )
        for field in _printed_order(model)
    ]
    for ours, theirs in zip_longest(wanted, found):
        if ours != theirs:
            raise ModelsError(
                f"{model.name}: datamodel-code-generator printed {theirs}, the spec says {ours}"
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
