"""Rules of GitHub's API: its addresses, its products and their releases, and its errors. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

import msgspec

from ...errors import InvalidArgument, RequestInfo
from ...lazy import publish
from ...request.availability import Deployment, parse_release
from ...request.base_url import BaseUrl
from ...response.errors.rules import ApiRules
from ...response_errors import StatusError, ValidationFailed

PRODUCTS: Mapping[str, str] = {
    "github.com": "github.com",
    "ghec": "GitHub Enterprise Cloud",
    "ghes": "GitHub Enterprise Server",
}
_PRODUCT = re.compile(r"(github\.com|ghec|ghes)(?:-(\d{1,4})\.(\d{1,4}))?\Z")

# `re` compiles a pattern when it is first used, which most programs never do.
# This 422 has no distinct code: `Bad request - Runner "x" is still running a job"` (sic), or `…
# is currently running a job and cannot be deleted.` It must be at the end, so that the name of a
# runner cannot match.
_BUSY = r"(?i)(?s:.*)\bis (?:still|currently) running a job(?: and cannot be deleted)?[\".]*"
# A release of Enterprise Server answers 400 for an API version that it does not know.
_VERSION = r"(?i)\bapi.version\b"
# GitHub's messages for a missing permission, as opposed to a policy that forbids something.
_LACKING = r"(?i)Resource not accessible by |Must have admin rights"


class RunnerBusy(ValidationFailed):
    """422: the runner is running a job and cannot be removed.

    Outcome: Nothing was done.
    What to do: Try again once the job has ended.
    """


class GitHubRules(ApiRules):
    """Rules of GitHub's API, for a product or for any that an address can be of.

    `version` is the API version, by default the newest that the product, or its release, certainly
    supports.
    """

    __slots__ = ("_product", "_version")

    owner = "GitHub's"
    path = "/api/v3"
    anonymous = False
    page_hosts = r"(?:[a-z0-9-]+\.)*github\.com"

    def __init__(self, product: str | None = None, version: str | None = None) -> None:
        self._product = product
        self._version = version

    def check_base(self, origin: str, path: str) -> None:
        """Raise InvalidArgument if a URL is not that of a product's API, and suggest the right one.

        The API of Enterprise Server is below `/api/v3`. A base URL without that path would send the
        token to its web pages. Therefore a bare host other than those of github.com and ghe.com is
        invalid, unless a slash follows it: then the API is at the root, as behind a gateway. A wrong
        path on the right host is invalid too: every response would be a 404, which callers take for
        a missing resource.
        """
        scheme, _, host = origin.partition("://")
        if host in ("github.com", "www.github.com"):
            api = "https://api.github.com"
        elif host.endswith(".ghe.com") and not host.startswith("api."):
            api = f"https://api.{host}"
        elif host == "api.github.com" or host.endswith(".ghe.com"):
            if scheme == "https" and not path.rstrip("/"):
                return
            api = f"https://{host}"
        elif path:
            return
        else:
            api = f"{origin}/api/v3 (or {origin}/ if a gateway serves the API at its root)"
        raise InvalidArgument(f"base_url {origin}{path} is not the address of an API: use {api}")

    def deployment(
        self,
        base: BaseUrl,
        versions: tuple[str, ...],
        introduced: Mapping[str, Mapping[str, str]],
    ) -> Deployment:
        """Return the deployment of the product, or of those that the base URL can belong to.

        Raises InvalidArgument for an unknown version or product.
        """
        if self._product is None:
            products, release = _possible_products(base), None
        else:
            products, release = _parse_product(self._product)
        unversioned = Deployment(
            "",
            products,
            release,
            PRODUCTS,
            newest_known=_newest(introduced, products),
            is_assumed=self._product is None,
        )
        version = self._version
        if version is None:
            supported = (
                it for it in versions if unversioned.supports_version(introduced.get(it, {}))
            )
            version = next(supported, versions[-1])
        if cast("object", version) not in versions:
            known = ", ".join(versions)
            raise InvalidArgument(f"api_version {version!r} is not supported; use {known}")
        return msgspec.structs.replace(unversioned, version=version)

    def is_own(self, status: int, body: Mapping[str, object]) -> bool:
        """Return whether GitHub's API sent an error.

        Callers take NotFound for a missing resource, and a proxy or a wrong base URL also leads to a
        404. GitHub's own has a message.
        """
        return status not in (404, 410) or isinstance(body.get("message"), str)

    def error_class(self, status: int, message: str) -> type[StatusError] | None:
        return RunnerBusy if status == 422 and re.fullmatch(_BUSY, message) else None

    def advice(self, request: RequestInfo, status: int, message: str) -> str:
        if status == 400 and re.search(_VERSION, message):
            return "choose another api_version"
        lacking = status == 403 and request.needs and re.match(_LACKING, message)
        return f"it needs {request.needs}" if lacking else ""


def _parse_product(product: str) -> tuple[tuple[str, ...], tuple[int, int] | None]:
    parts = _PRODUCT.match(product) if isinstance(cast("object", product), str) else None
    if parts is None or (parts[2] is not None and parts[1] != "ghes"):
        raise InvalidArgument(
            f"unknown product {product!r}; use github.com, ghec, ghes, or a release such as ghes-3.19"
        )
    return (parts[1],), (int(parts[2]), int(parts[3])) if parts[2] else None


def _newest(
    introduced: Mapping[str, Mapping[str, str]], products: tuple[str, ...]
) -> tuple[int, int] | None:
    """Return the newest release that the API versions of an API description came with."""
    releases = (one[name] for one in introduced.values() for name in products if name in one)
    return max(map(parse_release, releases), default=None)


def _possible_products(base: BaseUrl) -> tuple[str, ...]:
    """Return the products that a base URL can belong to."""
    if base.is_local:
        return tuple(PRODUCTS)
    host = base.origin.removeprefix("https://")
    if host == "api.github.com":
        return ("github.com", "ghec")
    return ("ghec",) if host.endswith(".ghe.com") else ("ghes",)


publish(__name__)
