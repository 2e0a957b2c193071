"""Examples of the client itself: its options, its errors and raw responses. Pure.

Each is a whole program around a call of the API: one that reads, and needs the fewest arguments.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from ... import ir
from ...ir.placement import all_operations
from ..python.sample_values import Group, Values
from .index import index
from .usage_example import call_of, client_of, imports_of, statements, written

Kind: TypeAlias = Literal["options", "errors", "raw"]

_OPTIONS = (
    "timeout={package}.Timeout(connect=5, total=60)",
    "retry={package}.Retry(attempts=3)",
    "max_wait=30",
    "hooks={package}.Hooks(after=print)",
)
_ERRORS = """\
    except {package}.NotFound as error:
        print(error.request, error.message)
    except {package}.RateLimited as error:
        print("try again at", error.retry_at)
    except {package}.CallError as error:
        print("failed after", error.attempts, "attempts:", error)
"""


def client_example(api: ir.Api, kind: Kind) -> str:
    """Return a program that shows one side of the client; empty if the API has nothing to read."""
    found = min(_calls(api), key=lambda one: one[0], default=None)
    if found is None:
        return ""
    _, scope, resource, operation = found
    values = Values(index(api).models)
    call = call_of(operation, api, scope, resource, values)
    client = client_of(operation, api, False)
    if kind == "options":
        given = tuple(one.format(package=api.package) for one in _OPTIONS)
        client = Group(client.opening, (*client.parts, *given), client.closing)
    if kind == "raw":
        body = _raw(call)
    else:
        indent = 8 if kind == "errors" else 4
        lines = statements(operation, api, call, False)
        body = "".join(
            f"{' ' * (indent + more)}{written(line, indent + more)}\n" for line, more in lines
        )
        if kind == "errors":
            body = f"    try:\n{body}{_ERRORS.format(package=api.package)}"
    opening = written(("with ", client, " as client:"), 0)
    return f"{imports_of(api, values, ())}\n\n{opening}\n{body}"


def _raw(call: Group) -> str:
    """Return a call with its response, and the same call again for a changed result."""
    given = (call.opening.removesuffix("("), *call.parts)
    first = ("response = ", Group("client.with_raw_response(", given, ")"), "")
    again = Group("client.if_none_match(", ("response.etag", *given), ")")
    return (
        f"    {written(first, 4)}\n"
        "    print(response.status, response.request_id)\n"
        "    if response.etag is not None:\n"
        f"        {written(('changed = ', again, ''), 8)}\n"
        "        print(changed is not None)\n"
    )


_Call: TypeAlias = tuple[tuple[int, int, int, int, int], ir.Scope | None, ir.Resource, ir.Operation]


def _calls(api: ir.Api) -> list[_Call]:
    """Return every call that reads, with the number of arguments and its place; no pagination."""
    found: list[_Call] = []
    for scope, resource, one in all_operations(api):
        needed = [it for it in (*one.query, *one.headers, *one.cookies) if it.required]
        if one.method == "GET" and one.body is None and not one.paged:
            # An object with an id, under the scope with the shortest name, if there is one.
            weight = len(one.arguments) + len(needed)
            shown = not _has_id(one.returns, api)
            named = scope.short.count("/") if scope else 0
            other = one.server is not None
            rank = (other, shown, named, weight, len(found))
            found.append((rank, scope, resource, one))
    return found


def _has_id(found: ir.Type | None, api: ir.Api) -> bool:
    if not isinstance(found, ir.Reference):
        return False
    return any(one.wire_name == "id" for one in index(api).models[found.model].fields)
