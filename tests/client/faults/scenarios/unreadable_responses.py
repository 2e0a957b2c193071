"""Replies that cannot be read, or not as what they should be."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from client.faults.called_operations import JIT, Work
from client.faults.player import Act, Stage
from client.faults.scenarios.building_blocks import TELLTALE, Make
from client.faults.scenarios.connections import head
from client.scripted_server import Script


def bodied(body: Callable[[Work], bytes], kind: str = "application/json", **more: str) -> Make:
    """Answer 200 with another body than the call's."""
    return lambda stage: Act(
        body=body(stage.work), headers={**({"Content-Type": kind} if kind else {}), **more}
    )


BROKEN = (
    bodied(lambda work: work.body[:-2]),
    bodied(lambda work: work.body + TELLTALE),
    bodied(lambda _: b"["),
    bodied(lambda _: b""),
    bodied(lambda _: b"[" * 100_000),
)
NO_TEXT = bodied(lambda work: work.body.replace(b'"name": "', b'"name": "\xff'))
FOREIGN = (
    bodied(lambda _: TELLTALE, "text/html; charset=utf-8"),
    bodied(lambda work: work.body, "text/html"),
    bodied(lambda work: work.body, ""),
)
_MIB = b" " * 2**20
_MANY = 80


def long(stage: Stage) -> Script:
    """Send a reply with more than 64 MiB of white space before it, as announced."""
    body = stage.work.body
    length = f"Content-Length: {_MANY * len(_MIB) + len(body)}"
    return Act(raw=head(length), pieces=lambda: [_MIB] * _MANY + [body])


def chunked(stage: Stage) -> Script:
    """Send the same, chunk after chunk."""

    def chunks() -> Iterator[bytes]:
        for piece in [*[_MIB] * _MANY, stage.work.body]:
            yield b"%x\r\n%b\r\n" % (len(piece), piece)
        yield b"0\r\n\r\n"

    return Act(raw=head("Transfer-Encoding: chunked"), pieces=chunks)


def bomb(stage: Stage) -> Script:
    """Send the same as a little that decompresses to it."""
    packer = zlib.compressobj(level=1, wbits=31)
    packed = [packer.compress(piece) for piece in [*[_MIB] * _MANY, stage.work.body]]
    body = b"".join(packed) + packer.flush()
    return Act(raw=head("Content-Encoding: gzip", f"Content-Length: {len(body)}") + body)


Change = Callable[[Any, str | int], None]
# By the name of the call, the steps to a value in its reply.
Places = Mapping[str, tuple[str | int, ...]]


def missing(content: Any, name: str | int) -> None:
    """Leave it out."""
    del content[name]


def null(content: Any, name: str | int) -> None:
    """Say nothing of it."""
    content[name] = None


def other(content: Any, name: str | int) -> None:
    """Give something of another type."""
    content[name] = ["odd"] if isinstance(content[name], str) else "odd"


def telling(content: Any, name: str | int) -> None:
    """Give something of another type that must not be shown."""
    content[name] = [JIT] if isinstance(content[name], str) else JIT


def odd(places: Places, change: Change) -> Make:
    """Change one value of a reply, at a place that depends on the call."""

    def body(work: Work) -> bytes:
        content: Any = json.loads(work.body)
        *above, name = places[work.name]
        found: Any = content
        for step in above:
            found = found[step]
        change(found, name)
        return json.dumps(content).encode()

    return bodied(body)


# Where a value is spoilt in the reply of each call. Of a label, only the name is required, and
# without it nothing is left of the item.
ITEM: Places = {"list": ("runners", 1, "busy")}
LABEL: Places = {"set_labels": ("labels", 1, "id")}
INSIDE: Places = {"generate_jit_config": ("runner", "busy")}
OBJECT: Places = {
    "get": ("busy",),
    "update": ("name",),
    "generate_jit_config": ("encoded_jit_config",),
}
FRAME: Places = {
    "list": ("runners",),
    "set_labels": ("labels",),
    "generate_jit_config": ("runner",),
}
