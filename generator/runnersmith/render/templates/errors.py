"""Errors of rendering, with the template, the line, and the rendered element of the IR. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any

import jinja2

from ... import ir
from ...problems import RunnersmithError


class RenderError(RunnersmithError):
    """A template failed, or its output is not valid for its suffix."""


# Errors of filters: a template may call one with any value.
FAILURES = (
    jinja2.TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)


def located(error: Exception, template: str, context: Mapping[str, Any]) -> RenderError:
    """Return the error of rendering a template with its place.

    Jinja's tracebacks have the names and lines of templates. The innermost one is the place.
    """
    line, elements = 0, rendering(context)
    if isinstance(error, jinja2.TemplateSyntaxError):
        template, line = error.name or template, error.lineno
    else:
        trace: TracebackType | None = error.__traceback__
        while trace is not None:
            if "::" in (name := trace.tb_frame.f_code.co_filename):
                template, line = name, trace.tb_lineno
                elements = rendering(trace.tb_frame.f_locals) or elements
            trace = trace.tb_next
    message = (
        "templates extend or include each other in a circle"
        if isinstance(error, RecursionError)
        else str(error.message if isinstance(error, jinja2.TemplateError) else error)
    )
    return RenderError(f"{template}:{line}: {message}{elements}")


def rendering(context: Mapping[str, Any]) -> str:
    """Return `, rendering operation x` for the IR elements in variables; empty for none."""
    found: dict[str, str] = {}
    for value in context.values():
        match value:
            case ir.Operation(id=id_):
                found["operation"] = id_
            case ir.Model(name=name):
                found["model"] = name
            case ir.Resource(class_name=name):
                found["resource"] = name
            case ir.Scope(class_name=name):
                found["scope"] = name
            case _:
                pass
    # A resource is in one scope only, so the scope adds nothing.
    if "resource" in found:
        found.pop("scope", None)
    elements = ", ".join(f"{kind} {found[kind]}" for kind in sorted(found))
    return f", rendering {elements}" if elements else ""
