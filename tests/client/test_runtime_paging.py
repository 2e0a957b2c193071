"""Walking lists: by Link, by number, to the end, and never for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from urllib.parse import parse_qs, urlsplit

import pytest

from client.loopback import Answer, Loopback, Received, Script, reply
from client.runtime_kit import (
    DEFAULTS,
    TOKEN,
    AsyncClient,
    Caller,
    Client,
    SyncCaller,
    both,
    page,
)
from ghrunners._runtime import paging
from ghrunners._runtime.errors import (
    ClientClosed,
    InvalidArgument,
    LinkRefused,
    NotFound,
    ServerError,
    UnexpectedResponse,
)
from ghrunners._runtime.request import QueryValue
from ghrunners._runtime.unset import UNSET


def linked(ids: Sequence[int], total: int, link: str) -> Answer:
    """A page with a `Link` header."""
    return reply(page(ids, total), headers={"Link": link})


def number_of(request: Received) -> int:
    """The page that a request asks for; 1 when it does not say."""
    return int(parse_qs(urlsplit(request.target).query).get("page", ["1"])[0])


@both
def test_one_page_is_one_request(flavour: type[Caller]) -> None:
    """A list that fits on a page asks for a hundred items, and for nothing else."""
    with Loopback(reply(page([1, 2], 2))) as server:
        assert flavour(server.url).ids() == [1, 2]
    assert server.targets == ["/orgs/acme/things?per_page=100"]


@both
def test_an_empty_list_is_empty(flavour: type[Caller]) -> None:
    """No items of none is an answer."""
    with Loopback(reply(page([], 0))) as server:
        assert flavour(server.url).ids() == []
    assert len(server.requests) == 1


@both
@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ({"name": UNSET, "per_page": UNSET, "page": UNSET}, "per_page=100"),
        ({"name": "x", "per_page": UNSET, "page": UNSET}, "name=x&per_page=100"),
        ({"name": UNSET, "per_page": 30, "page": UNSET}, "per_page=30"),
        ({"name": UNSET, "per_page": UNSET, "page": 3}, "per_page=100&page=3"),
        ({"name": "a/b", "per_page": 1, "page": 1}, "name=a%2Fb&per_page=1&page=1"),
    ],
)
def test_what_paging_needs_is_sent_once(
    flavour: type[Caller], query: Mapping[str, QueryValue], sent: str
) -> None:
    """per_page is 100 unless the caller says otherwise; a page only when the caller names one."""
    with Loopback(reply(page([], 0))) as server:
        flavour(server.url).ids(query)
    assert server.targets == [f"/orgs/acme/things?{sent}"]


@both
def test_links_lead_through_the_pages(flavour: type[Caller]) -> None:
    """The next link is followed as it is, to another path too, with the same headers."""
    with Loopback() as server:
        next_page = f"{server.url}/organizations/9/things?per_page=100&page=2&after=a%2Fb%3D"
        last_page = "/organizations/9/things?per_page=100&page=3"
        server.script(
            linked([1, 2], 5, f'<{next_page}>; rel="next", <{server.url}/x?page=3>; rel="last"'),
            linked([3, 4], 5, f'<{server.url}/x>; rel="first", <{last_page}>; rel=next'),
            linked([5], 5, f'<{server.url}/x>; rel="prev", <{server.url}/x>; rel="first"'),
        )
        assert flavour(server.url).ids() == [1, 2, 3, 4, 5]
    assert server.targets == [
        "/orgs/acme/things?per_page=100",
        "/organizations/9/things?per_page=100&page=2&after=a%2Fb%3D",
        "/organizations/9/things?per_page=100&page=3",
    ]
    first, *others = (sorted(request.headers) for request in server.requests)
    assert others == [first, first]
    assert [request.header("x-github-api-version") for request in server.requests] == [
        DEFAULTS.versions[0]
    ] * 3
    assert {request.connection for request in server.requests} == {0}


@both
@pytest.mark.parametrize(
    "link",
    [
        "<{0}/n?page=2>; rel=next",
        '<{0}/n?page=2>;rel="next"',
        '<{0}/n?page=2> ; title="a, b" ; REL = "last NEXT"',
        '<{0}/a,b?page=9>; rel="last",<{0}/n?page=2>; rel="next"; title="x"',
        '<{0}/n?page=2>; rel="next", <{0}/m?page=3>; rel="next"',
        '<http://elsewhere.example/>; rel="last", </n?page=2>; rel="next"',
        "<n?page=2>; rel=next",
        "<?page=2>; rel=next",
    ],
)
def test_a_link_is_read_however_it_is_written(flavour: type[Caller], link: str) -> None:
    """Quotes, order, spaces and relative addresses are the server's to choose."""
    with Loopback() as server:
        server.script(linked([1], 2, link.format(server.url)), reply(page([2], 2)))
        assert flavour(server.url).ids() == [1, 2]
    assert server.targets[1].endswith("?page=2")


@both
def test_pages_know_their_total(flavour: type[Caller]) -> None:
    """`pages()` gives the pages themselves."""
    with Loopback() as server:
        server.script(
            linked([1], 2, f"<{server.url}/n>; rel=next"),
            linked([2], 3, f"<{server.url}/p>; rel=prev"),
        )
        assert flavour(server.url).totals() == [2, 3]


@both
@pytest.mark.parametrize(
    ("query", "sizes", "numbers"),
    [
        ({}, [100, 100, 5], [1, 2, 3]),
        ({"per_page": 2}, [2, 2, 1], [1, 2, 3]),
        # A server that gives less than was asked for is followed at its own pace.
        ({}, [30, 30, 30], [1, 2, 3]),
        ({"per_page": 10, "page": 3}, [10, 4], [3, 4]),
        # It gives at most 100, so page 2 begins after 100.
        ({"per_page": 500, "page": 2}, [100, 100, 50], [2, 3, 4]),
        ({"page": 9}, [0], [9]),
        ({"page": 0}, [2], [0]),
    ],
)
def test_without_links_the_total_leads(
    flavour: type[Caller], query: Mapping[str, QueryValue], sizes: list[int], numbers: list[int]
) -> None:
    """Where a server sends no Link at all, pages are asked for by number until the total is met."""
    skipped = max(numbers[0] - 1, 0) * min(int(str(query.get("per_page", 100))), 100)
    total = sum(sizes) + skipped if sum(sizes) else 5
    ends = [skipped + sum(sizes[: i + 1]) for i in range(len(sizes))]
    script = [
        reply(page(range(end - size, end), total)) for size, end in zip(sizes, ends, strict=True)
    ]
    with Loopback(*script) as server:
        assert flavour(server.url).ids({"name": "x", **query}) == list(range(skipped, ends[-1]))
    assert [number_of(request) for request in server.requests] == numbers
    assert all("name=x" in target for target in server.targets)


@both
def test_a_link_that_cannot_be_read_is_none(flavour: type[Caller]) -> None:
    """Rubbish in place of a Link does not end a list early."""
    with Loopback(linked([1], 2, "rubbish"), linked([2], 2, ";;<")) as server:
        assert flavour(server.url).ids({"per_page": 1}) == [1, 2]
    assert [number_of(request) for request in server.requests] == [1, 2]


@both
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(status=502), ServerError),
        (reply({"message": "Not Found"}, 404), NotFound),
        (Answer(body=b"<html>", headers={"Content-Type": "text/html"}), UnexpectedResponse),
        (reply({"total_count": 4}), UnexpectedResponse),
        (reply([]), UnexpectedResponse),
    ],
)
def test_a_page_that_fails_raises(
    flavour: type[Caller], answer: Answer, error: type[Exception]
) -> None:
    """A list does not end because a page in its middle could not be had."""
    with Loopback() as server:
        server.script(linked([1], 9, f"<{server.url}/n>; rel=next"), answer)
        with pytest.raises(error):
            flavour(server.url).ids()
    assert len(server.requests) == 2


@both
def test_an_empty_page_that_should_not_be_raises(flavour: type[Caller]) -> None:
    """No items, while the same reply counts some that were not given, is no end."""
    with (
        Loopback(reply(page([], 5))) as server,
        pytest.raises(UnexpectedResponse, match="empty where its total says that more exist"),
    ):
        flavour(server.url).ids()
    with (
        Loopback(reply(page([1], 5)), reply(page([], 5))) as server,
        pytest.raises(UnexpectedResponse, match="empty where its total says that more exist"),
    ):
        flavour(server.url).ids()
    assert len(server.requests) == 2


def ring(size: int) -> Script:
    """Pages whose next links lead round."""

    def answer(request: Received) -> Answer:
        number = number_of(request)
        return linked([number], 99, f"</orgs/acme/things?page={number % size + 1}>; rel=next")

    return answer


def same(request: Received) -> Answer:
    """Always the same items, behind links that are always new."""
    return linked([1, 2], 99, f"</orgs/acme/things?page={number_of(request) + 1}>; rel=next")


def nothing(request: Received) -> Answer:
    """Pages without items, and always one more."""
    return linked([], 99, f"</orgs/acme/things?page={number_of(request) + 1}>; rel=next")


def more(request: Received) -> Answer:
    """Always new items, and always one more page."""
    number = number_of(request)
    return linked([number], 99, f"</orgs/acme/things?page={number + 1}>; rel=next")


def deaf(request: Received) -> Answer:
    """The first page, whichever is asked for, and no links."""
    assert "link" not in {name.lower() for name, _ in request.headers}
    return reply(page([1, 2], 99))


@both
@pytest.mark.parametrize(
    ("server_of", "requests"), [(ring(1), 2), (ring(3), 4), (same, 2), (deaf, 2), (nothing, 11)]
)
def test_pages_that_repeat_end_with_an_error(
    flavour: type[Caller], server_of: Script, requests: int
) -> None:
    """A chain that brings nothing new is cut, and does not pass for the whole list."""
    with (
        Loopback(default=server_of) as server,
        pytest.raises(UnexpectedResponse, match="the pages repeat, or never end"),
    ):
        flavour(server.url).ids()
    assert len(server.requests) == requests


@both
def test_pages_without_end_end(flavour: type[Caller], monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain that always brings something new ends at a bound."""
    monkeypatch.setattr(paging, "MAX_PAGES", 20)
    with (
        Loopback(default=more) as server,
        pytest.raises(UnexpectedResponse, match="the pages repeat, or never end"),
    ):
        flavour(server.url).ids()
    assert len(server.requests) == 20


@both
@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{other}/orgs/acme/things?page=2",
        "//127.0.0.1:{other}/orgs/acme/things?page=2",
        "https://127.0.0.1:{port}/orgs/acme/things?page=2",
        "http://localhost:{port}/orgs/acme/things?page=2",
        "http://127.0.0.1:{port}@127.0.0.1:{other}/",
        "http://user:word@127.0.0.1:{port}/orgs/acme/things",
        "http://127.0.0.1:{port}\\@127.0.0.1:{other}/",
        "http://127.0.0.1:{port}#@127.0.0.1:{other}/../..",
        "http://127.0.0.1:{port}/api/v3/orgs/%2e%2e/%2E%2E/user",
        "http://127.0.0.1:{port}/api/v3/../user",
        "http://127.0.0.1:{port}/user",
        "http://127.0.0.1:{port}/api/v30/user",
        "http://127.0.0.1:{port}/api/v3",
        "/user",
        "../../../user",
        "http://[::1/",
        "http://127.0.0.1:99999/api/v3/x",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "",
        "\x7f",
        "a b",
    ],
)
def test_a_link_elsewhere_is_refused(flavour: type[Caller], url: str) -> None:
    """A next page outside the configured address is an error; nothing is sent there."""
    with Loopback() as other, Loopback() as server:
        url = url.format(port=server.port, other=other.port)
        server.script(linked([1], 2, f'<{url}>; rel="next"'))
        with pytest.raises(LinkRefused, match="link to the next page is not followed") as caught:
            flavour(f"{server.url}/api/v3").ids()
    assert (len(server.requests), other.requests) == (1, [])
    assert caught.value.request.path == "/api/v3/orgs/acme/things"


def test_a_link_elsewhere_costs_no_item_before_it() -> None:
    """What was read is given; the error comes where more would be needed."""
    with Loopback(default=linked([1, 2], 4, "<http://elsewhere.example/>; rel=next")) as server:
        assert SyncCaller(server.url).ids(limit=2) == [1, 2]
        with pytest.raises(
            LinkRefused, match=r"it leads to http://elsewhere\.example, not to http"
        ):
            SyncCaller(server.url).ids()


@both
def test_a_walk_that_stops_asks_for_no_more(flavour: type[Caller]) -> None:
    """Pages are fetched when they are needed."""
    with Loopback() as server:
        server.script(linked([1, 2], 4, f"<{server.url}/n>; rel=next"))
        assert flavour(server.url).ids(limit=2) == [1, 2]
    assert len(server.requests) == 1


def test_each_iteration_starts_anew() -> None:
    """A list can be walked twice, also at once, and asks the server each time."""
    with (
        Loopback(default=lambda r: reply(page([number_of(r)], 2))) as server,
        Client(auth=TOKEN, base_url=server.url) as client,
    ):
        things = client.org().list()
        assert server.requests == []
        assert [thing.id for thing in things] == [1, 2]
        one, two = iter(things), iter(things)
        assert [next(one).id, next(two).id, next(one).id, next(two).id] == [1, 1, 2, 2]
    assert [number_of(request) for request in server.requests] == [1, 2, 1, 1, 2, 2]


def test_each_async_iteration_starts_anew() -> None:
    """The same for the async flavour, in which walks can also run side by side."""
    with Loopback(default=lambda r: reply(page([number_of(r)], 3))) as server:

        async def main() -> list[list[int]]:
            async with AsyncClient(auth=TOKEN, base_url=server.url) as client:
                things = client.org().list()

                async def walk() -> list[int]:
                    return [thing.id async for thing in things]

                return list(await asyncio.gather(walk(), walk(), walk()))

        assert asyncio.run(main()) == [[1, 2, 3]] * 3
    assert len(server.requests) == 9


def test_a_list_is_checked_when_it_is_made() -> None:
    """A wrong argument is an error at the call, not at the first iteration."""
    with Client(auth=TOKEN) as client:
        with pytest.raises(InvalidArgument, match="org must not"):
            client.org("..").list()
        with pytest.raises(TypeError, match="name must be"):
            client.org().list(name=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the point


def test_a_list_is_not_mistaken_for_its_items() -> None:
    """It has no truth value, so that `if not runners:` is an error and not a wrong answer."""
    with Client(auth=TOKEN) as client:
        things = client.org().list()
        with pytest.raises(TypeError, match="not read yet"):
            bool(things)
        assert repr(things) == "<pages of GET /orgs/acme/things>"
    with pytest.raises(ClientClosed):
        list(things)


def test_an_async_list_is_not_mistaken_for_its_items() -> None:
    """The same for the async flavour."""
    client = AsyncClient(auth=TOKEN)
    things = client.org().list()
    with pytest.raises(TypeError, match="not read yet"):
        bool(things)
    assert repr(things) == "<pages of GET /orgs/acme/things>"
    asyncio.run(client.aclose())
