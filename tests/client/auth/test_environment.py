"""Making a client from the environment: where the API is, and how to sign in there."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import jwt
import pytest

from client.auth.github_app_server import (
    CLIENT_ID,
    GitHubAppServer,
    bearer,
    parts_of_secret,
    pem,
    reported_text,
)
from client.runtime_api import GET, THING, AnyClient, AsyncClient, Client, FakeClock, either
from client.scripted_server import ScriptedServer, json_response
from ghrunners._runtime.call.core import Core
from ghrunners._runtime.client.github.client import AsyncClientOptions, ClientOptions
from ghrunners._runtime.errors import InvalidArgument, SignInFailed

NAMES = (
    "GITHUB_API_URL GH_HOST GITHUB_TOKEN GH_TOKEN GH_ENTERPRISE_TOKEN GITHUB_ENTERPRISE_TOKEN "
    "GITHUB_APP_CLIENT_ID GITHUB_APP_ID GITHUB_APP_PRIVATE_KEY GITHUB_APP_PRIVATE_KEY_PATH "
    "GITHUB_APP_INSTALLATION_ID"
).split()

PEM = "«the key»"
"""Stands for the key, which is not made while tests are collected."""


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return an environment that says nothing."""
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def told(environment: pytest.MonkeyPatch, variables: Mapping[str, str]) -> None:
    """Set variables."""
    for name, value in variables.items():
        environment.setenv(name, value.replace(PEM, pem()))


def core_of(client: Client | AsyncClient) -> Core:
    return client.core


# ── Where, and with which token ──────────────────────────────────────────────────────────────


@either
@pytest.mark.parametrize(
    ("variables", "base_url", "token"),
    [
        ({"GITHUB_TOKEN": "a"}, "https://api.github.com", "a"),
        ({"GH_TOKEN": " b\n"}, "https://api.github.com", "b"),
        ({"GITHUB_TOKEN": "a", "GH_TOKEN": " "}, "https://api.github.com", "a"),
        ({"GITHUB_TOKEN": "a", "GH_TOKEN": "a"}, "https://api.github.com", "a"),
        (
            {"GITHUB_TOKEN": "a", "GH_ENTERPRISE_TOKEN": "c"},
            "https://api.github.com",
            "a",
        ),
        ({"GITHUB_TOKEN": "a", "GH_HOST": "github.com"}, "https://api.github.com", "a"),
        ({"GITHUB_TOKEN": "a", "GH_HOST": "GitHub.com "}, "https://api.github.com", "a"),
        ({"GITHUB_TOKEN": "a", "GH_HOST": "acme.ghe.com"}, "https://api.acme.ghe.com", "a"),
        ({"GITHUB_TOKEN": "a", "GH_HOST": "api.acme.ghe.com"}, "https://api.acme.ghe.com", "a"),
        (
            {"GH_ENTERPRISE_TOKEN": "c", "GH_HOST": "git.example.com"},
            "https://git.example.com/api/v3",
            "c",
        ),
        (
            {
                "GITHUB_ENTERPRISE_TOKEN": "d",
                "GITHUB_TOKEN": "a",
                "GH_HOST": "git.example.com:8443",
            },
            "https://git.example.com:8443/api/v3",
            "d",
        ),
        (
            {"GITHUB_TOKEN": "a", "GITHUB_API_URL": "https://api.github.com"},
            "https://api.github.com",
            "a",
        ),
        (
            {"GITHUB_TOKEN": "a", "GITHUB_API_URL": "https://git.example.com/api/v3"},
            "https://git.example.com/api/v3",
            "a",
        ),
        (
            {"GH_ENTERPRISE_TOKEN": "c", "GITHUB_API_URL": "https://git.example.com/api/v3/"},
            "https://git.example.com/api/v3",
            "c",
        ),
        (
            {
                "GH_HOST": "git.example.com",
                "GITHUB_API_URL": "https://git.example.com/api/v3",
                "GITHUB_TOKEN": "a",
            },
            "https://git.example.com/api/v3",
            "a",
        ),
    ],
)
def test_address_and_token_are_the_environment_s(
    kind: AnyClient,
    variables: dict[str, str],
    base_url: str,
    token: str,
    environment: pytest.MonkeyPatch,
) -> None:
    """As Actions and the gh CLI set them: a token goes to the server that it is meant for."""
    told(environment, variables)
    client = kind.from_env()
    assert client.base_url == base_url
    (found,) = core_of(client).state.source.known
    assert found.reveal() == token


@either
@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({}, "set GITHUB_TOKEN or GH_TOKEN"),
        ({"GITHUB_TOKEN": " ", "GH_ENTERPRISE_TOKEN": "SECRET"}, "set GITHUB_TOKEN or GH_TOKEN"),
        ({"GITHUB_TOKEN": "SECRET a"}, "the token of GITHUB_TOKEN contains white space"),
        (
            {"GITHUB_TOKEN": "SECRET1", "GH_TOKEN": "SECRET2"},
            "GITHUB_TOKEN and GH_TOKEN contain diff",
        ),
        (
            {"GITHUB_TOKEN": "SECRET", "GH_HOST": "git.example.com"},
            "Enterprise Server of GH_HOST: set GH_ENTERPRISE_TOKEN or GITHUB_ENTERPRISE_TOKEN",
        ),
        (
            {"GITHUB_API_URL": "https://git.example.com/api/v3"},
            "the Enterprise Server of GITHUB_API_URL: set GITHUB_TOKEN or GH_TOKEN or GH_ENTERPRISE",
        ),
        (
            {
                "GITHUB_API_URL": "https://api.github.com",
                "GH_HOST": "git.example.com",
                "GITHUB_TOKEN": "SECRET",
            },
            "GITHUB_API_URL and GH_HOST name different servers",
        ),
        (
            {
                "GITHUB_API_URL": "https://git.example.com/api/v3",
                "GH_TOKEN": "SECRET1",
                "GH_ENTERPRISE_TOKEN": "SECRET2",
            },
            "GH_TOKEN and GH_ENTERPRISE_TOKEN contain different tokens",
        ),
        ({"GITHUB_TOKEN": "x", "GH_HOST": "https://SECRET"}, "GH_HOST is not a host"),
        ({"GITHUB_TOKEN": "x", "GH_HOST": "SECRET/api"}, "GH_HOST is not a host"),
        ({"GITHUB_TOKEN": "x", "GH_HOST": "SECRET@host"}, "GH_HOST is not a host"),
        ({"GITHUB_TOKEN": "x", "GITHUB_API_URL": "SECRET"}, "GITHUB_API_URL is not the URL"),
        ({"GITHUB_TOKEN": "x", "GITHUB_API_URL": "http://SECRET"}, "GITHUB_API_URL is not the URL"),
        (
            {"GITHUB_TOKEN": "SECRET", "GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY": PEM},
            r"both a token \(GITHUB_TOKEN\) and a GitHub App \(GITHUB_APP_ID and GITHUB_APP_PRIV",
        ),
        ({"GITHUB_APP_ID": "SECRET"}, "set GITHUB_APP_PRIVATE_KEY or GITHUB_APP_PRIVATE_KEY_PATH"),
        ({"GITHUB_APP_PRIVATE_KEY": PEM}, "set GITHUB_APP_CLIENT_ID or GITHUB_APP_ID too"),
        (
            {"GITHUB_APP_INSTALLATION_ID": "5"},
            "GITHUB_APP_INSTALLATION_ID: for a GitHub App, set GITHUB_APP_CLIENT_ID",
        ),
        (
            {"GITHUB_APP_ID": "1", "GITHUB_APP_CLIENT_ID": "a", "GITHUB_APP_PRIVATE_KEY": PEM},
            "GITHUB_APP_CLIENT_ID and GITHUB_APP_ID are both set",
        ),
        (
            {
                "GITHUB_APP_ID": "1",
                "GITHUB_APP_PRIVATE_KEY": PEM,
                "GITHUB_APP_PRIVATE_KEY_PATH": "SECRET",
            },
            "GITHUB_APP_PRIVATE_KEY and GITHUB_APP_PRIVATE_KEY_PATH are both set",
        ),
        (
            {"GITHUB_APP_ID": "SECRET", "GITHUB_APP_PRIVATE_KEY": PEM},
            "GITHUB_APP_ID and GITHUB_APP_PRIVATE_KEY: app_id must be a positive number",
        ),
        ({"GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY": "SECRET"}, "private_key is not the PEM"),
        (
            {"GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY_PATH": "/nowhere/SECRET"},
            "the file of GITHUB_APP_PRIVATE_KEY_PATH cannot be read: No such file",
        ),
        (
            {"GITHUB_APP_ID": "1", "GITHUB_APP_PRIVATE_KEY_PATH": PEM},
            "the file of GITHUB_APP_PRIVATE_KEY_PATH cannot be read",
        ),
        (
            {
                "GITHUB_APP_ID": "1",
                "GITHUB_APP_PRIVATE_KEY": PEM,
                "GITHUB_APP_INSTALLATION_ID": "SECRET",
            },
            "GITHUB_APP_INSTALLATION_ID is not a number",
        ),
        (
            {
                "GITHUB_APP_ID": "1",
                "GITHUB_APP_PRIVATE_KEY": PEM,
                "GITHUB_APP_INSTALLATION_ID": "0",
            },
            "installation_id must be positive",
        ),
    ],
)
def test_an_environment_that_is_half_set_or_ambiguous_is_refused(
    kind: AnyClient, variables: dict[str, str], said: str, environment: pytest.MonkeyPatch
) -> None:
    """The error names the variables, and shows none of their values; nor does any frame."""
    told(environment, variables)
    with pytest.raises(InvalidArgument, match=said) as caught:
        kind.from_env()
    shown = reported_text(caught.value)
    assert "environment_config:" in shown
    for secret in ("SECRET", *parts_of_secret(pem())):
        assert secret.lower() not in str(caught.value).lower()
        assert secret not in shown


# ── An App ───────────────────────────────────────────────────────────────────────────────────


def apps(folder: Path) -> Iterator[dict[str, str]]:
    """Return every way to say which App it is."""
    path = folder / "key.pem"
    path.write_text(pem())
    yield {"GITHUB_APP_CLIENT_ID": CLIENT_ID, "GITHUB_APP_PRIVATE_KEY": PEM}
    yield {"GITHUB_APP_CLIENT_ID": CLIENT_ID, "GITHUB_APP_PRIVATE_KEY_PATH": str(path)}
    one_line = pem().replace("\n", "\\n")
    yield {"GITHUB_APP_CLIENT_ID": CLIENT_ID, "GITHUB_APP_PRIVATE_KEY": one_line}
    yield {
        "GITHUB_APP_CLIENT_ID": CLIENT_ID,
        "GITHUB_APP_PRIVATE_KEY": PEM,
        "GITHUB_APP_INSTALLATION_ID": "7",
    }


def test_an_app_of_the_environment_signs_in(
    environment: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Sync and async, with its key in a variable or in a file."""
    for variables in apps(tmp_path):
        github = GitHubAppServer(FakeClock())
        with ScriptedServer(default=github) as server, environment.context() as local:
            told(local, {**variables, "GITHUB_API_URL": server.url})

            with Client.from_env() as client:
                client.core.state.clock = github.clock
                assert client.org().call(GET, path={"thing": 7}).id == 7

            async def main(github: GitHubAppServer = github) -> None:
                async with AsyncClient.from_env() as client:
                    client.core.state.clock = github.clock
                    await client.org().call(GET, path={"thing": 7})

            asyncio.run(main())
        look_ups = [entry for entry in github.log if entry.endswith("/installation")]
        assert len(look_ups) == (0 if "GITHUB_APP_INSTALLATION_ID" in variables else 2)


def test_an_app_may_be_known_by_its_number(environment: pytest.MonkeyPatch) -> None:
    """The older of its two names."""
    with ScriptedServer(json_response({"message": "Not Found"}, 404)) as server:
        told(environment, {"GITHUB_APP_ID": "12345", "GITHUB_APP_PRIVATE_KEY": PEM})
        told(environment, {"GITHUB_API_URL": server.url})
        with Client.from_env() as client, pytest.raises(SignInFailed):
            client.org().call(GET, path={"thing": 7})
    claims = jwt.decode(bearer(server.only), options={"verify_signature": False})
    assert claims["iss"] == "12345"


# ── The other arguments ──────────────────────────────────────────────────────────────────────


@either
def test_other_arguments_are_passed_on(kind: AnyClient, environment: pytest.MonkeyPatch) -> None:
    """All but the two that the environment gives."""
    environment.setenv("GITHUB_TOKEN", "x")
    client = kind.from_env(api_version="2022-11-28", timeout=7.0, max_wait=3.0)
    options = core_of(client).flows.options
    assert (client.api_version, options.timeout.total, options.max_wait) == ("2022-11-28", 7.0, 3.0)
    for name in ("auth", "base_url"):
        with pytest.raises(TypeError, match=f"multiple values for keyword argument '{name}'"):
            kind.from_env(**{name: "x"})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


def test_other_arguments_are_those_of_a_client() -> None:
    """So that what a client learns, `from_env` knows; type checkers compare their types."""
    kinds: list[tuple[type[Any], type[Any]]] = [
        (Client, ClientOptions),
        (AsyncClient, AsyncClientOptions),
    ]
    for kind, arguments in kinds:
        given = inspect.signature(kind).parameters.keys() - {"auth", "base_url"}
        assert arguments.__optional_keys__ == given


@either
def test_the_environment_s_token_is_sent(kind: AnyClient, environment: pytest.MonkeyPatch) -> None:
    """To the address of Actions."""
    with ScriptedServer(json_response(THING)) as server:
        told(environment, {"GITHUB_API_URL": server.url, "GITHUB_TOKEN": "from-actions"})
        if issubclass(kind, Client):
            with kind.from_env() as client:
                client.org().call(GET, path={"thing": 7})
        else:

            async def main() -> None:
                async with AsyncClient.from_env() as client:
                    await client.org().call(GET, path={"thing": 7})

            asyncio.run(main())
    assert server.only.header("authorization") == "Bearer from-actions"
