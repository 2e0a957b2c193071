"""Proxies: tunnels that fail, credentials, TLS to a proxy, SOCKS."""

from __future__ import annotations

import logging
import re
import socket
import sys
from collections.abc import Callable
from typing import Any

import pytest

from client.faults.certificates import Authority, ours, trusted
from client.http.proxy_server import (
    ESTABLISHED,
    SERVER,
    Fault,
    HttpProxy,
    SocksProxy,
    close,
    reset,
    send,
    wait,
)
from client.open_clients import OpenClient
from client.runtime_api import (
    CREATE,
    GET,
    THING,
    TICKET,
    TOKEN,
    AnyClient,
    AsyncClient,
    Caller,
    Client,
    both,
    clear_environment,
    either,
)
from client.scripted_server import ScriptedServer, closed_port, json_response
from client.tracebacks import everything
from ghrunners._runtime.call.retry import Retry
from ghrunners._runtime.call.timeout import Timeout
from ghrunners._runtime.errors import CallError, ConnectFailed, ConnectTimedOut, InvalidArgument
from ghrunners._runtime.http.proxy import Proxy

PASSWORD = "hunter2-%2F-hunter2"  # noqa: S105 - nobody's
PLAIN = "hunter2-/-hunter2"
BASIC = "dXNlcjpodW50ZXIyLS8taHVudGVyMg=="  # of user:hunter2-/-hunter2


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment of the test run may say."""
    clear_environment(monkeypatch)


def url_of(proxy: ScriptedServer, scheme: str = "http", user: str = "") -> str:
    return f"{scheme}://{user}127.0.0.1:{proxy.port}"


# ── Tunnels that are not opened ──────────────────────────────────────────────────────────────


NO_TUNNEL: dict[str, tuple[Fault, str]] = {
    "closed": (close, "the (connection to the )?proxy"),
    "reset": (reset, "the (connection to the )?proxy"),
    "silent": (wait, r"no connection to .* within 0\.5 s"),
    "cut short": (send(b"HTTP/1.1 200 Conn"), "the proxy closed the connection"),
    "no HTTP": (send(b"220 smtp.example ESMTP\r\n\r\n"), "the proxy sent no valid response"),
    "endless": (send(b"HTTP/1.1 200 OK\r\n", b"X: " + b"x" * 70_000), "sent no valid response"),
    "too much": (send(ESTABLISHED + b"HTTP/1.1 200 OK\r\n\r\n"), "sent no valid response"),
    "403": (send(b"HTTP/1.1 403 No SECRET\r\n\r\n"), r"refused to open a tunnel \(403\)"),
    "502": (send(b"HTTP/1.0 502 Bad\n\n"), r"refused to open a tunnel \(502\)"),
    "302": (send(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"), r"to open a tunnel \(302\)"),
    "100": (send(b"HTTP/1.1 100 Continue\r\n\r\n"), r"to open a tunnel \(100\)"),
}


@both
def test_a_proxy_that_cannot_be_reached_is_named(flavour: type[Caller]) -> None:
    """Its address may come from the environment, which the caller does not know."""
    with closed_port() as port:
        caller = flavour(SERVER, proxy=f"http://user:SECRET@127.0.0.1:{port}", retry=None)
        text = re.escape(f"the proxy http://***@127.0.0.1:{port}: ")
        with pytest.raises(ConnectFailed, match=text) as caught:
            caller.call(CREATE)
    assert "SECRET" not in str(caught.value)


@both
@pytest.mark.parametrize("name", NO_TUNNEL)
def test_a_tunnel_that_is_not_opened_proves_that_nothing_was_sent(
    flavour: type[Caller], name: str
) -> None:
    """An unsafe write is tried again as well, and what it raises says so."""
    fault, text = NO_TUNNEL[name]
    proxy = HttpProxy(fault, fault)
    with ScriptedServer(json_response(TICKET, 201), wrap_connection=proxy) as server:
        caller = flavour(
            SERVER,
            proxy=url_of(server),
            verify=ours().trust(),
            timeout=Timeout(connect=0.5 if fault is wait else 10),
            retry=Retry(attempts=2, base=0),
        )
        with pytest.raises(ConnectFailed, match=text) as caught:
            caller.call(CREATE)
        assert isinstance(caught.value, ConnectTimedOut) is (fault is wait)
        assert caught.value.attempts == len(proxy.requests) == 2
        assert not caught.value.permanent
        assert "SECRET" not in str(caught.value)
        assert server.requests == []
        assert caller.call(CREATE) is not None
    assert server.only.header("authorization") == f"Bearer {TOKEN}"
    assert all(TOKEN.encode() not in request for request in proxy.requests)
    assert proxy.requests[0] == b"CONNECT 127.0.0.1:9 HTTP/1.1\r\nHost: 127.0.0.1:9\r\n\r\n"


@both
def test_a_tunnel_that_ends_during_a_call_is_a_lost_connection(flavour: type[Caller]) -> None:
    """Once the request went through the tunnel, it may have been carried out."""
    with ScriptedServer(wrap_connection=HttpProxy(), default=json_response(THING)) as server:
        server.script(lambda _: json_response({}, 500))
        caller = flavour(SERVER, proxy=url_of(server), verify=ours().trust())
        with pytest.raises(CallError, match="may have been carried out"):
            caller.call(CREATE)


@either
@pytest.mark.parametrize(
    "fault", [reset, close, send(b"no TLS here\r\n" * 20), wait], ids=lambda fault: fault.__name__
)
def test_tls_that_fails_in_a_tunnel_costs_no_place_of_the_pool(
    kind: AnyClient, fault: Fault, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More failures than there are places, and then the next call gets through."""
    monkeypatch.setattr("ghrunners._runtime.http.pool.AT_ONCE", 2)
    proxy = HttpProxy(inner=[fault] * 5)
    with ScriptedServer(wrap_connection=proxy, default=json_response(THING)) as server:
        seconds = 0.3 if fault is wait else 10
        timeout = Timeout(connect=seconds, pool=10)
        with OpenClient(
            kind, SERVER, proxy=url_of(server), verify=ours().trust(), timeout=timeout
        ) as held:
            for _ in range(5):
                with pytest.raises(ConnectFailed):
                    held.do(held.org.call, GET, path={"thing": 7})
            patient = held.client.with_options(timeout=Timeout(pool=10))
            assert held.do(patient.org().call, GET, path={"thing": 7}).id == 7
    assert len(proxy.requests) == 6


# ── Credentials ──────────────────────────────────────────────────────────────────────────────


@both
@pytest.mark.parametrize("user", ["", f"user:{PASSWORD}@"], ids=["without", "with"])
def test_refused_credentials_are_not_sent_again(flavour: type[Caller], user: str) -> None:
    """An account is not locked by our attempts. Other refusals are tried again."""
    refusal = send(b"HTTP/1.1 407 Proxy Authentication Required " + PLAIN.encode() + b"\r\n\r\n")
    proxy = HttpProxy(refusal)
    words = "refused the credentials" if user else "requires credentials"
    with ScriptedServer(wrap_connection=proxy, default=json_response(THING)) as server:
        caller = flavour(SERVER, proxy=url_of(server, user=user), retry=Retry(base=0))
        with pytest.raises(ConnectFailed, match=rf"the proxy {words} \(407\)") as caught:
            caller.call(GET, path={"thing": 7})
    assert caught.value.permanent
    assert caught.value.attempts == len(proxy.requests) == 1
    header = f"Proxy-Authorization: Basic {BASIC}\r\n".encode()
    assert (header in proxy.requests[0]) is bool(user)


def _failures() -> dict[str, Callable[[AnyClient, str], Any]]:
    def call(kind: AnyClient, url: str) -> None:
        with OpenClient(kind, SERVER, proxy=url, verify=ours().trust()) as held:
            held.do(held.org.call, GET, path={"thing": 7})

    return {
        "scheme": lambda kind, url: kind(auth=TOKEN, proxy=url.replace("http", "ftp")),
        "port": lambda kind, url: kind(auth=TOKEN, proxy=url + "99999"),
        "bytes": lambda kind, url: kind(auth=TOKEN, proxy=url.encode()),  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
        "verify": lambda kind, url: kind(auth=TOKEN, proxy=url, verify="/absent.pem"),
        "base_url": lambda kind, url: kind(auth=TOKEN, proxy=url, base_url="https://github.com"),
        "no token": lambda kind, url: kind(auth="", proxy=url),
        "http": lambda kind, url: kind(auth=TOKEN, proxy=url, base_url="http://127.0.0.1:9"),
        "cache": lambda kind, url: kind(auth=TOKEN, proxy=url, cache="/absent/cache.db"),
        "from_env": lambda kind, url: kind.from_env(proxy=url),
        "from_env scheme": lambda kind, url: kind.from_env(proxy=url.replace("http", "ftp")),
        "Proxy": lambda _, url: Proxy(url.replace("http", "ftp")),
        "Proxy verify": lambda _, url: Proxy(url, verify="ca.pem"),
        "call": call,
    }


@either
@pytest.mark.parametrize("name", _failures())
@pytest.mark.parametrize("fault", [close, reset, send(b"HTTP/1.1 407 No\r\n\r\n")])
def test_a_proxy_s_password_is_shown_nowhere(
    kind: AnyClient, name: str, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither in an error, its causes and the local variables of their frames, nor in a log."""
    caplog.set_level(logging.DEBUG)
    with ScriptedServer(wrap_connection=HttpProxy(fault)) as server:
        proxy = url_of(server, user=f"user:{PASSWORD}@")
        with pytest.raises((CallError, InvalidArgument, TypeError)) as caught:
            _failures()[name](kind, proxy)
    shown = everything(caught.value) + caplog.text
    for secret in (PASSWORD, PLAIN, BASIC):
        assert secret not in shown


@either
@pytest.mark.parametrize("value", ["ftp://u:{}@127.0.0.1", "http://u:{}@127.0.0.1:999999"])
def test_a_password_of_the_environment_is_shown_nowhere(
    kind: AnyClient, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A variable that is no URL of a proxy is an error, without its text."""
    monkeypatch.setenv("HTTPS_PROXY", value.format(PASSWORD))
    monkeypatch.setenv("NO_PROXY", "10.0.0.0/8")
    with pytest.raises(InvalidArgument, match="the proxy's URL") as caught:
        kind(auth=TOKEN)
    assert PASSWORD not in everything(caught.value)


def test_a_proxy_shows_and_gives_away_no_password() -> None:
    """Its repr has the address, and it has no pickle."""
    proxy = Proxy(f"http://user:{PASSWORD}@proxy.corp:3128/")
    assert repr(proxy) == "Proxy('http://***@proxy.corp:3128')"
    assert repr(Proxy("[::1]:8080")) == "Proxy('http://[::1]:8080')"
    with pytest.raises(TypeError, match="cannot be pickled"):
        proxy.__reduce__()


# ── https proxies ────────────────────────────────────────────────────────────────────────────


@either
def test_an_https_proxy_has_certificates_of_its_own(kind: AnyClient) -> None:
    """TLS to the proxy, by its own authority, and TLS to the server inside of it."""
    authority = Authority("Proxies of Acme")
    proxy = HttpProxy(outer=authority.server("127.0.0.1"))
    with ScriptedServer(wrap_connection=proxy, default=json_response(THING)) as server:
        url = url_of(server, "https", f"user:{PASSWORD}@")
        options: Any = {"verify": ours().trust(), "retry": Retry(attempts=2, base=0)}
        with OpenClient(
            kind, SERVER, proxy=Proxy(url, verify=authority.trust()), **options
        ) as held:
            for _ in range(3):
                assert held.do(held.org.call, GET, path={"thing": 7}).id == 7
        assert [request.connection for request in server.requests] == [0, 0, 0]
        assert f"Basic {BASIC}".encode() in proxy.requests[0]
        with (
            OpenClient(kind, SERVER, proxy=url, **options) as held,
            pytest.raises(ConnectFailed, match="CERTIFICATE_VERIFY_FAILED"),
        ):
            held.do(held.org.call, GET, path={"thing": 7})
    assert len(proxy.requests) == 1


@either
@pytest.mark.parametrize("fault", [close, wait, send(b"no TLS")], ids=lambda one: one.__name__)
def test_tls_to_an_https_proxy_can_fail(kind: AnyClient, fault: Fault) -> None:
    """Before the tunnel, and inside of it: nothing was sent."""
    outer = trusted()
    for proxy in (HttpProxy(fault, outer=outer), HttpProxy(inner=[fault], outer=outer)):
        with ScriptedServer(wrap_connection=proxy, default=json_response(TICKET, 201)) as server:
            options: Any = {"verify": ours().trust(), "timeout": Timeout(connect=1)}
            chosen = Proxy(url_of(server, "https"), verify=ours().trust())
            with OpenClient(kind, SERVER, proxy=chosen, **options) as held:
                with pytest.raises(ConnectFailed) as caught:
                    held.do(held.org.call, CREATE)
                assert isinstance(caught.value, ConnectTimedOut) is (fault is wait)
                assert held.do(held.org.call, CREATE).expires_at == "soon"


def test_certificates_are_for_https_proxies_only() -> None:
    with pytest.raises(InvalidArgument, match="verify of a Proxy is for https proxies"):
        Proxy("http://proxy.corp", verify="ca.pem")
    for verify, error, text in (
        ("", InvalidArgument, "verify is empty"),
        ("/absent.pem", InvalidArgument, "cannot read a CA bundle"),
        (False, TypeError, "verify must be the path"),
    ):
        proxy: Any = Proxy("https://proxy.corp", verify=verify)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point
        for kind in (Client, AsyncClient):
            with pytest.raises(error, match=text):
                kind(auth=TOKEN, proxy=proxy)


# ── SOCKS ────────────────────────────────────────────────────────────────────────────────────


@both
@pytest.mark.parametrize("scheme", ["socks5", "socks5h"])
@pytest.mark.parametrize("login", [None, b"user:" + PLAIN.encode()], ids=["open", "login"])
def test_a_socks_proxy_opens_a_tunnel(
    flavour: type[Caller], scheme: str, login: bytes | None
) -> None:
    """It is given the host and looks it up itself."""
    proxy = SocksProxy(login=login)
    user = f"user:{PASSWORD}@" if login else ""
    with ScriptedServer(wrap_connection=proxy, default=json_response(THING)) as server:
        caller = flavour(SERVER, proxy=url_of(server, scheme, user), verify=ours().trust())
        assert caller.call(GET, path={"thing": 7}).id == 7
    assert proxy.requests == [
        b"\x00\x02" if login else b"\x00",
        b"\x05\x01\0\x01\x7f\0\0\x01\0\x09",
    ]


def _bad_socks() -> dict[str, tuple[SocksProxy, str, bool]]:
    """A proxy, what the error says, and whether another attempt would fail as well."""
    no_http, half = send(b"HTTP/1.1 400 Bad\r\n\r\n"), send(b"\x05")
    zeros = b"\0" * 6
    return {
        "closed": (SocksProxy(close, close), "the (connection to the )?proxy", False),
        "no SOCKS": (SocksProxy(no_http, no_http), "no valid response", False),
        "half": (SocksProxy(half, half), "the proxy closed the connection", False),
        "another method": (SocksProxy(method=b"\x01"), "the proxy requires credentials", True),
        "unknown method": (SocksProxy(method=b"\x77"), "no valid response", False),
        "needs a login": (SocksProxy(method=b"\xff"), "the proxy requires credentials", True),
        "refused": (SocksProxy(result=b"\5\2\0\1" + zeros), "not allowed by ruleset", False),
        "unreachable": (SocksProxy(result=b"\5\4\0\3\1x\0\0"), "host unreachable", False),
        "unknown result": (SocksProxy(result=b"\5\x55\0\1" + zeros), "no valid response", False),
        "unknown address": (SocksProxy(result=b"\5\0\0\x09\0\0\0"), "no valid response", False),
        "another version": (SocksProxy(result=b"\4\0\0\1" + zeros), "no valid response", False),
    }


@both
@pytest.mark.parametrize("name", _bad_socks())
def test_a_socks_proxy_that_opens_no_tunnel_is_a_failed_connection(
    flavour: type[Caller], name: str
) -> None:
    """Nothing was sent, so an unsafe write is tried again, unless the credentials are refused."""
    proxy, text, permanent = _bad_socks()[name]
    with ScriptedServer(wrap_connection=proxy, default=json_response(TICKET, 201)) as server:
        caller = flavour(
            SERVER,
            proxy=url_of(server, "socks5"),
            verify=ours().trust(),
            retry=Retry(attempts=2, base=0),
        )
        with pytest.raises(ConnectFailed, match=text) as caught:
            caller.call(CREATE)
    assert caught.value.permanent is permanent
    assert caught.value.attempts == (1 if permanent else 2)
    assert server.requests == []


@both
def test_a_socks_login_can_be_refused(flavour: type[Caller]) -> None:
    proxy = SocksProxy(login=b"user:another")
    with ScriptedServer(wrap_connection=proxy) as server:
        url = url_of(server, "socks5", f"user:{PASSWORD}@")
        with pytest.raises(ConnectFailed, match="the proxy refused the credentials") as caught:
            flavour(SERVER, proxy=url, retry=Retry(base=0)).call(GET, path={"thing": 7})
    assert caught.value.attempts == len(proxy.requests) == 1
    assert PLAIN not in everything(caught.value)


@either
def test_a_socks_proxy_needs_its_extra(kind: AnyClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client is not made, and the error names what to install."""
    monkeypatch.setitem(sys.modules, "socksio", None)
    with pytest.raises(InvalidArgument, match=r"pip install 'ghrunners\[socks\]'"):
        kind(auth=TOKEN, proxy="socks5://127.0.0.1:1080")


@pytest.mark.parametrize("user", ["", "%75" * 256, "user:" + "x" * 256])
def test_socks_credentials_have_a_size(user: str) -> None:
    """SOCKS has one byte for it, and none for an empty name."""
    with pytest.raises(InvalidArgument, match="the proxy's URL"):
        Proxy(f"socks5://{user}@127.0.0.1")


# ── The addresses of a proxy ─────────────────────────────────────────────────────────────────


@both
def test_every_address_of_a_proxy_is_tried(
    flavour: type[Caller], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A proxy's name has several addresses as a server's may."""
    look_up = socket.getaddrinfo

    def find(host: str, port: int, *rest: Any, **options: Any) -> list[Any]:
        hosts = ["127.0.0.2", "127.0.0.1"] if "proxy" in str(host) else [host]
        return [it for one in hosts for it in look_up(one, port, *rest, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", find)
    with ScriptedServer(wrap_connection=HttpProxy(), default=json_response(THING)) as server:
        caller = flavour(SERVER, proxy=f"proxy.corp:{server.port}", verify=ours().trust())
        assert caller.call(GET, path={"thing": 7}).id == 7
