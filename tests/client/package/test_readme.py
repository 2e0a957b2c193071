"""The client's own README: each of its examples runs as it stands there, against our server."""

from __future__ import annotations

import re
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import ghrunners
from client.runtime_api import clear_environment
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response

README = Path(__file__).parents[3] / "generated" / "README.md"

RUNNER: dict[str, object] = {
    "id": 7,
    "name": "r1",
    "os": "linux",
    "status": "online",
    "busy": False,
    "labels": [],
}
ETAG = '"one"'
BUDGET = {
    "X-RateLimit-Limit": "5000",
    "X-RateLimit-Remaining": "4999",
    "X-RateLimit-Used": "1",
    "X-RateLimit-Reset": "1700000000",
    "X-RateLimit-Resource": "core",
}
SETTINGS = {"enabled_repositories": "all"}
TOKEN = {"token": "ghs_made-up-for-the-readme", "expires_at": "2099-01-01T00:00:00Z"}

ANSWERS: dict[tuple[str, str], ScriptedResponse] = {
    ("GET", "/orgs/acme/actions/runners"): json_response(
        {"total_count": 1, "runners": [RUNNER]}, headers={"ETag": ETAG, **BUDGET}
    ),
    ("GET", "/orgs/acme/actions/runners/7"): json_response(
        RUNNER, headers={"ETag": ETAG, **BUDGET}
    ),
    ("DELETE", "/orgs/acme/actions/runners/7"): json_response(
        {"message": 'Bad request - Runner "r1" is still running a job'}, 422
    ),
    ("POST", "/orgs/acme/actions/runners/generate-jitconfig"): json_response(
        {"runner": RUNNER, "encoded_jit_config": "bWFkZSB1cA=="}, 201
    ),
    ("GET", "/orgs/acme/actions/permissions/self-hosted-runners"): json_response(SETTINGS),
    ("GET", "/orgs/acme/teams"): json_response([{"slug": "platform"}]),
    ("GET", "/orgs/acme/teams/web"): json_response({"slug": "web"}),
    ("GET", "/orgs/acme/installation"): json_response({"id": 1, "suspended_at": None}),
    ("POST", "/app/installations/1/access_tokens"): json_response(TOKEN, 201),
}


def answer(request: ReceivedRequest) -> ScriptedResponse:
    """Answer as GitHub would, as far as the examples ask."""
    if request.header("if-none-match") == ETAG:
        return ScriptedResponse(status=304, headers={"ETag": ETAG})
    return ANSWERS[request.method, request.target.partition("?")[0]]


def examples() -> list[str]:
    return re.findall(r"```python\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)


@contextmanager
def at_home(monkeypatch: pytest.MonkeyPatch, folder: Path) -> Generator[ScriptedServer]:
    """Let clients that are made talk to our server, and files be looked for in a folder."""
    clear_environment(monkeypatch)
    monkeypatch.setenv("GITHUB_TOKEN", "made-up")
    monkeypatch.chdir(folder)
    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    (folder / "app.pem").write_bytes(key)
    (folder / "token.txt").write_text("made-up\n")
    with ScriptedServer(default=answer) as server:

        class Local(ghrunners.Client):
            def __init__(self, **options: Any) -> None:
                options["base_url"] = server.url
                super().__init__(**options)

        monkeypatch.setattr(ghrunners, "Client", Local)
        yield server


@pytest.mark.parametrize("number", range(len(examples())))
def test_an_example_runs(
    number: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """It asks for something, gets it, and shows something."""
    with at_home(monkeypatch, tmp_path) as server:
        exec(examples()[number], {})  # noqa: S102 - our own text
    assert server.requests
    assert capsys.readouterr().out.strip()
