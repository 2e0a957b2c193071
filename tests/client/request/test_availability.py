"""API versions and products: what is sent, what is rejected early, what an error says."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any, TypedDict, Unpack

import httpx2
import pytest

import ghrunners
from client.described_methods import METHODS, Method, find
from client.scripted_server import ScriptedServer, json_response
from ghrunners import testing
from ghrunners._runtime.request.availability import Availability, Deployment

TOKEN = "test-token"  # noqa: S105 - nobody's
NEWEST, OLDER = "2026-03-10", "2022-11-28"
SERVER = "https://ghe.example.com/api/v3"
RUNNER: dict[str, object] = {
    "id": 1,
    "name": "r",
    "os": "linux",
    "status": "online",
    "busy": False,
    "labels": [],
}


class Told(TypedDict, total=False):
    """What a caller may say of the place."""

    api_version: str
    product: str


def client(base_url: str | None = None, **told: Unpack[Told]) -> ghrunners.Client:
    return ghrunners.Client(auth=TOKEN, base_url=base_url, **told)


@pytest.mark.parametrize(
    ("base_url", "options", "version"),
    [
        (None, {}, NEWEST),
        (None, {"api_version": OLDER}, OLDER),
        ("https://api.acme.ghe.com", {}, NEWEST),
        (SERVER, {}, OLDER),
        (SERVER, {"product": "ghes-3.20"}, OLDER),
        (SERVER, {"product": "ghes-3.21"}, NEWEST),
        (SERVER, {"product": "ghes-4.0"}, NEWEST),
        (SERVER, {"api_version": NEWEST}, NEWEST),
    ],
)
def test_the_version_is_one_that_the_product_knows(
    base_url: str | None, options: Told, version: str
) -> None:
    """The newest, but on Enterprise Server one that every release knows, or the one told."""
    with client(base_url, **options) as github:
        assert github.api_version == version


@pytest.mark.parametrize("version", [NEWEST, OLDER])
def test_every_page_asks_for_the_version(version: str) -> None:
    """The header is the same on page one and on all that follow."""
    more = {"Link": '</orgs/acme/actions/runners?per_page=100&page=2>; rel="next"'}
    pages = [
        json_response({"total_count": 2, "runners": [RUNNER]}, headers=more),
        json_response({"total_count": 2, "runners": [{**RUNNER, "id": 2}]}),
    ]
    with ScriptedServer(*pages) as server, client(server.url, api_version=version) as github:
        assert len(list(github.org("acme").runners.list())) == 2
        assert [it.header("x-github-api-version") for it in server.requests] == [version] * 2


@pytest.mark.parametrize("version", ["2027-01-01", "", "newest", None, 20260310])
def test_a_version_that_there_is_not_is_refused(version: Any) -> None:
    """An unknown version is told at once, with those that there are; None is the default."""
    if version is None:
        return client(None).close()
    with pytest.raises(ghrunners.InvalidArgument, match=OLDER):
        client(None, api_version=version)
    return None


@pytest.mark.parametrize("product", ["github", "ghes-", "ghec-3.1", "GHES", "ghes-3", ""])
def test_a_product_that_there_is_not_is_refused(product: str) -> None:
    """A misspelt product is told at once."""
    with pytest.raises(ghrunners.InvalidArgument, match=r"ghes-3\.19"):
        client(None, product=product)


@pytest.mark.parametrize(
    ("base_url", "product", "name", "expected"),
    [
        (None, None, "org.hosted_runners.list", True),
        (None, None, "enterprise.runners.list", True),
        (None, "github.com", "enterprise.runners.list", False),
        (None, "ghec", "enterprise.runners.list", True),
        (SERVER, None, "org.hosted_runners.list", False),
        (SERVER, None, "org.runners.list", True),
        (SERVER, None, "org.runner_settings.get", True),
        (SERVER, "ghes-3.18", "org.runner_settings.get", False),
        (SERVER, "ghes-3.19", "org.runner_settings.get", True),
        (SERVER, "ghes-3.9", "repo.runners.generate_jit_config", False),
        (SERVER, "ghes-3.10", "repo.runners.generate_jit_config", True),
    ],
)
def test_supports(base_url: str | None, product: str | None, name: str, expected: bool) -> None:
    """What a product has, by the release where one is told."""
    told: Told = {"product": product} if product else {}
    with client(base_url, **told) as github:
        assert github.supports(name) is expected


@pytest.mark.parametrize(
    "name", ["runners.list", "org.runners", "org.runners.nothing", "org.runners.LIST", "", None]
)
def test_what_is_no_operation_is_refused(name: Any) -> None:
    """A misspelt operation is not just unsupported."""
    with client() as github, pytest.raises(ghrunners.InvalidArgument, match="no operation"):
        github.supports(name)


def test_a_field_that_the_product_lacks_is_refused_before_it_is_sent() -> None:
    """It would be ignored in silence; nothing is sent."""
    with ScriptedServer() as server, client(server.url, product="ghes-3.19") as github:
        with pytest.raises(
            ghrunners.NotAvailable, match=r"network_configuration_id .*Enterprise Server 3\.19"
        ):
            github.org("acme").runner_groups.update(4, name="x", network_configuration_id="y")
        assert server.requests == []


def has(product: str, method: Method) -> bool:
    """Return whether the spec says that a product has an operation."""
    name, _, release = product.partition("-")
    products = method.operation.written.at("x-runnersmith").at("products")
    if (since := products.text(name)) is None or since == "all" or not release:
        return since is not None
    return [int(it) for it in since.split(".")] <= [int(it) for it in release.split(".")]


async def call(github: object, method: Method) -> None:
    """Call a method with examples of what it requires; of a list, every page."""
    path = method.examples
    arguments = [path[name] for name in method.arguments]
    result: Any = find(github, method, path)(*arguments, **method.required_arguments)
    if inspect.isawaitable(result):
        await result
    elif method.paged:
        _ = [it async for it in result] if hasattr(result, "__aiter__") else list(result)


@pytest.mark.parametrize("made", [ghrunners.Client, ghrunners.AsyncClient])
@pytest.mark.parametrize("product", ["github.com", "ghec", "ghes", "ghes-3.9", "ghes-3.19"])
def test_an_operation_that_the_product_lacks_is_not_sent(
    product: str, made: type[ghrunners.Client | ghrunners.AsyncClient]
) -> None:
    """NotAvailable is raised for all that the product lacks, as `supports` says; others are sent."""
    sent: list[str] = []

    def refuse(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.url.path)
        return httpx2.Response(403, json={"message": "Must have admin rights"})

    async def main() -> None:
        github = made(
            auth=TOKEN, base_url=SERVER, product=product, transport=httpx2.MockTransport(refuse)
        )
        for method in METHODS:
            sent.clear()
            exists = has(product, method)
            expected = ghrunners.Forbidden if exists else ghrunners.NotAvailable
            with pytest.raises(ghrunners.ClientError) as caught:
                await call(github, method)
            assert caught.type is expected, method
            assert (len(sent), github.supports(str(method))) == (exists, exists), method

    asyncio.run(main())


@pytest.mark.parametrize(
    ("product", "words"),
    [
        ("ghes-3.19", "GitHub Enterprise Server 3.19 does not have it, only github.com"),
        ("ghes", "GitHub Enterprise Server does not have it, only github.com"),
        (None, r"GitHub Enterprise Server \(by the address; `product` states another\)"),
    ],
)
def test_the_error_names_the_operation_and_the_products(product: str | None, words: str) -> None:
    """It also says if the product is only assumed, and how to state another."""
    told: Told = {"product": product} if product else {}
    pattern = f"get-hosted-runner-for-org: {words}"
    with client(SERVER, **told) as github, pytest.raises(ghrunners.NotAvailable, match=pattern):
        github.org("acme").hosted_runners.get(7)


@pytest.mark.parametrize("status", [404, 410])
def test_a_newer_release_may_have_what_earlier_ones_lack(status: int) -> None:
    """The call is sent. A 404 that may mean "not on this product" does not read as "it is gone"."""
    answer = json_response({"message": "Not Found"}, status=status)
    with ScriptedServer(answer, answer) as server:
        with (
            client(server.url, product="ghes-3.22") as github,
            pytest.raises(ghrunners.StatusError) as caught,
        ):
            github.org("acme").hosted_runners.get(7)
        assert "no release of GitHub Enterprise Server up to 3.21 has it" in str(caught.value)
        with (
            client(server.url, product="ghec") as github,
            pytest.raises(ghrunners.StatusError) as caught,
        ):
            github.org("acme").hosted_runners.get(7)
        assert "has it" not in str(caught.value)


def test_a_newer_release_gets_no_argument_that_earlier_ones_lack() -> None:
    """A server that lacks it would ignore it, and nobody would notice."""
    with (
        client(SERVER, product="ghes-3.22") as github,
        pytest.raises(ghrunners.NotAvailable, match=r"network_configuration_id .* up to 3\.21"),
    ):
        github.org("acme").runner_groups.update(4, name="x", network_configuration_id="y")


@pytest.mark.parametrize(
    ("available", "certain"),
    [
        (Availability(products={"ghec": ""}), False),
        (Availability(products={"ghec": "", "ghes": "3.23"}), True),
        (Availability(products={"ghec": "", "ghes": "3.22"}), False),
        (Availability(versions=(NEWEST,)), True),
    ],
)
def test_what_a_newer_release_certainly_lacks(available: Availability, *, certain: bool) -> None:
    """What came with a later release, or is not in the API version."""
    newer = Deployment(OLDER, ("ghes",), (3, 22), newest_known=(3, 21))
    assert (newer.certainly_missing(available) is not None) is certain


def test_a_newer_release_is_not_said_to_have_what_earlier_ones_lack() -> None:
    """`supports` says what the client knows."""
    with client(SERVER, product="ghes-3.22") as github:
        assert not github.supports("org.hosted_runners.get")


def test_async_is_the_same() -> None:
    """Version, product and supports of the asynchronous client."""

    async def main() -> None:
        async with ghrunners.AsyncClient(
            auth=TOKEN, base_url=SERVER, product="ghes-3.21"
        ) as github:
            assert github.api_version == NEWEST
            assert not github.supports("org.hosted_runners.list")
            with pytest.raises(ghrunners.NotAvailable):
                await github.org("acme").runner_groups.create(
                    name="x", network_configuration_id="y"
                )

    asyncio.run(main())


def test_a_field_of_one_version_is_optional_and_says_so() -> None:
    """It reads None where the version has it not."""
    assert ghrunners.models.Repository.__struct_fields__.index("has_downloads") > 0
    assert "has_downloads" in ghrunners.models.MinimalRepository.__struct_fields__


def test_the_test_kit_is_not_asked_for_what_the_product_lacks() -> None:
    """A program that is tested for a release of Enterprise Server fails as it does there."""
    server = testing.MockServer()
    with (
        server.client(product="ghes-3.19", base_url=SERVER) as github,
        pytest.raises(ghrunners.NotAvailable, match=r"Enterprise Server 3\.19 does not have it"),
    ):
        github.org("acme").hosted_runners.get_limits()
    assert not server.calls
