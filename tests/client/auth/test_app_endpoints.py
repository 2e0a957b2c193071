"""Endpoints that a GitHub App calls as itself, such as the list of its installations."""

from __future__ import annotations

import asyncio
import time
from email.utils import formatdate
from typing import Any

import httpx2
import jwt
import pytest

import ghrunners
from client.auth.github_app_server import app, key


class Server:
    """GitHub for an App, with a clock that is ahead of the client's."""

    def __init__(self, ahead: float = 0.0) -> None:
        self.ahead = ahead
        self.log: list[str] = []
        self.accepts = True

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        """Respond to a request whose JWT is valid now."""
        now = time.time() + self.ahead
        self.log.append(request.url.path)
        token = request.headers["authorization"].partition(" ")[2]
        checks: Any = {"verify_exp": False, "verify_iat": False}
        claims = jwt.decode(token, key().public_key(), ["RS256"], checks)
        valid = claims["iat"] <= now < claims["exp"] <= now + 600
        headers = {"Date": formatdate(now, usegmt=True)}
        if not valid or not self.accepts:
            return httpx2.Response(401, json={"message": "bad JWT"}, headers=headers)
        return httpx2.Response(200, json={"id": 7}, headers=headers)

    def get(self, *paths: str, installation_id: int | None = None) -> list[object]:
        """Read paths with a `Client` of the App."""
        transport = httpx2.MockTransport(self)
        with ghrunners.Client(auth=app(installation_id), transport=transport) as client:
            return [client.request("GET", path) for path in paths]

    async def aget(self, *paths: str) -> list[object]:
        """Read paths with an `AsyncClient` of the App."""
        transport = httpx2.MockTransport(self)
        async with ghrunners.AsyncClient(auth=app(), transport=transport) as client:
            return [await client.request("GET", path) for path in paths]


@pytest.mark.parametrize("installation_id", [None, 5])
@pytest.mark.parametrize("path", ["/app", "/app/installations", "/app/hook/config"])
def test_the_app_calls_its_own_endpoints(path: str, installation_id: int | None) -> None:
    """With a JWT, whether or not it has one installation. No installation is looked up."""
    server = Server()
    assert server.get(path, path, installation_id=installation_id) == [{"id": 7}] * 2
    assert server.log == ["/app", path, path]


@pytest.mark.parametrize("ahead", [-86_400.0, 3_600.0])
def test_a_wrong_clock_is_corrected(ahead: float) -> None:
    """The first request finds the server's time; none after it is rejected."""
    server = Server(ahead)
    assert server.get("/app/installations", "/app/installations") == [{"id": 7}] * 2
    assert server.log == ["/app", "/app", "/app/installations", "/app/installations"]


def test_an_async_client_calls_them_too() -> None:
    """As a `Client` does."""
    assert asyncio.run(Server().aget("/app/installations")) == [{"id": 7}]


def test_a_rejected_app_is_named() -> None:
    """The error says to check the key."""
    server = Server()
    server.accepts = False
    with pytest.raises(ghrunners.SignInFailed, match="check that its private key is right"):
        server.get("/app/installations")


@pytest.mark.parametrize("path", ["/apps/octoapp", "/application", "/user"])
def test_other_paths_are_not_the_app_s_own(path: str) -> None:
    """Nothing is sent for what neither the App nor an installation can call."""
    server = Server()
    with pytest.raises(ghrunners.InvalidArgument, match="does not accept the token"):
        server.get(path)
    assert server.log == []


def test_a_failed_installation_without_an_account_is_named() -> None:
    """The path of the request names no account."""
    server = Server()
    server.accepts = False
    with pytest.raises(ghrunners.SignInFailed, match="check that its private key is right"):
        server.get("/installation/repositories", installation_id=5)
