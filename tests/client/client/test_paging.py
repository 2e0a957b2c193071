"""Walking lists: by Link, by number, to the end, and never for ever."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as some

from client import runtime_api
from client.runtime_api import (
    DEFAULTS,
    LIST,
    TOKEN,
    AsyncClient,
    Caller,
    Client,
    SyncCaller,
    Thing,
    Things,
    both,
    page,
)
from client.scripted_server import (
    ReceivedRequest,
    Script,
    ScriptedResponse,
    ScriptedServer,
    json_response,
)
from ghrunners._runtime.client import page_walk, paging
from ghrunners._runtime.errors import ClientClosed, InvalidArgument
from ghrunners._runtime.request.builder import QueryValue
from ghrunners._runtime.request.operation import PagedOperation
from ghrunners._runtime.response.warnings import SchemaDrift
from ghrunners._runtime.response_errors import (
    LinkRefused,
    NotFound,
    ServerError,
    UnexpectedResponse,
)
from ghrunners._runtime.types import UNSET


def linked(ids: Sequence[int], total: int, link: str) -> ScriptedResponse:
    """A page with a `Link` header."""
    return json_response(page(ids, total), headers={"Link": link})


def number_of(request: ReceivedRequest) -> int:
    """The page that a request asks for; 1 when it does not say."""
    return int(parse_qs(urlsplit(request.target).query).get("page", ["1"])[0])


@both
def test_one_page_is_one_request(flavour: type[Caller]) -> None:
    """A list that fits on a page asks for a hundred items, and for nothing else."""
    with ScriptedServer(json_response(page([1, 2], 2))) as server:
        assert flavour(server.url).ids() == [1, 2]
    assert server.targets == ["/orgs/acme/things?per_page=100"]


@both
def test_an_empty_list_is_empty(flavour: type[Caller]) -> None:
    """No items of none is an answer."""
    with ScriptedServer(json_response(page([], 0))) as server:
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
    with ScriptedServer(json_response(page([], 0))) as server:
        flavour(server.url).ids(query)
    assert server.targets == [f"/orgs/acme/things?{sent}"]


@both
def test_links_lead_through_the_pages(flavour: type[Caller]) -> None:
    """The next link is followed as it is, to another path too, with the same headers."""
    with ScriptedServer() as server:
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
    with ScriptedServer() as server:
        server.script(linked([1], 2, link.format(server.url)), json_response(page([2], 2)))
        assert flavour(server.url).ids() == [1, 2]
    assert server.targets[1].endswith("?page=2")


@both
def test_pages_know_their_total(flavour: type[Caller]) -> None:
    """`pages()` gives the pages themselves."""
    with ScriptedServer() as server:
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
        json_response(page(range(end - size, end), total))
        for size, end in zip(sizes, ends, strict=True)
    ]
    with ScriptedServer(*script) as server:
        assert flavour(server.url).ids({"name": "x", **query}) == list(range(skipped, ends[-1]))
    assert [number_of(request) for request in server.requests] == numbers
    assert all("name=x" in target for target in server.targets)


@both
def test_a_link_that_cannot_be_read_is_none(flavour: type[Caller]) -> None:
    """Rubbish in place of a Link does not end a list early."""
    with ScriptedServer(linked([1], 2, "rubbish"), linked([2], 2, ";;<")) as server:
        assert flavour(server.url).ids({"per_page": 1}) == [1, 2]
    assert [number_of(request) for request in server.requests] == [1, 2]


@both
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ScriptedResponse(status=502), ServerError),
        (json_response({"message": "Not Found"}, 404), NotFound),
        (
            ScriptedResponse(body=b"<html>", headers={"Content-Type": "text/html"}),
            UnexpectedResponse,
        ),
        (json_response({"total_count": 4}), UnexpectedResponse),
        (json_response([]), UnexpectedResponse),
    ],
)
def test_a_page_that_fails_raises(
    flavour: type[Caller], answer: ScriptedResponse, error: type[Exception]
) -> None:
    """A list does not end because a page in its middle could not be had."""
    with ScriptedServer() as server:
        server.script(linked([1], 9, f"<{server.url}/n>; rel=next"), answer)
        with pytest.raises(error):
            flavour(server.url).ids()
    assert len(server.requests) == 2


@both
def test_an_empty_page_in_place_of_a_full_one_raises(flavour: type[Caller]) -> None:
    """No items behind a full page is no end if the response counts another whole page."""
    with (
        ScriptedServer(
            json_response(page(range(100), 200)), json_response(page([], 200))
        ) as server,
        pytest.raises(
            UnexpectedResponse, match="the page is empty, but its total counts more items"
        ),
    ):
        flavour(server.url).ids()
    assert len(server.requests) == 2


@both
@pytest.mark.parametrize(
    ("shown", "total", "requests"),
    [(5, 6, 4), (0, 1, 2), (0, 250, 2), (1, 250, 4), (100, 101, 4), (100, 199, 4), (199, 250, 6)],
)
def test_a_total_may_count_what_is_not_shown(
    flavour: type[Caller], shown: int, total: int, requests: int
) -> None:
    """Without links, an empty page ends the list; it is read again, in case it was moving."""

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        number = number_of(request)
        return json_response(page(range(shown)[(number - 1) * 100 : number * 100], total))

    with ScriptedServer(default=answer) as server:
        assert flavour(server.url).ids() == list(range(shown))
    assert len(server.requests) == requests


@both
@pytest.mark.parametrize("links", [False, True])
def test_a_page_of_new_items_is_no_repetition(flavour: type[Caller], links: bool) -> None:
    """They move a whole page to the next: it comes again, and its total has grown."""
    sizes = iter([150, 250])

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        size = next(sizes, 250)
        start = (number_of(request) - 1) * 100
        found = list(range(size, 0, -1))[start : start + 100]
        if not links:
            return json_response(page(found, size))
        following = f"</orgs/acme/things?page={number_of(request) + 1}>; rel=next"
        return linked(found, size, following if start + 100 < size else "</x>; rel=first")

    with ScriptedServer(default=answer) as server:
        assert sorted(flavour(server.url).ids()) == list(range(1, 251))


def ring(size: int) -> Script:
    """Pages whose next links lead round."""

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        number = number_of(request)
        return linked([number], 99, f"</orgs/acme/things?page={number % size + 1}>; rel=next")

    return answer


def same(request: ReceivedRequest) -> ScriptedResponse:
    """Always the same items, behind links that are always new."""
    return linked([1, 2], 99, f"</orgs/acme/things?page={number_of(request) + 1}>; rel=next")


def nothing(request: ReceivedRequest) -> ScriptedResponse:
    """Pages without items, and always one more."""
    return linked([], 99, f"</orgs/acme/things?page={number_of(request) + 1}>; rel=next")


def more(request: ReceivedRequest) -> ScriptedResponse:
    """Always new items, and always one more page."""
    number = number_of(request)
    return linked([number], 99, f"</orgs/acme/things?page={number + 1}>; rel=next")


def deaf(request: ReceivedRequest) -> ScriptedResponse:
    """The first page, whichever is asked for, and no links."""
    assert "link" not in {name.lower() for name, _ in request.headers}
    return json_response(page([1, 2], 99))


@both
@pytest.mark.parametrize(
    ("server_of", "requests"), [(ring(1), 2), (ring(3), 4), (same, 2), (deaf, 2), (nothing, 11)]
)
def test_pages_that_repeat_end_with_an_error(
    flavour: type[Caller], server_of: Script, requests: int
) -> None:
    """A chain that brings nothing new is cut, and does not pass for the whole list."""
    with (
        ScriptedServer(default=server_of) as server,
        pytest.raises(UnexpectedResponse, match="the pages repeat or do not end"),
    ):
        flavour(server.url).ids()
    assert len(server.requests) == requests


@both
def test_pages_without_end_end(flavour: type[Caller], monkeypatch: pytest.MonkeyPatch) -> None:
    """A chain that always brings something new ends at a bound."""
    monkeypatch.setattr(page_walk, "MAX_PAGES", 20)
    with (
        ScriptedServer(default=more) as server,
        pytest.raises(UnexpectedResponse, match="the pages repeat or do not end"),
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
    with ScriptedServer() as other, ScriptedServer() as server:
        url = url.format(port=server.port, other=other.port)
        server.script(linked([1], 2, f'<{url}>; rel="next"'))
        with pytest.raises(LinkRefused, match="link to the next page is not followed") as caught:
            flavour(f"{server.url}/api/v3").ids()
    assert (len(server.requests), other.requests) == (1, [])
    assert caught.value.request.path == "/api/v3/orgs/acme/things"


def test_a_link_elsewhere_costs_no_item_before_it() -> None:
    """What was read is given; the error comes where more would be needed."""
    with ScriptedServer(
        default=linked([1, 2], 4, "<http://elsewhere.example/>; rel=next")
    ) as server:
        assert SyncCaller(server.url).ids(limit=2) == [1, 2]
        with pytest.raises(
            LinkRefused, match=r"it leads to http://elsewhere\.example, not to http"
        ):
            SyncCaller(server.url).ids()


@both
def test_a_walk_that_stops_asks_for_no_more(flavour: type[Caller]) -> None:
    """Pages are fetched when they are needed."""
    with ScriptedServer() as server:
        server.script(linked([1, 2], 4, f"<{server.url}/n>; rel=next"))
        assert flavour(server.url).ids(limit=2) == [1, 2]
    assert len(server.requests) == 1


# ── Lists that change while they are read ────────────────────────────────────────────────────


@dataclass
class Fleet:
    """Things that come and go between two requests, a page of two at a time.

    `after` says what happens to the ids once a request was answered, counted from 1. `counted` is
    how many more are counted than shown; without `links`, pages are asked for by number.
    """

    ids: Sequence[int]
    after: Mapping[int, Callable[[list[int]], object]] = field(default_factory=dict[int, Any])
    counted: int = 0
    links: bool = True

    def __post_init__(self) -> None:
        self.there = list(self.ids)
        self.answered = 0

    def __call__(self, request: ReceivedRequest) -> ScriptedResponse:
        number = number_of(request)
        shown, total = self.there[number * 2 - 2 : number * 2], len(self.there) + self.counted
        is_last = number * 2 >= len(self.there)
        relation = (
            f"</x?page=1>; rel=first, </x?page={number + 1}>; rel={'x' if is_last else 'next'}"
        )
        self.answered += 1
        self.after.get(self.answered, len)(self.there)
        return linked(shown, total, relation if self.links else "")


def goes(*gone: int) -> Callable[[list[int]], object]:
    """Some are removed."""

    def change(ids: list[int]) -> None:
        for one in gone:
            ids.remove(one)

    return change


def sorted_as(*ids: int) -> Callable[[list[int]], object]:
    """They come in another order."""
    return lambda there: there.sort(key=ids.index)


def comes(new: int, at: int | None = None) -> Callable[[list[int]], object]:
    """One is added, at the end or somewhere else."""
    return lambda ids: ids.insert(len(ids) if at is None else at, new)


def both_of(*what: Callable[[list[int]], object]) -> Callable[[list[int]], object]:
    """One thing after the other."""
    return lambda ids: [one(ids) for one in what]


# How a list changes, what is given of it in which order, and the pages that were asked for.
MOVES: dict[str, tuple[Fleet, list[int], list[int]]] = {
    "quiet": (Fleet([1, 2, 3, 4, 5]), [1, 2, 3, 4, 5], [1, 2, 3]),
    # 3 moves up onto the page that was read; the second walk finds it.
    "one goes": (
        Fleet([1, 2, 3, 4, 5], {1: goes(1)}),
        [1, 2, 4, 5, 3],
        [1, 2, 1, 2],
    ),
    # 2 is pushed onto the second page, and 9 onto the first.
    "one comes before": (
        Fleet([1, 2, 3, 4, 5], {1: comes(9, at=0)}),
        [1, 2, 3, 4, 5, 9],
        [1, 2, 3, 1, 2, 3],
    ),
    "one comes at the end": (
        Fleet([1, 2, 3, 4, 5], {1: comes(6)}),
        [1, 2, 3, 4, 5, 6],
        [1, 2, 3, 1, 2, 3],
    ),
    # The total stays as it was, but 2 is pushed onto the second page.
    "one goes, one comes before": (
        Fleet([1, 2, 3, 4, 5], {1: both_of(goes(5), comes(9, at=0))}),
        [1, 2, 3, 4, 9],
        [1, 2, 3, 1, 2, 3],
    ),
    "all go": (Fleet([1, 2, 3, 4, 5], {1: goes(1, 2, 3, 4, 5)}), [1, 2], [1, 2, 1]),
    "one goes in each walk": (
        Fleet([1, 2, 3, 4, 5, 6, 7], {1: goes(1), 4: goes(2)}),
        [1, 2, 4, 5, 6, 7, 3],
        [1, 2, 3, 1, 2, 3, 1, 2, 3],
    ),
    # 3 is pushed onto the page that was read, and 2 onto the next: twice, and the third walk rests.
    "sorted otherwise": (
        Fleet(
            [1, 2, 3, 4, 5],
            {
                1: sorted_as(3, 1, 2, 4, 5),
                3: sorted_as(1, 2, 3, 4, 5),
                4: sorted_as(3, 1, 2, 4, 5),
                6: sorted_as(1, 2, 3, 4, 5),
            },
        ),
        [1, 2, 4, 5, 3],
        [1, 2, 3, 1, 2, 3, 1, 2, 3],
    ),
    # Three walks, and no fourth: nobody walks for ever.
    "it never rests": (
        Fleet(range(1, 11), {1: goes(1), 6: goes(2), 10: goes(3)}),
        [1, 2, 4, 5, 6, 7, 8, 9, 10, 3],
        [1, 2, 3, 4, 5, 1, 2, 3, 4, 1, 2, 3, 4],
    ),
    # The same twice is how this server counts: a third walk would not help.
    "more are counted than shown": (
        Fleet([1, 2, 3], counted=2),
        [1, 2, 3],
        [1, 2, 1, 2],
    ),
    "by number": (
        Fleet([1, 2, 3, 4, 5], {1: goes(1)}, links=False),
        [1, 2, 4, 5, 3],
        [1, 2, 1, 2],
    ),
}


@both
@pytest.mark.parametrize("case", MOVES)
def test_a_list_that_moves_loses_and_doubles_nothing(flavour: type[Caller], case: str) -> None:
    """Each item comes once; where the list was seen to change it is walked again."""
    fleet, given, pages = MOVES[case]
    with ScriptedServer(default=replace(fleet)) as server:
        assert flavour(server.url).ids({"per_page": 2}) == given
    assert [number_of(request) for request in server.requests] == pages


@both
def test_a_removal_and_an_addition_cancel_out(flavour: type[Caller]) -> None:
    """Between the same two pages, at the front and at the end, they leave no trace: 3 is lost.

    That is what cannot be seen, and what the documentation says.
    """
    fleet = Fleet([1, 2, 3, 4, 5, 6], {1: both_of(goes(1), comes(7))})
    with ScriptedServer(default=fleet) as server:
        assert flavour(server.url).ids({"per_page": 2}) == [1, 2, 4, 5, 6, 7]
    assert len(server.requests) == 3
    assert "a removal and an addition between the same two pages" in " ".join(
        (paging.Pages.__doc__ or "").split()
    )


@both
@pytest.mark.parametrize(
    ("operation", "given"),
    [
        (msgspec.structs.replace(LIST, key=None), [1, 2, 2, 3, 4]),
        (msgspec.structs.replace(LIST, total=None), [1, 2, 3, 4]),
    ],
    ids=["key", "total"],
)
def test_without_a_key_or_a_total_a_list_is_walked_once(
    flavour: type[Caller],
    operation: PagedOperation[Thing, Things],
    given: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What cannot be distinguished cannot be read twice; without a total, doubles are still dropped."""
    monkeypatch.setattr(runtime_api, "LIST", operation)
    with ScriptedServer(default=Fleet([1, 2, 3, 4], {1: comes(9, at=0)})) as server:
        assert flavour(server.url).ids({"per_page": 2}) == given
    assert len(server.requests) == 3


@both
def test_an_item_twice_on_one_page_is_given_once(flavour: type[Caller]) -> None:
    """As on two."""
    with ScriptedServer(default=linked([1, 2, 1], 2, "</x>; rel=first")) as server:
        assert flavour(server.url).ids() == [1, 2]
    assert len(server.requests) == 3


@both
@pytest.mark.parametrize("ids", [[1, None], [1, None, [1], None]])
def test_an_item_without_an_id_is_not_lost(flavour: type[Caller], ids: list[object]) -> None:
    """An odd item cannot be distinguished from others: it is given, and the list is walked once."""
    things = [{"id": one, "name": "x"} for one in ids]
    answer = json_response(
        {"total_count": 9, "things": things}, headers={"Link": "</x>; rel=first"}
    )
    with ScriptedServer(answer) as server, pytest.warns(SchemaDrift, match=r"/things/\*/id"):
        assert flavour(server.url).ids() == ids
    assert len(server.requests) == 1


@both
def test_pages_are_walked_once_as_they_come(flavour: type[Caller]) -> None:
    """`pages()` is the plain walk, also of a list that moves."""
    with ScriptedServer(default=Fleet([1, 2, 3, 4], {1: comes(9, at=0)})) as server:
        assert flavour(server.url).totals() == [4, 5, 5]
    assert len(server.requests) == 3


@both
@pytest.mark.parametrize("page_of", [1, 2])
def test_a_page_that_fails_in_a_second_walk_raises(flavour: type[Caller], page_of: int) -> None:
    """What was given before stands; that the rest could not be read is said."""
    fleet = Fleet([1, 2, 3, 4, 5], {1: goes(1)})

    def answer(request: ReceivedRequest) -> ScriptedResponse:
        return (
            ScriptedResponse(status=502) if len(server.requests) == 2 + page_of else fleet(request)
        )

    with ScriptedServer(default=answer) as server, pytest.raises(ServerError):
        flavour(server.url).ids({"per_page": 2})
    assert len(server.requests) == 2 + page_of


@both
def test_a_list_from_a_later_page_on_is_walked_once(flavour: type[Caller]) -> None:
    """What was skipped by request is not missed."""
    with ScriptedServer(default=Fleet([1, 2, 3, 4, 5])) as server:
        assert flavour(server.url).ids({"per_page": 2, "page": 2}) == [3, 4, 5]
    assert [number_of(request) for request in server.requests] == [2, 3]


# Whether something leaves or comes, and where among those that can.
FLEET_CHANGES = some.tuples(
    some.sampled_from(["leaves", "leaves", "comes"]), some.sampled_from(range(24))
)


@settings(max_examples=25, phases=[Phase.generate])  # to shrink one takes minutes
@given(some.lists(FLEET_CHANGES, min_size=15, max_size=15))
def test_what_stays_is_given_once(moves: list[tuple[str, int]]) -> None:
    """Whatever comes and goes, one at a time, while a list is walked twice; then it rests."""
    stays = set(range(0, 24, 2))

    def change(number: int, ids: list[int]) -> None:
        move, place = moves[number - 1]
        leaving = [one for one in ids if one not in stays]
        if leaving and move == "leaves":
            ids.remove(leaving[place % len(leaving)])
        else:
            ids.insert(place % (len(ids) + 1), 100 + number)

    fleet = Fleet(range(24), {number: partial(change, number) for number in range(1, 16)})
    with ScriptedServer(default=fleet) as server:
        found = SyncCaller(server.url).ids({"per_page": 2})
    assert len(found) == len(set(found))
    assert stays | set(fleet.there) <= set(found)


def test_each_iteration_starts_anew() -> None:
    """A list can be walked twice, also at once, and asks the server each time."""
    with (
        ScriptedServer(default=lambda r: json_response(page([number_of(r)], 2))) as server,
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
    with ScriptedServer(default=lambda r: json_response(page([number_of(r)], 3))) as server:

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
