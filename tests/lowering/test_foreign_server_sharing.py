"""Shared parts of a client with several servers: options, cache and end; limits are not shared."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
from pathlib import Path
from typing import Any

import pytest

from client.scripted_server import (
    ScriptedResponse,
    ScriptedServer,
    closed_port,
    json_response,
)
from lowering.courier_calls import (
    AUTH,
    KINDS,
    PACKAGE,
    PARCEL,
    find_first,
    get_label,
    play,
    track,
)

pytestmark = pytest.mark.usefixtures("packages")


@pytest.mark.parametrize("kind", KINDS)
def test_options_hooks_and_raw_responses_know_the_server(kind: str) -> None:
    origins: list[tuple[str, str]] = []
    module = importlib.import_module(PACKAGE)

    def before(attempt: Any) -> None:
        origins.append(("before", attempt.origin))

    def after(attempt: Any) -> None:
        origins.append(("after", attempt.origin))

    hooks = module.Hooks(before=before, after=after)
    with ScriptedServer(default=PARCEL) as api, ScriptedServer(default=PARCEL) as files:
        servers = {"files": files.url}

        def use(client: Any) -> Any:
            changed = client.with_options(hooks=hooks)
            yield changed.labels.get_label()
            yield changed.with_raw_response(changed.labels.get_label)
            yield changed.parcels.first_parcel()

        found = play(kind, use, auth=AUTH, base_url=api.url, servers=servers)
        assert (found[0].id, found[1].status, found[1].value.id) == ("p", 200, "p")
        assert origins == [
            (when, url) for url in (files.url, files.url, api.url) for when in ("before", "after")
        ]


@pytest.mark.parametrize("kind", KINDS)
def test_a_rate_limit_holds_back_its_own_server(kind: str) -> None:
    """An error of a connection names the host that failed."""
    module = importlib.import_module(PACKAGE)
    limited = json_response({}, 429, {"Retry-After": "60"})
    with ScriptedServer(PARCEL, PARCEL) as api, ScriptedServer(limited) as files:

        options: dict[str, Any] = {"base_url": api.url, "servers": {"files": files.url}}

        async def run() -> None:
            client = getattr(module, kind)(**options, max_wait=0)
            for call, fails in ((get_label, True), (get_label, True), (find_first, False)):
                try:
                    found = call(client)
                    found = await found if inspect.isawaitable(found) else found
                except module.RateLimited:
                    assert fails
                else:
                    assert not fails
                    assert found.id == "p"
            await client.aclose() if kind == "AsyncClient" else client.close()

        asyncio.run(run())
        assert (len(api.requests), len(files.requests)) == (1, 1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_closed_client_sends_to_no_server(kind: str) -> None:
    module = importlib.import_module(PACKAGE)
    with ScriptedServer(default=PARCEL) as files:

        async def run() -> None:
            client = getattr(module, kind)(base_url=files.url, servers={"files": files.url})
            await client.aclose() if kind == "AsyncClient" else client.close()
            found = get_label(client)
            await found if inspect.isawaitable(found) else found

        with pytest.raises(module.ClientClosed):
            asyncio.run(run())
        assert files.requests == []


def test_a_child_process_connects_to_each_server_anew() -> None:
    """It uses no connection of its parent."""
    module = importlib.import_module(PACKAGE)
    with ScriptedServer(default=PARCEL) as api, ScriptedServer(default=PARCEL) as files:
        with module.Client(base_url=api.url, servers={"files": files.url}) as client:
            client.labels.get_label()
            if not (child := os.fork()):
                os._exit(0 if client.labels.get_label().id == "p" else 1)
            assert os.waitpid(child, 0)[1] == 0
            client.labels.get_label()
        assert [one.connection for one in files.requests] == [0, 1, 0]


@pytest.mark.parametrize("kind", KINDS)
def test_the_cache_tells_servers_apart(kind: str) -> None:
    pytest.importorskip("hishel")

    def tagged(text: str) -> ScriptedResponse:
        return json_response({"id": text}, headers={"ETag": f'"{text}"'})

    with (
        ScriptedServer(tagged("a"), ScriptedResponse(status=304)) as one,
        ScriptedServer(tagged("b")) as two,
    ):

        def use(client: Any) -> Any:
            yield client.labels.get_label()
            yield client.parcels.track("p")
            yield client.labels.get_label()

        servers = {"files": one.url, "track": two.url}
        found = play(kind, use, base_url="https://x.example", servers=servers, cache=True)
        assert [it.id for it in found] == ["a", "b", "a"]


def test_types_know_the_names(packages: Path) -> None:
    module = importlib.import_module(PACKAGE)
    names = {"files", "preview_example_8080", "printer", "track", "v2"}
    assert module.ServerUrls.__annotations__.keys() == names
    assert (packages / PACKAGE / "_runtime" / "request" / "servers.py").is_file()


@pytest.mark.parametrize("kind", KINDS)
def test_a_proxy_of_the_environment_is_chosen_for_each_server(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_PROXY can name one of them."""
    module = importlib.import_module(PACKAGE)
    with ScriptedServer(default=ScriptedResponse(status=502)) as proxy, closed_port() as port:
        for name in ("HTTP_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        servers = {"files": f"https://127.0.0.1:{port}", "track": f"https://localhost:{port}"}
        options: dict[str, Any] = {"base_url": "https://x.example", "servers": servers}
        for use in (get_label, track):
            with pytest.raises(module.TransportError):
                play(kind, use, **options, retry=None)
        assert [(one.method, one.target) for one in proxy.requests] == [
            ("CONNECT", f"localhost:{port}")
        ]


@pytest.mark.parametrize("kind", KINDS)
def test_the_proxy_of_the_caller_is_for_all_servers(kind: str) -> None:
    """It is refused if it could read credentials, which are for named servers only."""
    module = importlib.import_module(PACKAGE)
    with ScriptedServer(default=ScriptedResponse(status=502)) as proxy, closed_port() as port:
        options: dict[str, Any] = {"auth": AUTH, "base_url": "https://x.example"}
        with pytest.raises(module.InvalidArgument, match="a proxy could read the token"):
            play(
                kind,
                get_label,
                **options,
                servers={"files": f"http://127.0.0.1:{port}"},
                proxy=proxy.url,
            )
        assert proxy.requests == []
        servers = {"files": f"https://127.0.0.1:{port}"}
        with pytest.raises(module.TransportError):
            play(kind, get_label, **options, servers=servers, proxy=proxy.url, retry=None)
        assert proxy.only.target == f"127.0.0.1:{port}"
