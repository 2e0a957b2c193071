"""Merge of the operations of two versions: arguments, bodies and responses. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .. import ir
from ..ir.types import returned
from .members import Members

_PARAMETER = re.compile(r"\{([^{}]+)\}")
_CAREFUL: tuple[ir.Repeat, ...] = ("safe", "idempotent", "unsafe")


class Operations(Members):
    """Merges the methods of a resource."""

    def operations(
        self, new: Sequence[ir.Operation], old: Sequence[ir.Operation]
    ) -> tuple[ir.Operation, ...]:
        """Merge operations: two are the same if they are the same method of the client."""
        older = {operation.name: operation for operation in old}
        newer = {operation.name for operation in new}
        merged = [
            (
                self.operation(operation, older[operation.name])
                if operation.name in older
                else replace(operation, available=self.only(operation.available, self.newer))
            )
            for operation in new
        ]
        removed = [
            replace(operation, available=self.only(operation.available, self.older))
            for operation in old
            if operation.name not in newer
        ]
        return (*merged, *removed)

    def operation(self, new: ir.Operation, old: ir.Operation) -> ir.Operation:
        if (new.method, new.paged) != (old.method, old.paged):
            self.problem(
                new.id,
                "the HTTP method or the pagination differs between API versions; rename one",
            )
        if len(new.arguments) != len(old.arguments) or _reordered(new.path, old.path):
            self.problem(
                new.id,
                "the path parameters differ between API versions; rename one of the operations",
            )
        responses = tuple(self.responses(new, old))
        if new.paged and len({response.type for response in responses}) > 1:
            self.problem(
                new.id, "another status is a success in another API version; rename one of them"
            )
        merged = replace(
            new,
            available=self.joined(new.available),
            older_paths=(*new.older_paths, *self.older_path(new, old)),
            arguments=tuple(
                replace(newer, type=self.type(newer.type, older.type, new.id, newer.wire_name))
                for newer, older in zip(new.arguments, old.arguments, strict=False)
            ),
            query=self.members(new.query, old.query, new.id, "request"),
            headers=self.members(new.headers, old.headers, new.id, "request"),
            cookies=self.members(new.cookies, old.cookies, new.id, "request"),
            body=self.body(new, old),
            responses=responses,
            errors=_errors(new.errors, old.errors),
            returns=returned(responses),
            item=self.optional_type(new.item, old.item, new.id, "item"),
            repeat=max(new.repeat, old.repeat, key=_CAREFUL.index),
            lookup=new.lookup or old.lookup,
        )
        self.check_arguments(merged)
        return merged

    def check_arguments(self, operation: ir.Operation) -> None:
        """Report arguments that are one in Python, or one for the availability checks."""
        fields = _fields(operation.body)
        placed = (*operation.query, *operation.headers, *operation.cookies)
        keywords: tuple[ir.Parameter | ir.Field, ...] = (*placed, *fields)
        named = [it.name for it in (*operation.arguments, *keywords)]
        checked = (it for it in keywords if it.available.versions or it.required_in)
        limited = {key for it in checked for key in (it.name, it.wire_name)}
        shared = {key for it in placed for key in (it.name, it.wire_name)}
        shared &= {it.wire_name for it in fields}
        if len(set(named)) < len(named) or shared & limited:
            self.problem(
                operation.id,
                "a parameter has another location in another API version; "
                "rename one of the operations",
            )

    def older_path(self, new: ir.Operation, old: ir.Operation) -> tuple[ir.OlderPath, ...]:
        """Return the old path with the new placeholder names, if it still differs."""
        names = iter(_PARAMETER.findall(new.path))
        path = _PARAMETER.sub(lambda found: "{" + next(names, found[1]) + "}", old.path)
        if path == new.path:
            return ()
        return tuple(ir.OlderPath(version=version, path=path) for version in self.older)

    # ── Bodies ───────────────────────────────────────────────────────────────────────────────

    def body(self, new: ir.Operation, old: ir.Operation) -> ir.Body | None:
        if new.body is None or old.body is None:
            versions = self.newer if old.body is None else self.older
            found = new.body or old.body
            return self.limited_body(found, versions) if found is not None else None
        if _form(new.body) != _form(old.body):
            self.problem(
                new.id,
                "the body has another form or media type in another API version; "
                "rename one of the operations",
            )
            return new.body
        whole = new.body.whole
        if whole is not None and old.body.whole is not None:
            whole = self.member(whole, old.body.whole, new.id, "request")
        return replace(
            new.body,
            fields=self.members(new.body.fields, old.body.fields, new.id, "request"),
            whole=whole,
            extra=self.extras(new.body.extra, old.body.extra, new.id),
            required=new.body.required and old.body.required,
            omissible=new.body.omissible and old.body.omissible,
            parts=tuple({it.wire_name: it for it in (*old.body.parts, *new.body.parts)}.values()),
            example=new.body.example or old.body.example,
            available=self.joined(new.body.available),
        )

    def limited_body(self, body: ir.Body, versions: tuple[str, ...]) -> ir.Body:
        """Return a body that only some versions have."""
        limited = body.available.versions or versions
        return replace(
            body,
            fields=tuple(self.limited(field, limited, "request") for field in body.fields),
            whole=self.limited(body.whole, limited, "request") if body.whole else None,
            available=self.only(body.available, limited),
        )

    # ── Responses ────────────────────────────────────────────────────────────────────────────

    def responses(self, new: ir.Operation, old: ir.Operation) -> Iterator[ir.SuccessResponse]:
        """Yield the success responses by status, each with the types of both versions."""
        newer = {response.status: response for response in new.responses}
        older = {response.status: response for response in old.responses}
        for status in sorted({*newer, *older}):
            if status in newer and status in older:
                yield self.response(newer[status], older[status], new.id)
            else:
                yield newer.get(status) or older[status]

    def response(
        self, new: ir.SuccessResponse, old: ir.SuccessResponse, owner: str
    ) -> ir.SuccessResponse:
        if (new.encoding, new.media_type) != (old.encoding, old.media_type) and new.type:
            self.problem(
                owner,
                f"the media type of {new.status} differs between API versions; "
                "rename one of the operations",
            )
        if (new.type is None) is not (old.type is None):
            self.problem(
                owner,
                f"only one API version returns content with {new.status}; "
                "rename one of the operations",
            )
        return replace(
            new,
            headers=tuple(sorted({*new.headers, *old.headers})),
            type=self.optional_type(new.type, old.type, owner, "response"),
        )


def _fields(body: ir.Body | None) -> tuple[ir.Field, ...]:
    """Return the arguments of a body: its fields, or the body as one argument."""
    return () if body is None else (body.whole,) if body.whole is not None else body.fields


def _form(body: ir.Body) -> tuple[object, ...]:
    """Return what must be the same in all versions: one call encodes one form of body."""
    return body.encoding, body.media_type, body.whole is None


def _reordered(new: str, old: str) -> bool:
    """Return whether a path parameter has moved, so that old and new names cannot be matched."""
    newer, older = _PARAMETER.findall(new), _PARAMETER.findall(old)
    return any(
        new_name != old_name and (new_name in older or old_name in newer)
        for new_name, old_name in zip(newer, older, strict=False)
    )


def _errors(
    new: Sequence[ir.ErrorResponse], old: Sequence[ir.ErrorResponse]
) -> tuple[ir.ErrorResponse, ...]:
    """Return the errors of both; a type that only the older version declares is kept."""
    found = {response.status: response for response in old}
    for response in new:
        was = found.get(response.status)
        kept = None if was is None else was.type
        found[response.status] = replace(response, type=response.type or kept)
    return tuple(found[status] for status in sorted(found))
