"""Examples of the client itself: its options, its errors, its flavours and raw responses. Pure.

Each is a whole program around a call of the API: one that reads, and needs the fewest arguments.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from ... import ir
from ...ir.placement import all_operations
from ..python.sample_values import Group, Values
from .auth import auth_argument
from .index import index
from .usage_example import Line, call_of, client_of, example, imports_of, statements, written

Kind: TypeAlias = Literal["options", "errors", "raw", "async", "function", "proxy"]

# The arguments of the client that an example is about.
_GIVEN: Mapping[Kind, tuple[str, ...]] = {
    "options": (
        "timeout={package}.Timeout(connect=5, total=60)",
        "retry={package}.Retry(attempts=3)",
        "max_wait=30",
        "hooks={package}.Hooks(after=print)",
    ),
    "proxy": ("proxy=False",),
}
_FUNCTION = """\
def credential() -> str:  # called before every attempt
    return Path("credential.txt").read_text().strip()
"""
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
    if kind == "async":
        return example(operation, api, scope, resource, True)
    values = Values(index(api).models)
    call = call_of(operation, api, scope, resource, values)
    client = client_of(operation, api, False)
    if kind == "function":
        return _with_function(operation, api, call, values)
    given = tuple(one.format(package=api.package) for one in _GIVEN.get(kind, ()))
    client = Group(client.opening, (*client.parts, *given), client.closing)
    if kind == "raw":
        body = _raw(call)
    else:
        body = _body(statements(operation, api, call, False), 8 if kind == "errors" else 4)
        if kind == "errors":
            body = f"    try:\n{body}{_ERRORS.format(package=api.package)}"
    opening = written(("with ", client, " as client:"), 0)
    return f"{imports_of(api, values, ())}\n\n{opening}\n{body}"


def _with_function(operation: ir.Operation, api: ir.Api, call: Group, values: Values) -> str:
    """Return a program with a function that returns the credential."""
    client = client_of(operation, api, False)
    asked = next((one for one in operation.security if one), None)
    auth = auth_argument(api, asked, sample="credential") or "auth=credential"
    others = (it for it in client.parts if not (isinstance(it, str) and it.startswith("auth=")))
    opening = ("with ", Group(client.opening, (auth, *others), client.closing), " as client:")
    imports = imports_of(api, values, (), has_path=True)
    body = _body(statements(operation, api, call, False), 4)
    return f"{imports}\n\n\n{_FUNCTION}\n\n{written(opening, 0)}\n{body}"


def _body(lines: Iterable[Line], indent: int) -> str:
    return "".join(f"{' ' * (indent + more)}{written(it, indent + more)}\n" for it, more in lines)


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
