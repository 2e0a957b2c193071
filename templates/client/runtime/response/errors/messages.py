"""Error messages in the usual shapes of a body: the message, and what is wrong with which field.

Pure. `MESSAGES` and `LISTS` are the table of the shapes. A body is untrusted: every value may have
any type, size or depth. Each text passes the redactor.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias, cast

from ...response_errors import FieldError

_Object: TypeAlias = Mapping[str, object]

# Where a message is, by the path of its property, in the order of preference.
MESSAGES: tuple[tuple[str, ...], ...] = (
    ("message",),
    ("error", "message"),  # Google, Stripe, OpenAI
    ("error_description",),  # OAuth 2.0, beside a code in `error`
    ("detail",),  # problem details (RFC 9457), FastAPI
    ("detail", "message"),
    ("title",),  # problem details without `detail`
    ("error",),
    ("error", "detail"),
    ("error", "title"),
    ("error_message",),
    ("errorMessage",),
    ("msg",),
)
# Where a list of problems is. Each entry is a text, or an object with the properties in `_PARTS`.
LISTS: tuple[tuple[str, ...], ...] = (
    ("errors",),  # JSON:API, GraphQL; an object of texts by field in others
    ("detail",),  # FastAPI
    ("error", "errors"),  # Google
    ("error", "details"),
    ("message",),  # NestJS
)
# The properties of an entry, by the attribute of `FieldError` that they become.
_PARTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "resource": (("resource",),),
    "field": (
        ("field",),
        ("loc",),  # FastAPI
        ("source", "pointer"),  # JSON:API
        ("source", "parameter"),
        ("param",),
        ("pointer",),
        ("location",),
    ),
    "code": (("code",), ("type",), ("reason",)),
    "message": (("message",), ("msg",), ("detail",), ("title",)),
}
# A page about the error.
_PAGES = (("documentation_url",), ("doc_url",), ("error", "doc_url"))

_MAX_FIELDS = 20
_MAX_STEPS = 10


def message(body: _Object) -> str:
    """Return the message in the body of an error; empty if it has none."""
    found = _text(body, MESSAGES)
    if found is not None:
        return found
    # One that only lists problems.
    return "; ".join(_described(entry) for entry in problems(body, lambda text: text))


def problems(body: _Object, redact: Callable[[str], str]) -> tuple[FieldError, ...]:
    """Return the problems that the body of an error lists. Empty entries are left out."""
    for path in LISTS:
        listed = _at(body, path)
        if isinstance(listed, str) and path != ("errors",):
            continue  # it is the message
        if found := tuple(_entries(listed, redact)):
            return found
    # Stripe's only problem is the error itself.
    one = body.get("error")
    if isinstance(one, dict):
        parts = cast("_Object", one)
        field, code = _text(parts, (("param",),)), _text(parts, (("code",),))
        if field is not None:
            return (FieldError(field=redact(field), code=None if code is None else redact(code)),)
    return ()


def page(body: _Object) -> str | None:
    """Return the address of a page about the error; None if there is none."""
    return _text(body, _PAGES)


def _entries(found: object, redact: Callable[[str], str]) -> Iterator[FieldError]:
    if isinstance(found, dict):
        # Texts by field, as of ASP.NET and Rails.
        for name, held in list(cast("_Object", found).items())[:_MAX_FIELDS]:
            texts = cast("list[object]", held) if isinstance(held, list) else [held]
            for text in texts[:1]:
                if isinstance(text, str):
                    yield FieldError(field=redact(name), message=redact(text))
    else:
        listed = cast("list[object]", found) if isinstance(found, list) else [found]
        for entry in listed[:_MAX_FIELDS]:
            if isinstance(entry, str):
                yield FieldError(message=redact(entry))
            elif isinstance(entry, dict):
                parts = {name: _text(cast("_Object", entry), it) for name, it in _PARTS.items()}
                known = {name: redact(text) for name, text in parts.items() if text is not None}
                if known:
                    yield FieldError(**known)


def _described(entry: FieldError) -> str:
    said = entry.message or entry.code or "wrong"
    return said if entry.field is None else f"{entry.field}: {said}"


def _text(body: _Object, paths: tuple[tuple[str, ...], ...]) -> str | None:
    """Return the first text at one of several paths. A list of steps counts as one text."""
    for path in paths:
        found = _at(body, path)
        if isinstance(found, str) and found:
            return found
        if isinstance(found, list) and path == ("loc",):
            steps = cast("list[object]", found)[:_MAX_STEPS]
            return ".".join(str(step) for step in steps if isinstance(step, (str, int)))
    return None


def _at(body: _Object, path: tuple[str, ...]) -> object:
    found: object = body
    for name in path:
        found = cast("_Object", found).get(name) if isinstance(found, dict) else None
    return found
