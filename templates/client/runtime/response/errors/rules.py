"""Rules of one API beyond those of HTTP: its addresses, its errors, and its versions.

Pure. The rules of any API are here; a client with others has a subclass.
"""

from __future__ import annotations

from collections.abc import Mapping

from ...errors import RequestInfo
from ...request.availability import Deployment
from ...request.base_url import BaseUrl
from ...response_errors import StatusError


class ApiRules:
    """Rules of an API of which nothing else is known.

    `owner` is whose API it is, in a message. `path` is the path of a base URL in an example.
    `anonymous` is whether a client without credentials sends none. `page_hosts` is a pattern for the
    hosts of the API's documentation; empty if unknown.
    """

    __slots__ = ()

    owner: str = "the"
    path: str = "/PATH"
    anonymous: bool = True
    page_hosts: str = ""

    def check_base(self, origin: str, path: str) -> None:
        """Raise InvalidArgument if a base URL cannot be that of the API."""

    def deployment(
        self,
        base: BaseUrl,
        versions: tuple[str, ...],
        introduced: Mapping[str, Mapping[str, str]],
    ) -> Deployment:
        """Return the deployment that a client uses: the newest version, of no particular product.

        `versions` are the API versions, newest first. `introduced` maps a version to the first
        release of each product with it.
        """
        del base, introduced
        return Deployment(versions[0], ())

    def is_own(self, status: int, body: Mapping[str, object]) -> bool:
        """Return whether an error is a response of the API, and not of another server."""
        del status, body
        return True

    def error_class(self, status: int, message: str) -> type[StatusError] | None:
        """Return the class for an error; None for that of its status."""
        del status, message
        return None

    def advice(self, request: RequestInfo, status: int, message: str) -> str:
        """Return what to do about an error, for the end of its text; empty if unknown."""
        del request, status, message
        return ""
