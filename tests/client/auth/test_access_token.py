"""Handing out a token for other tools: which one it is, how long it is valid, and what it shows."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from datetime import UTC, datetime
from inspect import isawaitable
from typing import Any

import pytest

import ghrunners
from client.auth.github_app_server import GitHubAppServer, app, bearer
from client.runtime_api import FakeClock, clear_environment
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response

TOKEN = "plain-and-secret"  # noqa: S105 - not real
SETTINGS = json_response({"enabled_repositories": "all"})

flavours = pytest.mark.parametrize(
    "kind", [ghrunners.Client, ghrunners.AsyncClient], ids=["sync", "async"]
)
AnyClient = type[ghrunners.Client] | type[ghrunners.AsyncClient]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment of the test run may say."""
    clear_environment(monkeypatch)


def run(
    kind: AnyClient, url: str, auth: Any, work: Callable[[Any], list[Any]], clock: FakeClock
) -> list[Any]:
    """Return the results of calls of a client; awaitable ones are awaited in order."""

    async def main() -> list[Any]:
        client: Any = kind(auth=auth, base_url=url, retry=None)
        client._core.state.clock = clock
        try:
            made = work(client)
            return [await one if isawaitable(one) else one for one in made]
        finally:
            if isinstance(client, ghrunners.Client):
                client.close()
            else:
                await client.aclose()

    return asyncio.run(main())


@flavours
def test_an_app_hands_out_the_token_of_its_installation(kind: AnyClient) -> None:
    """The one that its calls use, whether the scope is given or named."""
    github = GitHubAppServer(FakeClock())
    github.done["self-hosted-runners"] = SETTINGS
    with ScriptedServer(default=github) as server:
        tokens = run(
            kind,
            server.url,
            app(),
            lambda client: [
                client.token(client.org("acme")),
                client.token("acme"),
                client.token(client.repo("acme", "app")),
                client.token("beta"),
                client.org("acme").runner_settings.get(),
            ],
            github.clock,
        )
    first, again, repo, other, _ = tokens
    assert isinstance(first, ghrunners.AccessToken)
    assert (first, first) == (again, repo)
    assert {first.token, other.token} == set(github.tokens)
    assert first.expires_at == datetime.fromtimestamp(int(github.now) + 3600, UTC)
    assert bearer(server.requests[-1]) == first.token
    assert github.log == [
        "GET /orgs/acme/installation",
        "POST /app/installations/7/access_tokens",
        "GET /repos/acme/app/installation",
        "GET /orgs/beta/installation",
        "POST /app/installations/8/access_tokens",
        "GET /orgs/acme/actions/permissions/self-hosted-runners",
    ]


@flavours
def test_a_token_that_is_handed_out_is_valid_for_a_minute(kind: AnyClient) -> None:
    """One that ends sooner is renewed first."""
    github = GitHubAppServer(FakeClock())

    def work(client: Any) -> list[Any]:
        async def later() -> Any:
            github.clock.passed += 3541
            found = client.token("acme")
            return await found if isawaitable(found) else found

        return [client.token("acme"), later()]

    with ScriptedServer(default=github) as server:
        first, second = run(kind, server.url, app(7), work, github.clock)
    assert first.token != second.token
    assert github.log == ["POST /app/installations/7/access_tokens"] * 2


@flavours
@pytest.mark.parametrize("auth", [TOKEN, lambda: TOKEN])
def test_another_client_hands_out_its_own_token(kind: AnyClient, auth: Any) -> None:
    """Nothing is sent, and nothing is known of its end."""
    with ScriptedServer() as server:
        (found,) = run(
            kind, server.url, auth, lambda client: [client.token("enterprises/e")], FakeClock()
        )
    assert found == ghrunners.AccessToken(token=TOKEN, expires_at=None)
    assert server.requests == []


def test_a_token_shows_nowhere() -> None:
    """Not in a repr or a pickle."""
    found = ghrunners.AccessToken(token=TOKEN)
    assert repr(found) == str(found) == "AccessToken(token=***, expires_at=None)"
    with pytest.raises(TypeError, match="cannot be pickled"):
        pickle.dumps(found)


@flavours
@pytest.mark.parametrize(
    ("scope", "error"),
    [
        ("nobody", ghrunners.SignInFailed),
        ("enterprises/e", ghrunners.InvalidArgument),
        ("..", ghrunners.InvalidArgument),
        ("a/b/c", ghrunners.InvalidArgument),
        (7, TypeError),
        (None, TypeError),
    ],
)
def test_where_there_is_none_is_an_error(
    kind: AnyClient, scope: Any, error: type[Exception]
) -> None:
    """The one that a call there would raise."""
    github = GitHubAppServer(FakeClock())
    with ScriptedServer(default=github) as server, pytest.raises(error):
        run(kind, server.url, app(), lambda client: [client.token(scope)], github.clock)
    assert [one for one in github.log if "nobody" not in one] == []


@flavours
def test_a_token_that_does_not_come_is_an_error(kind: AnyClient) -> None:
    """With the App's request that failed."""
    with (
        ScriptedServer(default=ScriptedResponse(status=503)) as server,
        pytest.raises(ghrunners.ServerError) as caught,
    ):
        run(kind, server.url, app(7), lambda client: [client.token("acme")], FakeClock())
    assert caught.value.request.operation == "apps/create-installation-access-token"


def test_a_closed_client_hands_out_nothing() -> None:
    """Not even a token that it has."""
    client = ghrunners.Client(auth=TOKEN)
    client.close()
    with pytest.raises(ghrunners.ClientClosed):
        client.token("acme")
