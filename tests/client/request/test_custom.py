"""Requests outside the API description: what a path, a body and a type may be."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from client.runtime_api import Thing
from ghrunners._runtime.errors import InvalidArgument
from ghrunners._runtime.request.availability import Deployment
from ghrunners._runtime.request.base_url import parse_base
from ghrunners._runtime.request.custom import CustomRequest, custom_request

BASE = parse_base("https://ghe.example/api/v3")
DEPLOYMENT = Deployment("2022-11-28", ("ghes",))


def built(method: str = "GET", path: str = "/x", **changes: Any) -> CustomRequest:
    """Build a request with some of the arguments of a call."""
    return custom_request(BASE, DEPLOYMENT, method, path, **changes)


@pytest.mark.parametrize(
    ("path", "values", "sent"),
    [
        ("/orgs/acme/teams", {}, "/orgs/acme/teams"),
        ("/orgs/{org}/teams", {"org": "a/b c?d#e%"}, "/orgs/a%2Fb%20c%3Fd%23e%25/teams"),
        ("/x/{n}...{m}", {"n": 1, "m": "ü"}, "/x/1...%C3%BC"),
        ("/a b/ü\\", {}, "/a%20b/%C3%BC%5C"),
        ("/a%20b%2Fc", {}, "/a%20b%2Fc"),
        ("/a:b@c!d$e&f'(g)*h+i,j;k=l~-._", {}, "/a:b@c!d$e&f'(g)*h+i,j;k=l~-._"),
        ('/<"^`|>', {}, "/%3C%22%5E%60%7C%3E"),
        ("/x/", {}, "/x/"),
        ("/", {}, "/"),
        ("/@evil.example/x", {}, "/@evil.example/x"),
    ],
)
def test_a_path_is_escaped(path: str, values: Mapping[str, str | int], sent: str) -> None:
    """Everything that would mean something else; what is escaped already stays."""
    made = built(path=path, path_parameters=values)
    assert made.request.target == f"/api/v3{sent}"
    assert made.request.info.template == (f"/api/v3{made.operation.path}" if values else "")


@pytest.mark.parametrize(
    ("path", "values", "said"),
    [
        ("https://evil.example/x", None, "cannot be a URL"),
        ("//evil.example/x", None, "cannot be a URL"),
        ("orgs/acme", None, "begin with one slash"),
        ("", None, "begin with one slash"),
        ("/a//b", None, "empty segments"),
        ("/a?b=c", None, "pass query="),
        ("/a#b", None, "pass query="),
        ("/a/../b", None, "dot segments"),
        ("/a/./b", None, "dot segments"),
        ("/..", None, "dot segments"),
        ("/a/%2e%2E/b", None, "dot segments"),
        ("/a/.%2e/b", None, "dot segments"),
        ("/a/..%2fb", None, "dot segments"),
        ("/a/x%2F..%2Fb", None, "dot segments"),
        ("/a/..\\b", None, "dot segments"),
        ("/a/..%5cb", None, "dot segments"),
        ("/a/..;v=1/b", None, "dot segments"),
        ("/a\nb", None, "control characters"),
        ("/a%zz", None, "%25"),
        ("/a%", None, "%25"),
        ("/a{b", None, "brace"),
        ("/a{}", None, "brace"),
        ("/\ud800", None, "surrogates"),
        ("/orgs/{org}", None, "placeholders"),
        ("/orgs/{org}", {"org": "a", "more": "b"}, "placeholders"),
        ("/orgs/acme", {"org": "a"}, "placeholders"),
        ("/orgs/{org}/x", {"org": ".."}, "would change the path"),
        ("/orgs/{org}/x", {"org": ""}, "would change the path"),
        ("/orgs/{org}/x", {"org": "a\r"}, "control characters"),
        ("/x/.{n}", {"n": "\x7f"}, "control characters"),
        ("/" + "x" * 40_000, None, "too long"),
    ],
)
def test_a_path_stays_below_the_base_url(
    path: str, values: Mapping[str, str | int] | None, said: str
) -> None:
    """Whatever it has in it; the error says what to write."""
    with pytest.raises(InvalidArgument, match=said):
        built(path=path, path_parameters=values)


@pytest.mark.parametrize(
    ("changes", "kind", "said"),
    [
        ({"method": "get"}, InvalidArgument, "method must be one of GET"),
        ({"method": "CONNECT"}, InvalidArgument, "method"),
        ({"path": 7}, TypeError, "path must be a str"),
        ({"retry_safety": "always"}, InvalidArgument, "retry_safety must be one of safe"),
        ({"json": {"a": {1}}}, InvalidArgument, "json.a cannot be sent"),
        ({"json": b"x"}, InvalidArgument, "json cannot be sent"),
        ({"json": [float("nan")]}, InvalidArgument, "finite"),
        ({"json": {"a": "\ud800"}}, InvalidArgument, "surrogates"),
        ({"query": {"a": None}}, TypeError, "a must be a str or an int"),
        ({"query": {"a": "\ud800"}}, InvalidArgument, "surrogates"),
        ({"path": "/{a}", "path_parameters": {"a": True}}, TypeError, "a must be a str or an int"),
        ({"returns": 7}, TypeError, "a type that msgspec can decode"),
        ({"returns": "Thing"}, TypeError, "a type that msgspec can decode"),
        ({"returns": Thing | dict[str, int]}, TypeError, "a type that msgspec can decode"),
    ],
    ids=str,
)
def test_what_cannot_be_sent_is_refused(
    changes: dict[str, Any], kind: type[Exception], said: str
) -> None:
    """Before anything is sent, with the name of the argument."""
    with pytest.raises(kind, match=said):
        built(**changes)


def test_a_query_and_a_body_are_encoded() -> None:
    """As those of a described operation are; any JSON can be a body."""
    made = built("POST", query={"a b": ["x", 1], "c": True, "d": "é&"}, json=[1, {"n": None}])
    assert made.request.target == "/api/v3/x?a%20b=x&a%20b=1&c=true&d=%C3%A9%26"
    assert made.request.content == b'[1,{"n":null}]'
    assert made.request.headers == ((b"Content-Type", b"application/json"),)
    assert built("POST").request.content is None
    assert built("POST", json=Thing(id=1, name="a")).request.content == (
        b'{"id":1,"name":"a","state":"on"}'
    )


@pytest.mark.parametrize(
    ("method", "safety"),
    [
        ("GET", "safe"),
        ("HEAD", "safe"),
        ("OPTIONS", "safe"),
        ("PUT", "idempotent"),
        ("DELETE", "idempotent"),
        ("PATCH", "unsafe"),
        ("POST", "unsafe"),
    ],
)
def test_the_retry_safety_is_that_of_the_method(method: str, safety: str) -> None:
    """Unless the caller knows better."""
    assert built(method).operation.repeat == safety
    assert built(method, retry_safety="idempotent").operation.repeat == "idempotent"


def test_nothing_of_it_is_cached() -> None:
    """It is not known whether the response has secrets."""
    assert built(returns=Thing).request.returns is None
