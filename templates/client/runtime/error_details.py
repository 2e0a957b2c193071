"""Details that errors carry: the request of a call, and the field errors of a response. Pure."""

from __future__ import annotations

import msgspec

from .lazy import publish


class RequestInfo(msgspec.Struct, frozen=True, kw_only=True):
    """The request of a failed call, as far as it may be shown.

    Attributes:
        operation: The id of the operation.
        method: The HTTP method.
        path: The path as it was sent, without the query.
        note: Why the server may lack the operation, if it may.
        needs: The permissions that the operation needs, if the API description names them.
    """

    operation: str
    method: str
    path: str
    note: str = ""
    needs: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


class FieldError(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of `errors` in a 422 response; a part that the server left out is None.

    Attributes:
        resource: The kind of resource that was validated.
        field: The field that is wrong.
        code: What is wrong with it, as a code such as `missing_field` or `already_exists`.
        message: What is wrong with it, in words.
    """

    resource: str | None = None
    field: str | None = None
    code: str | None = None
    message: str | None = None

    def __str__(self) -> str:
        said = (self.resource, self.field, self.code, self.message)
        return " ".join(part for part in said if part is not None)


publish(__name__)
