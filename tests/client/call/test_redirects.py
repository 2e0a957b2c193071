"""Where requests may go: redirects, and the last check. The token goes to one origin only."""

from __future__ import annotations

from math import inf

import pytest

from client.runtime_api import (
    CREATE,
    DELETE,
    GET,
    THING,
    TICKET,
    TOKEN,
    UPDATE,
    Caller,
    Client,
    both,
)
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.call.steps import Send
from ghrunners._runtime.call.timeout import Timeout
from ghrunners._runtime.errors import InvalidArgument, RequestInfo
from ghrunners._runtime.http.transport import RequestSigner
from ghrunners._runtime.redaction import Redactor, Secret
from ghrunners._runtime.request.base_url import BaseUrl, RejectedUrl, parse_base
from ghrunners._runtime.request.builder import Request
from ghrunners._runtime.request.operation import Operation
from ghrunners._runtime.response_errors import RedirectRefused

# ── Redirects ────────────────────────────────────────────────────────────────────────────────


# The redirects that a read follows.
FOLLOWED = [301, 302, 307, 308]


def moved(status: int, location: str) -> ScriptedResponse:
    return ScriptedResponse(status=status, headers={"Location": location})


@both
@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("/organizations/9/things/7?a=%2F", "/organizations/9/things/7?a=%2F"),
        ("{url}/x#fragment", "/x"),
        ("8", "/orgs/acme/things/8"),
        ("?again", "/orgs/acme/things/7?again"),
        ("../groups/7", "/orgs/acme/groups/7"),
    ],
)
def test_a_read_follows_redirects_on_its_origin(
    flavour: type[Caller], location: str, target: str, subtests: pytest.Subtests
) -> None:
    """A renamed organization is still read, with the same headers."""
    for status in FOLLOWED:
        with subtests.test(status=status):
            with ScriptedServer() as server:
                server.script(moved(status, location.format(url=server.url)), json_response(THING))
                assert flavour(server.url).call(GET, path={"thing": 7}).id == 7
            first, second = server.requests
            assert (second.method, second.target) == ("GET", target)
            assert sorted(second.headers) == sorted(first.headers)


@both
@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize("operation", [UPDATE, CREATE], ids=["PATCH", "POST"])
def test_a_write_follows_a_redirect_that_keeps_it(
    flavour: type[Caller], status: int, operation: Operation[object]
) -> None:
    """307 and 308 say: the same method, the same body, over there."""
    done = json_response(THING) if operation.method == "PATCH" else json_response(TICKET, 201)
    with ScriptedServer(moved(status, "/elsewhere"), done) as server:
        flavour(server.url).call(operation, path={"thing": 7}, body={"name": "x"})
    first, second = server.requests
    assert (second.method, second.target) == (operation.method, "/elsewhere")
    assert second.body == first.body == b'{"name":"x"}'
    assert sorted(second.headers) == sorted(first.headers)


@both
@pytest.mark.parametrize("operation", [UPDATE, DELETE, CREATE], ids=["PATCH", "DELETE", "POST"])
def test_a_write_follows_no_other_redirect(
    flavour: type[Caller], operation: Operation[object], subtests: pytest.Subtests
) -> None:
    """A write does not become a read, and is not sent where nobody said it should go."""
    for status in (300, 301, 302, 303, 305, 306, 399):
        with subtests.test(status=status):
            with (
                ScriptedServer(moved(status, "/elsewhere")) as server,
                pytest.raises(
                    RedirectRefused, match=f"redirect {status} is not followed"
                ) as caught,
            ):
                flavour(server.url).call(operation, path={"thing": 7})
            assert len(server.requests) == 1
            assert caught.value.status == status


@both
@pytest.mark.parametrize("status", [300, 303, 305, 306, 399])
def test_a_read_follows_no_other_redirect(flavour: type[Caller], status: int) -> None:
    """What a 303 leads to is not what was asked for."""
    with (
        ScriptedServer(moved(status, "/elsewhere")) as server,
        pytest.raises(RedirectRefused, match="it does not apply to GET"),
    ):
        flavour(server.url).call(GET, path={"thing": 7})
    assert len(server.requests) == 1


@both
@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.1:{other}/orgs/acme/things/7",
        "//127.0.0.1:{other}/",
        "https://127.0.0.1:{port}/orgs/acme/things/7",
        "http://localhost:{port}/orgs/acme/things/7",
        "http://127.0.0.1:{port}@127.0.0.1:{other}/",
        "http://127.0.0.1:{port}\\@127.0.0.1:{other}/",
        "http://xn--/",
        "http://[::1",
        "/%2e%2e/user",
        "mailto:x@example.com",
        "",
        " ",
    ],
)
def test_a_redirect_elsewhere_is_refused(
    flavour: type[Caller], location: str, subtests: pytest.Subtests
) -> None:
    """Another origin gets no request at all, so no token either; nor does an odd URL."""
    for status in FOLLOWED:
        with subtests.test(status=status):
            with ScriptedServer() as other, ScriptedServer() as server:
                server.script(moved(status, location.format(port=server.port, other=other.port)))
                with pytest.raises(RedirectRefused, match=f"redirect {status} is not followed"):
                    flavour(server.url).call(GET, path={"thing": 7})
            assert (len(server.requests), other.requests) == (1, [])


@both
def test_a_redirect_stays_below_the_base_path(flavour: type[Caller]) -> None:
    """A redirect to Enterprise Server's login page is an error, and no HTML."""
    with (
        ScriptedServer(moved(302, "/login?return_to=x")) as server,
        pytest.raises(RedirectRefused, match="its path is not below"),
    ):
        flavour(f"{server.url}/api/v3").call(GET, path={"thing": 7})
    assert len(server.requests) == 1


@both
def test_a_redirect_without_a_place_is_refused(flavour: type[Caller]) -> None:
    """A Location is what makes a redirect."""
    with (
        ScriptedServer(ScriptedResponse(status=301)) as server,
        pytest.raises(RedirectRefused, match="it has no URL"),
    ):
        flavour(server.url).call(GET, path={"thing": 7})


@both
def test_redirects_in_a_circle_end(flavour: type[Caller]) -> None:
    """Five redirects are followed; the sixth is one too many."""
    with (
        ScriptedServer(default=moved(302, "/again")) as server,
        pytest.raises(RedirectRefused, match="it is redirect number 6 in a row"),
    ):
        flavour(server.url).call(GET, path={"thing": 7})
    assert len(server.requests) == 6
    with ScriptedServer(*[moved(302, "/again")] * 5, json_response(THING)) as server:
        assert flavour(server.url).call(GET, path={"thing": 7}).id == 7


@both
def test_a_page_may_be_redirected(flavour: type[Caller]) -> None:
    """A list whose organization was renamed is walked at its new place."""
    with ScriptedServer(moved(301, "/organizations/9/things?per_page=100")) as server:
        server.script(json_response({"total_count": 0, "things": []}))
        assert flavour(server.url).ids() == []
    assert server.targets[1] == "/organizations/9/things?per_page=100"


def test_a_refused_redirect_does_not_repeat_its_address() -> None:
    """A Location may hold a signature; only its origin is shown."""
    signed = moved(302, "https://bucket.example/x?signature=SECRET")
    with (
        ScriptedServer(signed) as server,
        Client(auth=TOKEN, base_url=server.url) as client,
        pytest.raises(RedirectRefused, match=r"it leads to https://bucket\.example, not") as e,
    ):
        client.org().call(GET, path={"thing": 7})
    assert "SECRET" not in str(e.value)
    assert "location" not in e.value.headers


# ── The last line ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "target",
    [
        "@127.0.0.1:{other}/",
        ":{other}/",
        ".evil.example/",
        "/a/../b",
        "/a/./b",
        "/a b",
        "/a#b",
        "/ä",
        "x",
        "",
        "/a\r\nb",
        f"/{'x' * 70_000}",
    ],
    ids=lambda target: ascii(target[:12]),
)
def test_what_httpx2_would_send_otherwise_is_not_sent(target: str) -> None:
    """A target that the parser of httpx2 would change, or take for a host, gets no token."""
    info = RequestInfo(operation="x", method="GET", path="/x")
    with (
        ScriptedServer() as other,
        ScriptedServer(default=json_response(THING)) as server,
        Client(auth=TOKEN, base_url=server.url) as client,
    ):
        request = Request(info, client.core.base, target.format(other=other.port), None)
        with pytest.raises(InvalidArgument, match="the URL is not below"):
            client.core.run(client.core.flows.fetch(GET, request))
    assert (server.requests, other.requests) == ([], [])


def test_an_origin_that_httpx2_reads_otherwise_gets_no_token() -> None:
    """The comparison is with what will be connected to, not with what was configured."""
    info = RequestInfo(operation="x", method="GET", path="/x")
    for origin in ("https://API.github.com", "https://api.github.com:443", "https://a@b"):
        base = BaseUrl(origin, "")
        wire = RequestSigner((base,), (origin,), (), Redactor())
        with pytest.raises(InvalidArgument, match="the URL is not below"):
            wire.sign(Send(Request(info, base, "/x", None), Timeout(), inf), Secret(TOKEN), inf)


def test_locate_gives_the_target_alone() -> None:
    """The origin of a URL is compared and thrown away."""
    base = parse_base("https://git.example/api/v3")
    assert base.resolve("HTTPS://GIT.example:443/api/v3/x?y#z", "/api/v3/a") == "/api/v3/x?y"
    assert base.resolve("x", "/api/v3/a/b") == "/api/v3/a/x"
    assert base == BaseUrl("https://git.example", "/api/v3")
    assert isinstance(base.resolve("https://git.example:444/api/v3/x", "/api/v3/a"), RejectedUrl)
    assert repr(Secret(TOKEN)) == "Secret(***)"
