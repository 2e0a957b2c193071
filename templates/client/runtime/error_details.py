"""Details that errors carry: the request of a call, and the field errors of a response. Pure."""

from __future__ import annotations

import msgspec


class RequestInfo(msgspec.Struct, frozen=True, kw_only=True):
    """Which call it was. `path` is what travelled, escaped, without its query; `note` says why
    the product may lack it, when it may; `needs` says which permissions it takes.
    """

    operation: str
    method: str
    path: str
    note: str = ""
    needs: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of the `errors` of a 422; what GitHub did not say is None."""

    resource: str | None = None
    field: str | None = None
    code: str | None = None
    message: str | None = None

    def __str__(self) -> str:
        said = (self.resource, self.field, self.code, self.message)
        return " ".join(part for part in said if part is not None)
