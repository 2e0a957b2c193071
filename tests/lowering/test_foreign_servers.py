"""Operations with servers of their own: where a request is sent, and with which credentials.

The addresses of the description do not exist, so each call is made with a base URL or a name for
one of two servers on this machine. They are two hosts, since their ports differ.
"""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Mapping
from typing import Any

import httpx2
import pytest

from client.scripted_server import ScriptedResponse, ScriptedServer
from client.tracebacks import everything
from lowering.courier_calls import (
    AUTH,
    DONE,
    KINDS,
    PACKAGE,
    PARCEL,
    find,
    get_label,
    play,
    secrets,
    upload,
)

pytestmark = pytest.mark.usefixtures("packages")


def test_a_client_without_an_address_asks_for_one() -> None:
    """The description's server is a path, on the host that it came from."""
    module = importlib.import_module("library")
    for kind in (module.Client, module.AsyncClient):
        with pytest.raises(module.InvalidArgument, match="base_url is required"):
            kind()
        with pytest.raises(module.InvalidArgument, match="base_url must be https"):
            kind(base_url="/api")


# ── Where a request is sent ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
def test_each_operation_is_sent_to_its_server(kind: str) -> None:
    """With the path of the server in front; the API's own operations go to the base URL."""

    def use(client: Any) -> Any:
        yield client.parcels.get_parcel("a/b")
        yield upload(client)
        yield client.labels.print_label()
        yield client.parcels.first_parcel()

    with ScriptedServer(default=PARCEL) as api, ScriptedServer(default=DONE) as files:
        servers = {"files": f"{files.url}/labels/", "printer": files.url}
        auth = {"token": "t", "key": "k"}
        play(kind, use, auth=auth, base_url=f"{api.url}/v1", servers=servers)
    assert api.targets == ["/v1/parcels/a%2Fb", "/v1/parcels"]
    assert files.targets == ["/labels/labels", "/labels"]
    assert files.requests[0].header("Host") == f"127.0.0.1:{files.port}"


@pytest.mark.parametrize(
    ("prefix", "target"),
    [("/v1", "/v2/parcels"), ("", "/v2/parcels"), ("/gate/v1", "/gate/v2/parcels")],
)
@pytest.mark.parametrize("kind", KINDS)
def test_a_server_on_the_host_of_the_api_follows_the_base_url(
    kind: str, prefix: str, target: str
) -> None:
    """It is the same host, so credentials go there as they do to the base URL."""
    with ScriptedServer(default=PARCEL) as api:
        play(kind, find, auth=AUTH, base_url=api.url + prefix)
    assert api.targets == [target]
    assert secrets(api.only) == ["token"]


def test_a_path_follows_a_base_url_without_an_address_in_the_description() -> None:
    servers = importlib.import_module(f"{PACKAGE}._runtime.request.servers")
    base = importlib.import_module(f"{PACKAGE}._runtime.request.base_url").parse_base
    for default, url, path, wanted in (
        ("/api", "https://h.example/api", "/v2", "https://h.example/v2"),
        ("/api", "https://h.example/x/api", "/v2/", "https://h.example/x/v2"),
        ("", "https://h.example/api", "/", "https://h.example/api"),
        ("https://h.example", "https://gate.example/h", "/v2", "https://gate.example/h/v2"),
        ("https://h.example/1.0", "https://h.example/v1.0", "/v2", "https://h.example/v2"),
    ):
        found = servers.OperationServers({"other": path}).resolve(
            base(url), default, allow_http=False
        )
        assert str(found.urls["other"]) == wanted


def test_the_default_is_the_address_of_the_description() -> None:
    sent: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(str(request.url))
        return httpx2.Response(200, json={"id": "p"})

    play("Client", get_label, transport=httpx2.MockTransport(answer))
    play("Client", find, auth=AUTH, transport=httpx2.MockTransport(answer))
    assert sent == [
        "https://eu.files.courier.example/labels/labels",
        "https://api.courier.example/v2/parcels",
    ]


# ── Credentials ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("auth", [AUTH, {name: lambda n=name: AUTH[n] for name in AUTH}])
@pytest.mark.parametrize("kind", KINDS)
def test_a_named_server_receives_what_its_operation_declares(
    kind: str, auth: Mapping[str, object]
) -> None:
    """And an operation that declares nothing is sent without credentials."""
    with ScriptedServer(DONE, PARCEL) as files:

        def use(client: Any) -> Any:
            yield upload(client)
            yield get_label(client)

        play(kind, use, auth=auth, base_url="https://x.example", servers={"files": files.url})
    assert [secrets(one) for one in files.requests] == [["key"], []]


@pytest.mark.parametrize("scheme", AUTH)
@pytest.mark.parametrize("kind", KINDS)
def test_every_scheme_is_for_named_servers_only(kind: str, scheme: str) -> None:
    """In a header, the query or a cookie; what needs no credentials is sent without them."""
    module = importlib.import_module(PACKAGE)
    auth = {scheme: AUTH[scheme]}
    with ScriptedServer(default=PARCEL) as api, ScriptedServer(default=DONE) as files:
        options = {"auth": auth, "base_url": api.url}
        play(kind, upload, **options, servers={"files": files.url})
        assert secrets(files.only) == [scheme]
        with pytest.raises(module.InvalidArgument) as caught:
            play(kind, upload, **options)
        # The API's own operation that declares nothing has them all.
        play(kind, lambda client: client.parcels.first_parcel(), **options)
        assert secrets(api.only) == [scheme]
    assert str(caught.value) == (
        "upload_label requires credentials, which go to https://eu.files.courier.example only if "
        "you name that server; create the client with "
        "servers={'files': 'https://eu.files.courier.example/labels'}"
    )


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "options",
    [
        {"servers": {"files": "https://me:s3cret@files.example"}},
        {"servers": {"files": b"https://me:s3cret@files.example"}},
        {"servers": {"https://me:s3cret@files.example": "files"}},
        {"servers": ["https://me:s3cret@files.example"]},
        {"servers": {"files": "https://me:s3cret@files.example"}, "base_url": "x"},
        {"servers": {"other": "x"}, "base_url": "https://me:s3cret@api.example"},
        {"servers": {"other": "x"}, "auth": {"key": "s3cret"}},
        {"auth": {"key": "s3cret\n\ns3cret", "crumb": "s3cret"}},
        {"auth": {"key": "s3cret", "crumb": "s3cret\0s3cret"}},
        {"auth": {"s3cret": "key"}},
        {"auth": [("key", "s3cret")]},
    ],
)
def test_a_refused_address_or_credential_is_shown_nowhere(
    kind: str, options: dict[str, Any]
) -> None:
    """Neither in the error and its causes, nor in a local variable of a frame of the package."""
    module = importlib.import_module(PACKAGE)
    with pytest.raises((module.InvalidArgument, TypeError)) as caught:
        getattr(module, kind)(**options)
    shown = everything(caught.value)
    assert "self = " in shown
    assert "s3cret" not in shown


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_that_is_not_named_receives_no_credentials(kind: str) -> None:
    """Where the operation allows that; a function of the caller is not even called."""
    seen: list[httpx2.Request] = []
    called: list[str] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(200, json={"id": "p"})

    def token() -> str:
        called.append("token")
        return AUTH["token"]

    def use(client: Any) -> Any:
        yield client.parcels.track("p")
        yield get_label(client)

    play(
        kind,
        use,
        auth={**AUTH, "token": token},
        transport=httpx2.MockTransport(answer),
        user_agent="me",
    )
    assert [one.url.host for one in seen] == ["track.courier.example", "eu.files.courier.example"]
    for request in seen:
        names = {name.lower() for name in request.headers}
        assert names <= {"host", "accept", "accept-encoding", "user-agent", "content-length"}
        assert request.url.query == b""
    assert called == []


@pytest.mark.parametrize("kind", KINDS)
def test_naming_one_server_allows_no_other(kind: str) -> None:
    module = importlib.import_module(PACKAGE)
    with ScriptedServer(default=DONE) as files:
        with pytest.raises(module.InvalidArgument, match=r"preview_label requires credentials"):
            play(
                kind,
                lambda client: client.labels.preview_label(),
                auth=AUTH,
                base_url="https://x.example",
                servers={"files": files.url},
            )
        assert files.requests == []


def test_the_signer_is_the_last_line() -> None:
    """It signs for trusted origins only, and sends to configured addresses only."""
    runtime = f"{PACKAGE}._runtime"
    base_url = importlib.import_module(f"{runtime}.request.base_url").BaseUrl
    steps = importlib.import_module(f"{runtime}.call.steps")
    builder = importlib.import_module(f"{runtime}.request.builder")
    errors = importlib.import_module(f"{runtime}.errors")
    signature = importlib.import_module(f"{runtime}.request.signature")
    redaction = importlib.import_module(f"{runtime}.redaction")
    transport = importlib.import_module(f"{runtime}.http.transport")
    timeout = importlib.import_module(f"{runtime}.call.timeout").Timeout()
    here, there = base_url("https://a.example", ""), base_url("https://b.example", "")
    signer = transport.RequestSigner((here, there), (here.origin,), (), redaction.Redactor())
    info = errors.RequestInfo(operation="x", method="GET", path="/x")
    full = signature.SchemeSignature((("X-Key", "secret"),), ("q=secret",), ("c=secret",))
    for base, held in ((here, True), (there, False)):
        for one in (full, redaction.Secret("secret")):
            send = steps.Send(builder.Request(info, base, "/x", None), timeout, 1e9)
            sent = signer.sign(send, one, 1e9)
            assert ("secret" in f"{sent.url} {sent.headers.raw!r}") is held
    elsewhere = builder.Request(info, base_url("https://c.example", ""), "/x", None)
    with pytest.raises(errors.InvalidArgument, match="the URL is not below"):
        signer.sign(steps.Send(elsewhere, timeout, 1e9), full, 1e9)


@pytest.mark.parametrize("kind", KINDS)
def test_no_redirect_leads_to_another_server(kind: str) -> None:
    """Neither from the API to a named server, nor back, nor below another path of one host."""
    module = importlib.import_module(PACKAGE)
    with ScriptedServer() as api, ScriptedServer() as files:
        options: dict[str, Any] = {
            "auth": AUTH,
            "base_url": f"{api.url}/v1",
            "servers": {"files": f"{files.url}/labels"},
        }

        def get_parcel(client: Any) -> Any:
            return client.parcels.get_parcel("p")

        for use, server, target in (
            (get_parcel, api, f"{files.url}/labels/labels"),
            (get_parcel, api, f"{api.url}/v2/parcels"),
            (get_label, files, f"{api.url}/v1/parcels"),
            (get_label, files, f"{files.url}/v1/parcels"),
        ):
            server.script(ScriptedResponse(status=307, headers={"Location": target}))
            with pytest.raises(module.RedirectRefused):
                play(kind, use, **options)
        moved = ScriptedResponse(status=307, headers={"Location": "/labels/there"})
        files.script(moved, PARCEL)
        play(kind, get_label, **options)
        assert files.targets[-1] == "/labels/there"
        assert (len(api.requests), len(files.requests)) == (2, 4)


# ── Addresses of the caller ──────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("servers", "error", "message"),
    [
        ({"file": "https://a.example"}, "InvalidArgument", "servers has a key that is no server's"),
        (["files"], "TypeError", "servers must be a mapping, not list"),
        ({"files": None}, "TypeError", "servers['files'] must be a str, not NoneType"),
        ({"files": "/labels"}, "InvalidArgument", "servers['files'] must be https://HOST or"),
        ({"files": "https://u:p@a.example"}, "InvalidArgument", "servers['files'] must be https"),
        ({"files": "https://a.example/../b"}, "InvalidArgument", "servers['files'] has an invalid"),
        (
            {"files": "http://a.example"},
            "InvalidArgument",
            "servers['files'] http://a.example must",
        ),
    ],
)
def test_a_wrong_address_is_refused(kind: str, servers: object, error: str, message: str) -> None:
    """Before anything is sent; no message and no traceback shows credentials."""
    with pytest.raises((TypeError, importlib.import_module(PACKAGE).InvalidArgument)) as caught:
        play(kind, get_label, auth=AUTH, servers=servers, proxy="http://u:secret-p@p.example:1")
    assert type(caught.value).__name__ == error
    assert str(caught.value).startswith(message)
    lines = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    frames = [frame for frame in lines.stack if f"/{PACKAGE}/" in frame.filename]
    assert frames
    assert "secret-" not in str([frame.locals for frame in frames])


@pytest.mark.parametrize("kind", KINDS)
def test_plain_http_is_for_this_machine_or_allowed(kind: str) -> None:
    """Or without credentials, to which the address in the description belongs."""
    seen: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return httpx2.Response(204)

    def preview(client: Any) -> Any:
        return client.labels.preview_label()

    url = "http://preview.example:8080"
    options: dict[str, Any] = {"auth": AUTH, "transport": httpx2.MockTransport(answer)}
    module = importlib.import_module(PACKAGE)
    for more in ({"servers": {"preview_example_8080": url}}, {}):
        with pytest.raises(module.InvalidArgument):
            play(kind, preview, **options, **more)
    assert seen == []
    allowed = {"servers": {"preview_example_8080": url}, "allow_insecure_http": True}
    play(kind, preview, **options, **allowed)
    [request] = seen
    assert (str(request.url), "Authorization" in request.headers) == (f"{url}/labels", True)


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_without_an_address_has_to_be_named(kind: str) -> None:
    module = importlib.import_module(PACKAGE)
    with pytest.raises(module.InvalidArgument) as caught:
        play(kind, lambda client: client.labels.print_label(), auth=AUTH)
    assert str(caught.value) == (
        "print_label: the API description has no address for its server; create the client with "
        "servers={'printer': 'https://...'}"
    )
