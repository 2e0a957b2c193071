"""How a client connects: proxy, certificates, a custom transport."""

from __future__ import annotations

import asyncio
import socket
import ssl
from pathlib import Path
from typing import Any

import httpx2
import pytest

from client.runtime_api import (
    GET,
    THING,
    TOKEN,
    AnyClient,
    AsyncClient,
    Caller,
    Client,
    Options,
    both,
    clear_environment,
    either,
    no_names,
    sent_by,
)
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.errors import ConnectFailed, InvalidArgument


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment of the test run may say."""
    clear_environment(monkeypatch)


HOST = "https://git.corp.invalid/api/v3"


@both
@pytest.mark.parametrize("how", ["argument", "HTTPS_PROXY", "ALL_PROXY"])
def test_a_proxy_sees_a_tunnel_and_no_token(
    flavour: type[Caller], how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The proxy is asked to connect; the request itself is for the other end of the tunnel."""
    with ScriptedServer(ScriptedResponse(status=403)) as proxy:
        url = f"http://user:word@127.0.0.1:{proxy.port}"
        if how == "argument":
            caller = flavour(HOST, proxy=url)
        else:
            monkeypatch.setenv(how, url)
            caller = flavour(HOST)
        with pytest.raises(ConnectFailed, match="403") as caught:
            caller.call(GET, path={"thing": 7})
    assert (proxy.only.method, proxy.only.target) == ("CONNECT", "git.corp.invalid:443")
    assert TOKEN not in str(proxy.only)
    assert proxy.only.header("authorization") is None
    assert proxy.only.header("proxy-authorization") == "Basic dXNlcjp3b3Jk"
    assert "word" not in str(caught.value)


@both
@pytest.mark.parametrize("no_proxy", ["git.corp.invalid", ".corp.invalid", "*"])
def test_no_proxy_is_honoured(
    flavour: type[Caller], no_proxy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A host that NO_PROXY names is connected to directly."""
    no_names(monkeypatch)
    monkeypatch.setenv("NO_PROXY", no_proxy)
    with ScriptedServer() as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        with pytest.raises(ConnectFailed):
            flavour(HOST).call(GET, path={"thing": 7})
    assert proxy.requests == []


NAMED = [
    ("git.corp.invalid", "corp.invalid"),
    ("git.corp.invalid", "*.corp.invalid"),
    ("git.corp.invalid", "other, GIT.corp.invalid:443"),
    ("git.corp.invalid", "localhost,*"),
    ("git.corp.invalid:8443", "git.corp.invalid:8443"),
    ("10.1.2.3", "10.0.0.0/8"),
    ("10.1.2.3", "10.1.2.3"),
    ("10.1.2.3:8443", "10.0.0.0/8:8443"),
    ("[fd00::1]", "fd00::/8"),
    ("[fd00::1]", "[fd00::1]"),
    ("[fd00::1]:8443", "[fd00::1]:8443"),
]
NOT_NAMED = [
    ("git.corp.invalid", ""),
    ("git.corp.invalid", "p.invalid,it.corp.invalid,a.git.corp.invalid"),
    ("git.corp.invalid", "git.corp.invalid:8443"),
    ("git.corp.invalid", "10.0.0.0/8,/,[,:"),
    ("10.1.2.3", "11.0.0.0/8,10.1.2.0/99,fd00::/8,1.2.3.4"),
    ("[fd00::1]", "fe80::/10,0.0.0.0/0"),
]


@either
@pytest.mark.parametrize(
    ("host", "no_proxy", "named"),
    [(*one, True) for one in NAMED] + [(*one, False) for one in NOT_NAMED],
)
def test_no_proxy_has_hosts_domains_networks_and_ports(
    kind: AnyClient, host: str, no_proxy: str, named: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy that is none shows whether it would be used."""
    monkeypatch.setenv("HTTPS_PROXY", "ftp://proxy.invalid")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    if named:
        kind(auth=TOKEN, base_url=f"https://{host}/api/v3")
    else:
        with pytest.raises(InvalidArgument, match="the proxy's URL"):
            kind(auth=TOKEN, base_url=f"https://{host}/api/v3")


@either
def test_the_proxies_of_the_environment_can_be_ignored(
    kind: AnyClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """False is no proxy, also by `from_env`; True is none either, but an error."""
    monkeypatch.setenv("HTTPS_PROXY", "ftp://proxy.invalid")
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    kind(auth=TOKEN, proxy=False)
    kind.from_env(proxy=False)
    with pytest.raises(TypeError, match="proxy must be a str, a Proxy or False, not bool"):
        kind(auth=TOKEN, proxy=True)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


@both
def test_a_plain_request_never_meets_a_proxy(
    flavour: type[Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Over http a proxy would read the token: the environment's is left out, an argument refused."""
    with ScriptedServer() as proxy:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "HTTPS_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        assert sent_by(flavour).header("authorization") == f"Bearer {TOKEN}"
        with pytest.raises(InvalidArgument, match="a proxy could read the token"):
            sent_by(flavour, proxy=proxy.url)
        with pytest.raises(InvalidArgument, match="the proxy's URL must be"):
            sent_by(flavour, proxy="ftp://proxy.example")
    assert proxy.requests == []


@either
@pytest.mark.parametrize("proxy", ["ftp://user:SECRET@proxy", "http://user:SECRET@proxy:port", ""])
def test_a_proxy_that_is_none_is_refused(kind: AnyClient, proxy: str) -> None:
    """The error does not repeat the URL, which may hold a password."""
    with pytest.raises(InvalidArgument, match="the proxy's URL") as caught:
        kind(auth=TOKEN, proxy=proxy)
    assert "SECRET" not in str(caught.value)


class Refusing(ssl.SSLContext):
    """A context that says so when it is used."""

    def wrap_socket(
        self, *_: object, **__: object
    ) -> ssl.SSLSocket:  # pyright: ignore[reportIncompatibleMethodOverride] - any call
        raise ssl.SSLError(1, "my own context")

    def wrap_bio(
        self, *_: object, **__: object
    ) -> ssl.SSLObject:  # pyright: ignore[reportIncompatibleMethodOverride] - any call
        raise ssl.SSLError(1, "my own context")


@both
def test_a_tls_context_of_one_s_own_is_used(flavour: type[Caller]) -> None:
    """`verify` takes a context as it is."""
    context = Refusing(ssl.PROTOCOL_TLS_CLIENT)
    with ScriptedServer() as server:
        caller = flavour(f"https://127.0.0.1:{server.port}", verify=context)
        with pytest.raises(ConnectFailed, match="my own context"):
            caller.call(GET, path={"thing": 7})
    assert server.requests == []


@either
def test_a_ca_bundle_that_cannot_be_read_is_refused(kind: AnyClient, tmp_path: Path) -> None:
    """A path that is wrong, or holds no certificates, is an error when the client is made."""
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    for path in (empty, tmp_path / "absent.pem"):
        with pytest.raises(InvalidArgument, match=r"verify: cannot read a CA bundle from .*\.pem"):
            kind(auth=TOKEN, verify=path)
    kind(auth=TOKEN, verify=str(tmp_path))


@either
def test_an_empty_path_is_no_ca_bundle(kind: AnyClient) -> None:
    """A variable that is not set would make the working directory trusted."""
    with pytest.raises(InvalidArgument, match="verify is empty"):
        kind(auth=TOKEN, verify="")


@both
def test_what_patches_httpx2_sees_a_client(
    flavour: type[Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mocks and instrumentation replace or wrap the methods of httpx2's transports."""
    seen: list[str] = []

    def respond(self: object, request: httpx2.Request) -> httpx2.Response:
        del self
        seen.append(str(request.url))
        return httpx2.Response(200, json=dict(THING))

    async def arespond(self: object, request: httpx2.Request) -> httpx2.Response:
        return respond(self, request)

    monkeypatch.setattr(httpx2.HTTPTransport, "handle_request", respond)
    monkeypatch.setattr(httpx2.AsyncHTTPTransport, "handle_async_request", arespond)
    assert flavour(HOST).call(GET, path={"thing": 7}).id == 7
    assert seen == [f"{HOST}/orgs/acme/things/7"]


@both
def test_http_to_another_machine_needs_a_switch(
    flavour: type[Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The token travels in the clear, so that is asked for by name, and never for github.com."""
    look_up = socket.getaddrinfo

    def find(host: Any, *rest: Any, **options: Any) -> Any:
        return look_up("127.0.0.1" if "git.corp" in str(host) else host, *rest, **options)

    monkeypatch.setattr(socket, "getaddrinfo", find)
    with ScriptedServer(json_response(THING)) as server:
        url = f"http://git.corp.invalid:{server.port}/api/v3"
        with pytest.raises(InvalidArgument, match="allow_insecure_http=True"):
            flavour(url).call(GET, path={"thing": 7})
        caller = flavour(url, allow_insecure_http=True)
        assert caller.call(GET, path={"thing": 7}).id == 7
    assert server.only.header("authorization") == f"Bearer {TOKEN}"
    for host in ("api.github.com", "github.com", "api.acme.ghe.com"):
        with pytest.raises(InvalidArgument, match="use https://api"):
            flavour(f"http://{host}", allow_insecure_http=True).call(GET, path={"thing": 7})
    with pytest.raises(TypeError, match="allow_insecure_http must be a bool"):
        flavour(url, allow_insecure_http=1).call(GET, path={"thing": 7})  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


@either
@pytest.mark.parametrize("proxy", [b"http://proxy", httpx2.URL("http://proxy"), 3128])
def test_a_proxy_of_another_type_is_refused(kind: AnyClient, proxy: object) -> None:
    """A proxy is named by a str."""
    with pytest.raises(TypeError, match="proxy must be a str"):
        kind(auth=TOKEN, proxy=proxy)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


@either
@pytest.mark.parametrize("verify", [False, True, 0])
def test_verification_is_not_switched_off(kind: AnyClient, verify: object) -> None:
    """There is a context for who needs that, and no switch that ends up in production."""
    with pytest.raises(TypeError, match="verify must be the path of a CA bundle, or an ssl"):
        kind(auth=TOKEN, verify=verify)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


def test_a_transport_of_one_s_own_is_used_and_closed() -> None:
    """It gets the signed request, and its end with the client."""
    events: list[str] = []

    class Mine(httpx2.BaseTransport):
        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            events.append(f"{request.method} {request.url} {request.headers['authorization']}")
            return httpx2.Response(200, json=dict(THING))

        def close(self) -> None:
            events.append("closed")

    with Client(auth=TOKEN, transport=Mine()) as client:
        assert client.org().call(GET, path={"thing": 7}).id == 7
    client.close()
    assert events == [f"GET https://api.github.com/orgs/acme/things/7 Bearer {TOKEN}", "closed"]


def test_an_async_transport_of_one_s_own_is_used_and_closed() -> None:
    """The same for the async flavour."""
    events: list[str] = []

    class Mine(httpx2.AsyncBaseTransport):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            events.append(f"{request.method} {request.url} {request.headers['authorization']}")
            return httpx2.Response(200, json=dict(THING))

        async def aclose(self) -> None:
            events.append("closed")

    async def main() -> None:
        async with AsyncClient(auth=TOKEN, transport=Mine()) as client:
            assert (await client.org().call(GET, path={"thing": 7})).id == 7
        await client.aclose()

    asyncio.run(main())
    assert events == [f"GET https://api.github.com/orgs/acme/things/7 Bearer {TOKEN}", "closed"]


def test_a_transport_stands_alone() -> None:
    """Settings that a custom transport would ignore are rejected, and so is another thing."""
    transport = httpx2.MockTransport(lambda _: httpx2.Response(500))
    for options in (Options(proxy="http://proxy"), Options(verify="x.pem")):
        with pytest.raises(InvalidArgument, match="cannot be used with transport"):
            Client(auth=TOKEN, transport=transport, **options)
        with pytest.raises(InvalidArgument, match="cannot be used with transport"):
            AsyncClient(auth=TOKEN, transport=transport, **options)
    for kind in (Client, AsyncClient):
        with pytest.raises(TypeError, match="transport must be an httpx2"):
            kind(auth=TOKEN, transport=object())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
