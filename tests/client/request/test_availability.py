"""API versions and products: what is sent, what is rejected early, what an error says."""

from __future__ import annotations

import asyncio
from typing import Any, TypedDict, Unpack

import pytest

import ghrunners
from client.scripted_server import ScriptedServer, json_response

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


@pytest.mark.parametrize("status", [404, 410])
def test_an_error_says_that_the_product_lacks_the_operation(status: int) -> None:
    """A 404 that means "not on this product" does not read as "it is gone"."""
    answer = json_response({"message": "Not Found"}, status=status)
    with ScriptedServer(answer, answer) as server:
        with (
            client(server.url, product="ghes-3.19") as github,
            pytest.raises(ghrunners.StatusError) as caught,
        ):
            github.org("acme").hosted_runners.get(7)
        assert "GitHub Enterprise Server 3.19 does not have it" in str(caught.value)
        with (
            client(server.url, product="ghec") as github,
            pytest.raises(ghrunners.StatusError) as caught,
        ):
            github.org("acme").hosted_runners.get(7)
        assert "does not have it" not in str(caught.value)


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
