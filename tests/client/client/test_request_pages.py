"""Lists of endpoints outside the API description: `client.request_pages`, in both flavours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from client.auth.github_app_server import bearer
from client.open_clients import OpenClient
from client.runtime_api import TOKEN, AnyClient, AsyncClient, Client, clear_environment
from client.scripted_server import (
    ReceivedRequest,
    ScriptedResponse,
    ScriptedServer,
    json_response,
)
from ghrunners._runtime.client import page_walk
from ghrunners._runtime.errors import InvalidArgument
from ghrunners._runtime.response_errors import (
    Forbidden,
    LinkRefused,
    ServerError,
    UnexpectedResponse,
)


class Team(msgspec.Struct):
    """An item."""

    slug: str


class Wrapped(msgspec.Struct):
    """A page that is an object."""

    total_count: int
    teams: list[Team]


def teams_of(page: Wrapped) -> list[Team]:
    """The items of such a page."""
    return page.teams


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment of the test run may say."""
    clear_environment(monkeypatch)


@pytest.fixture(params=[Client, AsyncClient], ids=["sync", "async"])
def kind(request: pytest.FixtureRequest) -> AnyClient:
    """Run a test once for each flavour."""
    found: AnyClient = request.param
    return found


def teams(*slugs: str) -> list[dict[str, str]]:
    """A page as JSON."""
    return [{"slug": it} for it in slugs]


def linked(content: object, link: str) -> ScriptedResponse:
    """A page with a link to the next one."""
    return json_response(content, headers={"Link": f'<{link}>; rel="next"'})


def slugs(held: OpenClient, path: str = "/x", **options: Any) -> list[str]:
    """Read a whole list."""
    arguments = {"returns": list[Team], **options}
    pages = held.client.request_pages(path, **arguments)

    async def collect() -> list[Team]:
        return [it async for it in pages]

    items: Sequence[Team] = list(pages) if isinstance(held.client, Client) else held.do(collect)
    return [it.slug for it in items]


def test_links_lead_through_the_pages(kind: AnyClient) -> None:
    """With the token of every call, a hundred items a page, and nothing sent before iteration."""
    with ScriptedServer() as server, OpenClient(kind, server.url) as held:
        server.script(
            linked(teams("a", "b"), f"{server.url}/organizations/9/teams?page=2"),
            json_response(teams("c")),
        )
        held.client.request_pages("/not-read", returns=list[Team])
        found = slugs(held, "/orgs/{org}/teams", path_parameters={"org": "a/b"}, query={"q": "x"})
    assert found == ["a", "b", "c"]
    assert server.targets == [
        "/orgs/a%2Fb/teams?per_page=100&q=x",
        "/organizations/9/teams?page=2",
    ]
    assert [bearer(it) for it in server.requests] == [TOKEN] * 2


def test_a_full_page_without_a_link_is_the_last(kind: AnyClient) -> None:
    """Nothing but the header says that there are more. Equal items are all kept."""
    with (
        ScriptedServer(json_response(teams("a", "a"))) as server,
        OpenClient(kind, server.url) as held,
    ):
        assert slugs(held, query={"per_page": 2}) == ["a", "a"]
    assert server.targets == ["/x?per_page=2"]


def test_pages_that_are_objects(kind: AnyClient) -> None:
    """A function returns the items of each."""
    with ScriptedServer() as server, OpenClient(kind, server.url) as held:
        server.script(
            linked({"total_count": 2, "teams": teams("a")}, "/x?page=2"),
            json_response({"total_count": 2, "teams": teams("b")}),
        )
        assert slugs(held, returns=Wrapped, items=teams_of) == ["a", "b"]


def test_pages_can_be_read_in_parallel(kind: AnyClient) -> None:
    """As those of any list with numbered pages and a link to the last one."""

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        number = int(parse_qs(urlsplit(request.target).query).get("page", ["1"])[0])
        link = (
            f'</x?per_page=100&page={number + 1}>; rel="next", </x?per_page=100&page=5>; rel="last"'
        )
        return json_response(teams(str(number)), headers={"Link": link} if number < 5 else {})

    with (
        ScriptedServer(default=answer) as server,
        OpenClient(kind, server.url, page_concurrency=4) as held,
    ):
        assert slugs(held) == ["1", "2", "3", "4", "5"]
    assert sorted(server.targets)[1:] == [f"/x?per_page=100&page={it}" for it in range(2, 6)]


def test_a_link_to_another_server_is_refused(kind: AnyClient) -> None:
    """The token leaves for no other origin."""
    with ScriptedServer() as other, ScriptedServer() as server:
        server.script(linked(teams("a"), f"{other.url}/x?page=2"))
        with OpenClient(kind, server.url) as held, pytest.raises(LinkRefused):
            slugs(held)
    assert (len(server.requests), other.requests) == (1, [])


@pytest.mark.parametrize(
    "link", ["https://127.0.0.1/x?page=2", "//elsewhere.example/x", "http://user@{host}/x?page=2"]
)
def test_another_scheme_host_or_user_is_refused(kind: AnyClient, link: str) -> None:
    """However the link is spelt: no second request is sent."""
    with ScriptedServer() as server, OpenClient(kind, server.url) as held:
        host = urlsplit(server.url).netloc
        server.script(linked(teams("a"), link.format(host=host)))
        with pytest.raises(LinkRefused):
            slugs(held)
    assert len(server.requests) == 1


def test_pages_without_end_are_an_error(kind: AnyClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each with a new link and new items: the walk has a limit, and says that it was reached."""
    monkeypatch.setattr(page_walk, "MAX_PAGES", 20)

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        number = int(parse_qs(urlsplit(request.target).query).get("page", ["1"])[0])
        return linked(teams(str(number)), f"/x?page={number + 1}")

    with (
        ScriptedServer(default=answer) as server,
        OpenClient(kind, server.url) as held,
        pytest.raises(UnexpectedResponse, match="repeat or do not end"),
    ):
        slugs(held)
    assert len(server.requests) == 20


def test_a_response_without_content_is_no_empty_list(kind: AnyClient) -> None:
    """Such as 204, or 202 while GitHub prepares a list."""
    for status in (202, 204):
        with (
            ScriptedServer(ScriptedResponse(status=status)) as server,
            OpenClient(kind, server.url) as held,
            pytest.raises(UnexpectedResponse),
        ):
            slugs(held)


@pytest.mark.parametrize("found", [None, 7, "ab", {"a": 1}, iter(())])
def test_items_that_are_no_sequence_are_an_error(kind: AnyClient, found: Any) -> None:
    """A function that returns something else, such as None for a missing key, ends the walk."""

    def items(_: Wrapped) -> Any:
        return found

    with (
        ScriptedServer(json_response({"total_count": 0, "teams": []})) as server,
        OpenClient(kind, server.url) as held,
        pytest.raises(TypeError, match="items= must return a list"),
    ):
        slugs(held, returns=Wrapped, items=items)


def test_a_page_that_cannot_be_read_is_no_end(kind: AnyClient) -> None:
    """The error of the second page is raised."""
    with ScriptedServer() as server, OpenClient(kind, server.url) as held:
        server.script(linked(teams("a"), "/x?page=2"), json_response({"message": "x"}, 503))
        with pytest.raises(ServerError):
            slugs(held)


def test_pages_that_repeat_are_an_error(kind: AnyClient) -> None:
    """A link to the page itself ends the walk."""
    with ScriptedServer() as server, OpenClient(kind, server.url) as held:
        server.script(linked(teams("a"), "/x?per_page=100"))
        with pytest.raises(UnexpectedResponse, match="repeat or do not end"):
            slugs(held)


@pytest.mark.parametrize("content", [{"slug": "a"}, [{"slug": 7}], [7], None, "a"])
def test_another_shape_is_an_error(kind: AnyClient, content: object) -> None:
    """An object in the place of a list is never an empty list."""
    with (
        ScriptedServer(json_response(content)) as server,
        OpenClient(kind, server.url) as held,
        pytest.raises(UnexpectedResponse),
    ):
        slugs(held)


@pytest.mark.parametrize(
    ("options", "error", "match"),
    [
        ({"path": "https://elsewhere.example/x"}, InvalidArgument, "begin with one slash"),
        ({"path": "/x?page=2"}, InvalidArgument, "query"),
        ({"path": "/a/../x"}, InvalidArgument, "dot segments"),
        ({"path": "/{org}"}, InvalidArgument, "placeholders"),
        ({"returns": Team}, TypeError, "must be a list of items"),
        ({"returns": bytes}, TypeError, "must be a list of items"),
        ({"returns": None}, TypeError, "must be a list of items"),
        ({"returns": list[object, object]}, TypeError, "msgspec can decode"),  # type: ignore[misc] # the point
    ],
)
def test_what_cannot_be_meant_sends_nothing(
    kind: AnyClient, options: dict[str, Any], error: type[Exception], match: str
) -> None:
    """It is refused when the list is made, before it is read."""
    arguments = {"path": "/x", "returns": list[Team], **options}
    with (
        ScriptedServer() as server,
        OpenClient(kind, server.url) as held,
        pytest.raises(error, match=match),
    ):
        held.client.request_pages(**arguments)
    assert server.requests == []


def test_raw_responses_have_one_page(kind: AnyClient) -> None:
    """With its headers; conditional requests work, too."""
    with ScriptedServer() as server, OpenClient(kind, server.url) as held:
        server.script(
            json_response(teams("a"), headers={"Link": "</x>; rel=next", "ETag": '"e"'}),
            ScriptedResponse(status=304),
            json_response({"message": "no"}, 403),
        )
        raw = held.raw(held.client.request_pages, "/x", returns=list[Team])
        assert (raw.status, raw.value, raw.etag) == (200, [Team("a")], '"e"')
        assert held.unless('"e"', held.client.request_pages, "/x", returns=list[Team]) is None
        with pytest.raises(Forbidden):
            held.raw(held.client.request_pages, "/x", returns=list[Team])
    assert len(server.requests) == 3


def test_a_client_of_its_own_is_asked(kind: AnyClient) -> None:
    """Not another one, whose method is passed by mistake."""
    with (
        ScriptedServer() as server,
        OpenClient(kind, server.url) as held,
        OpenClient(kind, server.url) as other,
        pytest.raises(InvalidArgument, match="another client"),
    ):
        held.raw(other.client.request_pages, "/x", returns=list[Team])
    assert server.requests == []
