"""Responses of operations by status: those of success, with their types, and all others."""

from __future__ import annotations

from dataclasses import replace

from .... import ir
from ....ir.types import ANY, TEXT
from ....openapi.document import Node
from .. import examples
from ..context import Context
from ..models import Site
from ..schemas import Schemas
from .media_types import BYTES, MediaType, chosen, encoding_of, is_valid, note_undecoded

_KEYS = frozenset({"description", "summary", "headers", "content", "links"})
_FOLLOWED = (301, 302, 303, 307, 308)
_REDIRECTS = (*map(str, _FOLLOWED), "3XX")


class Responses:
    """Lowering of responses."""

    def __init__(self, context: Context, schemas: Schemas) -> None:
        self.context = context
        self.schemas = schemas

    def responses(
        self, node: Node, identifier: str
    ) -> tuple[tuple[ir.SuccessResponse, ...], tuple[ir.ErrorResponse, ...]]:
        """Return the declared responses of an operation: those of success, and all others."""
        successes: list[ir.SuccessResponse] = []
        errors: list[ir.ErrorResponse] = []
        responses = node.get("responses")
        listed = [
            (key, child)
            for key, child in (responses.items() if responses else ())
            if not key.startswith("x-")
        ]
        succeeds = any(status.startswith("2") for status, _ in listed)
        redirects = [status for status, _ in listed if status.upper() in _REDIRECTS]
        # The response that names an object inline in it after the operation alone.
        usual = sorted({"200", "201", "2XX", "default"} & {status for status, _ in listed})[:1]
        for status, written in listed:
            target = self.context.resolve(written)
            if target is None:
                continue
            self.context.unknown_keys(target, _KEYS, "this response")
            if (links := target.get("links")) is not None:
                self.context.simplify(links, "the client does not follow links")
            number = _status(status)
            if number is None:
                self.context.problem(
                    written,
                    f"{status!r} is not a status; write three digits, 2XX or default",
                    key=True,
                )
            elif status.startswith("2") or (number == 0 and not succeeds and not redirects):
                words = (identifier, "response" if status in usual else f"response{status}")
                # A response to HEAD has the headers of one with content, and no content.
                made = _without_content(number or 2, target)
                if node.key != "head":
                    made = self._success(made, target, words)
                successes.append(made)
            elif not succeeds and status in redirects:
                statuses = _FOLLOWED if number == 3 else (number,)
                successes += [_redirect(one, target) for one in statuses]
            else:
                words = (identifier, f"error{status}")
                errors.append(self._with_content(_error(number, target), target, words))
        if not successes:
            why = "no success response is declared here"
            self.context.simplify(node, why, instead="its content is not read", fix="add one")
            successes.append(ir.SuccessResponse(status=2, description="", headers=(), type=None))
        successes.sort(key=lambda success: success.status)
        errors.sort(key=lambda error: error.status or 1000)
        return tuple(successes), tuple(errors)

    def _success(
        self, made: ir.SuccessResponse, node: Node, words: tuple[str, ...]
    ) -> ir.SuccessResponse:
        media = chosen(self.context, node)
        if media is None:
            return made
        if made.status in (204, 205):
            why = f"a response of status {made.status} has none"
            self.context.simplify(node.at("content"), why)
            return made
        return self._content(made, media, _site(node, words))

    def _with_content(
        self, made: ir.ErrorResponse, node: Node, words: tuple[str, ...]
    ) -> ir.ErrorResponse:
        """Return an error with the type and the example of its content, if that is or can be JSON."""
        content = node.get("content")
        for media_type, child in content.items() if content else ():
            is_read = encoding_of(media_type) in ("json", "any")
            schema = child.get("schema") if is_read else None
            if schema is not None:
                known = len(self.context.problems)
                found = self.schemas.top(schema, _site(node, words))
                unread = self.context.demote(known, "the client does not decode this error")
                if unread or found == ANY:
                    return made
                return replace(made, type=found, example=self._example(child, schema))
        return made

    def _example(self, media: Node, schema: Node | None) -> str | None:
        view = None if schema is None else self.context.views.of(schema)
        return examples.example(media, view)

    def _content(
        self, made: ir.SuccessResponse, media: MediaType, site: Site
    ) -> ir.SuccessResponse:
        asked, schema = media.name, media.schema
        made = replace(made, example=self._example(media.node, schema))
        match media.encoding:
            case "json" if schema is None or not self._is_binary(schema):
                found = self.schemas.top(schema, site) if schema else ANY
                accept = None if asked == "application/json" else asked
                if "*" in asked:  # such as application/*+json, which no server knows
                    accept = "application/json, */*;q=0.5"
                return replace(made, type=found, media_type=accept)
            case "any" if schema is not None and not self._is_binary(schema):
                found = self.schemas.top(schema, site)
                accept = f"application/json, {asked};q=0.5"
                return replace(made, type=found, encoding="any", media_type=accept)
            case "text":
                note_undecoded(self.context, media, "the method returns all of it as text")
                return replace(made, type=TEXT, encoding="text", media_type=asked)
            case "events":
                why = f"{asked!r} is not decoded event by event"
                instead = "the method returns all of it as text when the stream ends"
                self.context.simplify(media.node, why, instead=instead)
                return replace(made, type=TEXT, encoding="text", media_type=asked)
            case "lines":
                why = f"{asked!r} is not decoded line by line"
                instead = "the method returns all of it as bytes"
                self.context.simplify(media.node, why, instead=instead)
            case _:
                note_undecoded(self.context, media, "the method returns all of it as bytes")
        accept = asked if is_valid(media.node.key) else "*/*"
        return replace(made, type=BYTES, encoding="binary", media_type=accept)

    def _is_binary(self, schema: Node) -> bool:
        return self.context.views.of(schema).text("format") == "binary"


def _site(node: Node, words: tuple[str, ...]) -> Site:
    """Return the place of a response's content."""
    if node.pointer[:2] == ("components", "responses"):
        # A response component provides the name for an object inline in it.
        message = node.key.lower().endswith("response")
        words = (node.key,) if message else (node.key, "response")
    return Site(words, response=True, request=False)


def _redirect(status: int, node: Node) -> ir.SuccessResponse:
    """Return a redirect without a success beside it: its target is the result."""
    return ir.SuccessResponse(
        status=status,
        description=node.text("description") or "",
        headers=("Location",),
        type=TEXT,
        encoding="location",
    )


def _error(status: int, node: Node) -> ir.ErrorResponse:
    extension = node.get("x-runnersmith")
    return ir.ErrorResponse(
        status=status,
        description=node.text("description") or "",
        error=extension.text("error") if extension else None,
    )


def _without_content(status: int, node: Node) -> ir.SuccessResponse:
    headers = node.get("headers")
    return ir.SuccessResponse(
        status=status,
        description=node.text("description") or "",
        headers=tuple(sorted(name for name, _ in headers.items())) if headers else (),
        type=None,
    )


def _status(text: str) -> int | None:
    if text == "default":
        return 0
    if len(text) == 3 and text[0] in "12345" and text[1:].upper() == "XX":
        return int(text[0])
    return int(text) if len(text) == 3 and text.isdecimal() and text.isascii() else None
