"""Exceptions of signal handlers while pages are fetched in several threads: no thread is left."""

from __future__ import annotations

import threading
from urllib.parse import parse_qs, urlsplit

import pytest

from client.call.striker import Struck, StruckError, struck
from client.runtime_api import TOKEN, Client
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response

_WATCHED = ("/_runtime/call/concurrent", "/threading.py")


def a_page(request: ReceivedRequest) -> ScriptedResponse:
    """One of three pages with one item each."""
    number = int(parse_qs(urlsplit(request.target).query).get("page", ["1"])[0])
    return json_response({"total_count": 3, "things": [{"id": number, "name": "a"}]})


def page_threads() -> list[str]:
    return [one.name for one in threading.enumerate() if one.name.endswith("-page")]


@pytest.mark.parametrize("error", [Struck, StruckError])
def test_no_strike_leaves_a_thread(
    error: type[BaseException], capfd: pytest.CaptureFixture[str]
) -> None:
    """At each place of the start of threads, of the wait for them and of their end."""
    strikes = 0
    with (
        ScriptedServer(default=a_page) as server,
        Client(auth=TOKEN, base_url=server.url, page_concurrency=2) as client,
    ):

        def read() -> None:
            assert [one.id for one in client.org().list(per_page=1)] == [1, 2, 3]

        read()
        while struck(strikes + 1, read, _WATCHED, error):
            strikes += 1
            assert page_threads() == [], strikes
        read()
    assert strikes > 50
    assert capfd.readouterr().err == ""
