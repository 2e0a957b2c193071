"""Errors of rendering, with the template, the line, and what was being rendered. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any

import jinja2

from ... import ir
from ...problems import RunnersmithError


class RenderError(RunnersmithError):
    """A template failed, or made something that is not what its suffix says."""


# Whatever a template does wrong with what it is given, a filter may be the one to notice.
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
    """The error of rendering a template, told with its place.

    Jinja gives tracebacks the names and lines of templates; the innermost one is the place.
    """
    line, things = 0, rendering(context)
    if isinstance(error, jinja2.TemplateSyntaxError):
        template, line = error.name or template, error.lineno
    else:
        trace: TracebackType | None = error.__traceback__
        while trace is not None:
            if "::" in (name := trace.tb_frame.f_code.co_filename):
                template, line = name, trace.tb_lineno
                things = rendering(trace.tb_frame.f_locals) or things
            trace = trace.tb_next
    message = (
        "templates extend or include each other in a circle"
        if isinstance(error, RecursionError)
        else str(error.message if isinstance(error, jinja2.TemplateError) else error)
    )
    return RenderError(f"{template}:{line}: {message}{things}")


def rendering(context: Mapping[str, Any]) -> str:
    """`, rendering operation x`: the things of the IR among variables; empty when there is none."""
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
    # A resource is in one scope only; no need to say both.
    if "resource" in found:
        found.pop("scope", None)
    things = ", ".join(f"{kind} {found[kind]}" for kind in sorted(found))
    return f", rendering {things}" if things else ""
