"""Edits of the body and the responses of an operation. Changes only the draft."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ...compare.facts import FactPath
from ...openapi.document import parse_pointer
from ..draft.descriptions import JSON, find
from ..draft.draft import mapping, put
from ..draft.edit_site import EditSite, change, drop
from ..draft.proposals import Proposal, fingerprint
from ..translate.operations import OperationTranslator

_RESPONSE = re.compile(r"response (\w+)\Z")
_HEADER = re.compile(r"response (\w+) header (.+)\Z")


def body(site: EditSite, endpoints: OperationTranslator) -> Iterator[Proposal]:
    """Yield the edit of a body that only one side has or requires."""
    ours, official = site.ours, site.official
    if ours is None and official is not None:
        yield from site.propose(
            site.pointer, "add body", lambda: endpoints.body(official, site.operation, site.pointer)
        )
    elif official is None:
        yield from site.propose(
            site.pointer, "remove body", lambda: drop(site.operation, "requestBody")
        )
    elif ours is not None:
        required = True if official.head == "required" else None
        target = ours.node.pointer
        order = ("description", "required", "content")
        yield from site.propose(
            target,
            f"required {required}",
            lambda: change(site.draft.at(target), "required", required, order),
            official,
        )


def response(site: EditSite, endpoints: OperationTranslator) -> Iterator[Proposal]:
    """Yield the edit of a status code, a header or content that only one side has."""
    name, ours, official = site.difference.path.entity, site.ours, site.official
    if header := _HEADER.match(name):
        yield from _response_header(site, endpoints, header[1], header[2])
    elif (found := _RESPONSE.match(name)) is None:
        return
    elif ours is None and official is not None:
        yield from site.propose(
            site.pointer,
            f"add {name}",
            lambda: endpoints.response(name, official, site.operation, site.pointer),
        )
    elif official is None:
        responses = mapping(site.operation["responses"])
        status = next(key for key in responses if key.upper() == found[1])
        yield from site.propose(site.pointer, f"remove {name}", lambda: drop(responses, status))
    elif ours is not None:
        target = ours.node.pointer
        if (ours.head, official.head) == (JSON, "no content"):
            yield from site.propose(
                target, "no content", lambda: drop(site.draft.at(target), "content")
            )
        elif (ours.head, official.head) == ("no content", JSON):
            what = f"content {fingerprint(official)}"

            def fill() -> None:
                content = endpoints.content(official, site.difference.path, target)
                put(
                    site.draft.at(target), "content", content, ("description", "headers", "content")
                )

            yield from site.propose(target, what, fill, official)


def _response_header(
    site: EditSite, endpoints: OperationTranslator, status: str, name: str
) -> Iterator[Proposal]:
    ours, official = site.ours, site.official
    responses = mapping(site.operation["responses"])
    key = next((key for key in responses if key.upper() == status), None)
    if key is None:
        return
    reference = mapping(responses[key]).get("$ref")
    target = (
        parse_pointer(reference)
        if isinstance(reference, str)
        else (*site.pointer, "responses", key)
    )
    owner = find(site.like, FactPath(f"response {status}")) if site.like else None
    if target is None or owner is None:
        return
    if ours is None and official is not None:
        yield from site.propose(
            target,
            f"add header {name} {fingerprint(official)}",
            lambda: endpoints.header(name, official.node, site.draft.at(target), target),
            owner,
        )
    elif ours is not None and official is None:

        def remove() -> None:
            headers = mapping(site.draft.at(target)["headers"])
            drop(headers, next(it for it in headers if it.lower() == name.lower()))
            if not headers:
                drop(site.draft.at(target), "headers")

        yield from site.propose(target, f"remove header {name}", remove, owner)
    elif ours is not None and official is not None:
        required = True if official.head == "required" else None
        place = ours.node.pointer
        yield from site.propose(
            place,
            f"required {required}",
            lambda: change(site.draft.at(place), "required", required, ("description", "required")),
            official,
        )
