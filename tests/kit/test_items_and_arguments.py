"""Items of lists, values of the description, and the arguments that select calls."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

import pytest

import ghrunners
from ghrunners import testing
from kit.kits import kit_of

GET: Final = "org.runners.get"
LIST: Final = "org.runners.list"
DELETE: Final = "org.runners.delete"
TWICE = "have the same id, 41, and a client returns only one of them; give each a different id"


@pytest.fixture
def server() -> testing.MockServer:
    return testing.MockServer()


def names(server: testing.MockServer) -> list[str]:
    return [runner.name for runner in server.client().org("acme").runners.list()]


# ── Items of lists ───────────────────────────────────────────────────────────────────────────


def two() -> list[ghrunners.models.Runner]:
    """Two runners of a factory, which have the id of the example."""
    return [testing.runner(name="a"), testing.runner(name="b")]


SAME: dict[str, Callable[[testing.MockServer], object]] = {
    "a list": lambda server: server.respond(LIST, two()),
    "JSON": lambda server: server.respond(
        LIST, [{"id": 41, "name": it.name, "os": "linux", "status": "online"} for it in two()]
    ),
    "a script": lambda server: server.script(LIST, [], two()),
    "a late one": lambda server: server.respond(LIST, testing.Delay(1, two())),
    "far behind": lambda server: server.respond(
        LIST, [*two()[:1], *(testing.runner(id=it) for it in range(100, 400)), *two()[:1]]
    ),
    "a page": lambda server: server.respond(LIST, testing.runner_list(runners=two())),
    "groups": lambda server: server.respond(
        "org.runner_groups.list", [testing.runner_group(id=41), testing.runner_group(id=41)]
    ),
    "pages": lambda _: testing.pages(LIST, two()),
    "async pages": lambda _: testing.async_pages(LIST, two()),
}


@pytest.mark.parametrize("name", SAME)
def test_no_item_of_a_list_is_lost(server: testing.MockServer, name: str) -> None:
    """A client returns each id once: items with the same one are refused when they are planned."""
    with pytest.raises(ValueError, match=TWICE) as caught:
        SAME[name](server)
    assert "\n" not in str(caught.value)


def test_a_function_gives_no_item_twice(server: testing.MockServer) -> None:
    """The call fails, and returns no list that lacks one."""

    def both(_: testing.Call) -> object:
        return two()

    server.respond(LIST, both)
    with pytest.raises(ValueError, match=TWICE):
        names(server)


def test_a_runner_may_be_on_two_pages(server: testing.MockServer) -> None:
    """If a test means it: pages one by one, or responses that are sent as they are."""
    first, moved = testing.runner(id=1, name="a"), testing.runner(id=2, name="b")
    link = {"link": '<https://api.github.com/orgs/acme/actions/runners?page=2>; rel="next"'}
    for last in (
        testing.runner_list(total_count=2, runners=[moved]),
        testing.Response(json={"total_count": 2, "runners": [moved, moved]}),
    ):
        body = {"total_count": 2, "runners": [first, moved]}
        server.script(LIST, testing.Response(json=body, headers=link), last)
        server.respond(LIST, [first, moved])
        assert names(server) == ["a", "b"]
        server.check()


def test_items_without_an_id_may_be_alike(server: testing.MockServer) -> None:
    """A client returns them all."""
    application = testing.runner_application()
    server.respond("org.runners.list_applications", [application, application])
    assert len(list(server.client().org("acme").runners.list_applications())) == 2


def test_every_item_is_checked_at_once(server: testing.MockServer) -> None:
    """Also those of later pages."""
    items: list[Any] = [testing.runner(id=number) for number in range(250)]
    with pytest.raises(ValueError, match=r"runners\[250\].os: is required"):
        server.respond(LIST, [*items, {"id": 250, "name": "a"}])


@pytest.mark.parametrize("operation", [GET, "org.runners.list_applications", "org.runners.lst"])
def test_only_a_paginated_operation_has_pages(operation: Any) -> None:
    """Others are named as wrong."""
    with pytest.raises(ValueError, match=f"no paginated operation '{operation}'; did you mean"):
        testing.pages(operation, [testing.runner()])


# ── Values of the description ────────────────────────────────────────────────────────────────


def test_a_typing_error_in_a_value_is_refused(server: testing.MockServer) -> None:
    """Though a server may send others than the listed values: for these, there are faults."""
    with pytest.raises(ValueError, match='status: must be "online" or "offline"; use Response'):
        server.respond(GET, testing.runner(status="offlin"))
    with pytest.raises(ValueError, match=r"runners\[1\].status: must be"):
        server.respond(LIST, [testing.runner(id=1), testing.runner(id=2, status="offlin")])
    runners = server.client().org("acme").runners
    odd = testing.runner(status="new")

    def answer(_: testing.Call) -> object:
        return odd

    planned: list[object] = [testing.Odd("/status", "new"), testing.Response(json=odd), answer]
    for new in planned:
        server.script(GET, new)
        assert runners.get(7).status == "new"


def test_a_text_of_which_one_value_is_known_may_be_another(server: testing.MockServer) -> None:
    """One value is no list to choose from."""
    image = testing.custom_image(state="Building")
    server.respond("org.hosted_runners.get_custom_image", image)
    assert server.client().org("acme").hosted_runners.get_custom_image(1).state == "Building"


@pytest.mark.parametrize("status", [201, 204, 299, 301, 304])
def test_a_success_that_is_not_described_is_refused(
    server: testing.MockServer, status: int
) -> None:
    """It is sent as a `Response`; an error can have any status."""
    text = rf"org.runners.list responds with 200; use Response\({status}\) for a status"
    for work in (server.respond, server.script):
        with pytest.raises(ValueError, match=text):
            work(LIST, status)
    server.respond(LIST, 499)
    server.respond(LIST, testing.Response(status))


@pytest.mark.usefixtures("kits")
def test_a_value_is_sent_with_the_status_that_it_fits() -> None:
    """Of several statuses of success: None with one without content."""
    kit = kit_of("shelter")
    server = kit.MockServer()
    create = server.client().animals.create_animal
    for value, status in ((kit.cat(), 201), (kit.receipt(), 202), (None, 204)):
        server.respond("animals.create_animal", value)
        assert create(name="a") == value
        assert server.calls[-1].status == status
    with pytest.raises(ValueError, match=r"is not one of animals.create_animal: "):
        server.respond("animals.create_animal", {})


@pytest.mark.usefixtures("kits")
def test_the_address_of_a_redirect_is_a_text() -> None:
    """The method returns it."""
    server = kit_of("bazaar").MockServer()
    server.respond("stalls.gate", "https://example.com/gate")
    with pytest.raises(ValueError, match=r"stalls.gate returns an address, not an object"):
        server.respond("stalls.gate", {})


# ── Arguments ────────────────────────────────────────────────────────────────────────────────


UNFIT: dict[str, tuple[Any, dict[str, Any], str]] = {
    "a text for a number": (DELETE, {"runner_id": "7"}, "runner_id: must be an integer, not a str"),
    "true for a number": (DELETE, {"runner_id": True}, "runner_id: must be an integer, not true"),
    "null": (LIST, {"name": None}, "name: must be a string, not null"),
    "beyond its bounds": (LIST, {"per_page": 101}, "per_page: must be at most 100"),
    "a field of the body": (
        "org.runners.set_labels",
        {"labels": "gpu"},
        "labels: must be an array, not a string",
    ),
    "a value of its list": (
        "org.runner_groups.create",
        {"visibility": "selekted"},
        'visibility: must be "selected" or "all" or "private"',
    ),
    "no JSON": (GET, {"runner_id": object()}, "runner_id cannot be sent"),
}


@pytest.mark.parametrize("name", UNFIT)
def test_an_argument_that_no_call_has_is_refused(server: testing.MockServer, name: str) -> None:
    """A plan for it would never be used."""
    operation, arguments, text = UNFIT[name]
    for work in (server.respond, server.script):
        with pytest.raises(ValueError, match=text) as caught:
            work(operation, 404, **arguments)
        assert "\n" not in str(caught.value)


def test_an_argument_is_compared_as_it_is_sent(server: testing.MockServer) -> None:
    """Tuples and times as well."""
    server.respond("org.runners.set_labels", 404, labels=("gpu", "x64"))
    runners = server.client().org("acme").runners
    runners.set_labels(7, labels=["gpu"])
    with pytest.raises(ghrunners.NotFound):
        runners.set_labels(7, labels=["gpu", "x64"])
    with pytest.raises(ValueError, match="name: must be a string, not an object"):
        server.respond(LIST, [], name={"time": datetime(2026, 1, 1, tzinfo=UTC)})


def test_the_case_of_owners_does_not_matter(server: testing.MockServer) -> None:
    """As on GitHub; that of other texts does."""
    server.respond(DELETE, 404, org="Octo-Org")
    server.respond("repo.runners.delete", 404, owner="octo-org", repo="Website")
    server.respond(LIST, [], name="A")
    client = server.client()
    with pytest.raises(ghrunners.NotFound):
        client.org("octo-org").runners.delete(7)
    with pytest.raises(ghrunners.NotFound):
        client.repo("Octo-Org", "website").runners.delete(7)
    client.org("acme").runners.delete(7)
    runners = client.org("acme").runners
    assert [len(list(runners.list(name=name))) for name in ("A", "a")] == [0, 2]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("org.runners.delet", "did you mean 'org.runners.delete'?"),
        ("org.runners.DELETE", "did you mean 'org.runners.get'?"),
        ("org.runners.models", "did you mean 'org.runners.delete'?"),
        ("x.y", "there are enterprise.runners.list, "),
        ("", "there are enterprise.runners.list, "),
    ],
)
def test_an_error_is_of_an_operation_that_there_is(name: Any, text: str) -> None:
    """Others are named as wrong, with the nearest one."""
    with pytest.raises(ValueError, match="no operation") as caught:
        testing.error(ghrunners.NotFound, operation=name)
    assert text in str(caught.value)


@pytest.mark.usefixtures("kits")
def test_so_it_is_for_any_document() -> None:
    """An unknown resource is no KeyError."""
    package: Any = importlib.import_module("kit_shelter")
    with pytest.raises(ValueError, match=r"no operation 'x.y'; there are "):
        kit_of("shelter").error(package.NotFound, operation="x.y")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (ghrunners.NotFound, r"NotFound is a class, not an instance of it: use testing.error\(N"),
        (ghrunners.models.Runner, "Runner is a class, not an instance of it: give one"),
        (testing.Reset, "Reset is a class, not an instance of it: give one"),
    ],
)
def test_a_class_is_no_response(server: testing.MockServer, given: Any, text: str) -> None:
    """Nor is it a function that returns one; also if it would be late."""
    for response in (given, testing.Delay(1, given)):
        with pytest.raises(ValueError, match=text):
            server.respond(GET, response)
