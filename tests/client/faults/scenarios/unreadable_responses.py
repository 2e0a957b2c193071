"""Responses that cannot be decoded, or not as the expected type."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from client.faults.called_operations import JIT, CalledOperation
from client.faults.player import FaultContext, FaultResponse
from client.faults.scenarios.building_blocks import PAGE_WITH_SECRETS, ScriptFactory
from client.faults.scenarios.connections import response_head
from client.scripted_server import Script


def with_body(
    body: Callable[[CalledOperation], bytes], kind: str = "application/json", **more: str
) -> ScriptFactory:
    """Respond with 200 and another body."""
    return lambda context: FaultResponse(
        body=body(context.operation), headers={**({"Content-Type": kind} if kind else {}), **more}
    )


BROKEN_JSON = (
    with_body(lambda operation: operation.body[:-2]),
    with_body(lambda operation: operation.body + PAGE_WITH_SECRETS),
    with_body(lambda _: b"["),
    with_body(lambda _: b""),
    with_body(lambda _: b"[" * 100_000),
)
NOT_UTF8 = with_body(lambda operation: operation.body.replace(b'"name": "', b'"name": "\xff'))
OTHER_CONTENT_TYPES = (
    with_body(lambda _: PAGE_WITH_SECRETS, "text/html; charset=utf-8"),
    with_body(lambda operation: operation.body, "text/html"),
    with_body(lambda operation: operation.body, ""),
)


def _truncated_gzip(size: int) -> ScriptFactory:
    return with_body(
        lambda operation: gzip.compress(operation.body)[:size], **{"Content-Encoding": "gzip"}
    )


TRUNCATED_GZIP = tuple(map(_truncated_gzip, (20, -8, -1)))
_MIB = b" " * 2**20
_MANY = 80


def long_body(context: FaultContext) -> Script:
    """Send more than 64 MiB of white space before the JSON, with the right length."""
    body = context.operation.body
    length = f"Content-Length: {_MANY * len(_MIB) + len(body)}"
    return FaultResponse(raw=response_head(length), pieces=lambda: [_MIB] * _MANY + [body])


def chunked_body(context: FaultContext) -> Script:
    """Send the same body in chunks."""

    def chunks() -> Iterator[bytes]:
        for piece in [*[_MIB] * _MANY, context.operation.body]:
            yield b"%x\r\n%b\r\n" % (len(piece), piece)
        yield b"0\r\n\r\n"

    return FaultResponse(raw=response_head("Transfer-Encoding: chunked"), pieces=chunks)


def gzip_bomb(context: FaultContext) -> Script:
    """Send the same body compressed."""
    packer = zlib.compressobj(level=1, wbits=31)
    packed = [packer.compress(piece) for piece in [*[_MIB] * _MANY, context.operation.body]]
    body = b"".join(packed) + packer.flush()
    return FaultResponse(
        raw=response_head("Content-Encoding: gzip", f"Content-Length: {len(body)}") + body
    )


Change = Callable[[Any, str | int], None]
# Name of the operation -> path of a value in its response.
ValuePaths = Mapping[str, tuple[str | int, ...]]


def remove(content: Any, name: str | int) -> None:
    """Remove a value."""
    del content[name]


def set_to_null(content: Any, name: str | int) -> None:
    """Set a value to null."""
    content[name] = None


def set_to_other_type(content: Any, name: str | int) -> None:
    """Set a value to one of another type."""
    content[name] = ["odd"] if isinstance(content[name], str) else "odd"


def set_to_secret(content: Any, name: str | int) -> None:
    """Set a value to a secret of another type."""
    content[name] = [JIT] if isinstance(content[name], str) else JIT


def with_changed_value(places: ValuePaths, change: Change) -> ScriptFactory:
    """Respond with one value changed, at a path that depends on the operation."""

    def body(operation: CalledOperation) -> bytes:
        content: Any = json.loads(operation.body)
        *above, name = places[operation.name]
        found: Any = content
        for step in above:
            found = found[step]
        change(found, name)
        return json.dumps(content).encode()

    return with_body(body)


# A label without its name, the only required field, is dropped as a whole, so `id` is changed.
ITEM_FIELD: ValuePaths = {"list": ("runners", 1, "busy")}
LABEL_FIELD: ValuePaths = {"set_labels": ("labels", 1, "id")}
NESTED_FIELD: ValuePaths = {"generate_jit_config": ("runner", "busy")}
OBJECT_FIELD: ValuePaths = {
    "get": ("busy",),
    "update": ("visibility",),
    "generate_jit_config": ("encoded_jit_config",),
}
ENVELOPE: ValuePaths = {
    "list": ("runners",),
    "set_labels": ("labels",),
    "generate_jit_config": ("runner",),
}
