"""Servers of documents: those of the API, and those of single operations with their names."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from lowering.test_tolerances import built, said
from runnersmith.openapi.document import Json
from small_specs import Schema


def hosts(root: Json, *own: Json) -> Schema:
    """A document of an operation for each server, which is its path item's."""
    operation: Json = {"responses": {"204": {"description": "ok"}}}
    spec: Schema = {
        "openapi": "3.1.0",
        "info": {"title": "Kiosk", "version": "1"},
        "paths": {
            f"/{number}": {"get": operation, **({} if one is None else {"servers": [{"url": one}]})}
            for number, one in enumerate(own)
        },
    }
    if root is not None:
        spec["servers"] = [{"url": root}]
    return spec


A, B = "https://a.example", "https://b.example"


@pytest.mark.parametrize(
    ("root", "own", "server", "named"),
    [
        (A, (A, f"{A}/", "HTTPS://A.example", None), A, {}),
        (None, (B, B), B, {}),
        (A, (B, B), B, {}),
        (A, (B, None), A, {"b": B}),
        (A, (B, "https://c.example"), A, {"b": B, "c": "https://c.example"}),
        (None, (B, A), B, {"a": A}),
        (None, (B, None), "", {"b_example": B}),
        (A, (f"{A}/v2", A), A, {"v2": f"{A}/v2"}),
        (A, ("/v2/", "/", "//a.example", None), A, {"v2": f"{A}/v2"}),
        (f"{A}/v1", ("/v1", "/", None), f"{A}/v1", {"root": A}),
        ("/api", ("/", "/api/", "/v2", None), "/api", {"root": "/", "v2": "/v2"}),
        (None, ("/", None), "", {}),
        ("//a.example", (A, None), A, {}),
        (A, ("v2", None), A, {"v2": "v2"}),
        (A, ("https://a.example:8443", f"{B}/x", f"{B}/y", None), A, None),
    ],
)
def test_servers_of_operations(
    root: Json,
    own: tuple[Json, ...],
    server: str,
    named: dict[str, str] | None,
    tmp_path: Path,
) -> None:
    """Those that equal the document's, or that all operations share, are the API's."""
    if named is None:
        named = {"a_example_8443": "https://a.example:8443", "b": f"{B}/x", "b_example_y": f"{B}/y"}
    made = built(tmp_path, json.dumps(hosts(root, *own)), name="kiosk.json")
    assert made.api.server == server
    assert {one.name: one.url for one in made.api.named_servers} == named
    [resource] = made.api.resources
    used = {one.server for one in resource.operations if one.server is not None}
    assert used == set(named)
    assert not made.reasons


@pytest.mark.parametrize("url", ["https://", "https:", "HTTPS:///v1", "http:///"])
def test_a_server_without_a_host_leaves_its_operation_out(url: str, tmp_path: Path) -> None:
    made = built(tmp_path, json.dumps(hosts(A, url, None)), name="kiosk.json")
    [(name, [problem])] = made.reasons.items()
    assert (name, made.api.named_servers) == ("get /0", ())
    assert re.fullmatch(r"the server of this operation, '.*', has no host", problem.message)


def test_a_variable_without_default_needs_a_base_url(tmp_path: Path) -> None:
    made = built(tmp_path, json.dumps(hosts("https://{place}.example", None)), name="kiosk.json")
    assert (made.api.server, made.api.servers[0].url) == ("", "https://{place}.example")
    [note] = [it for it in said(made) if "place" in it]
    assert note == "the server's variable 'place' has no default: pass a base_url"


@pytest.mark.parametrize(
    "url",
    [
        "https://user:secret@kiosk.example",
        "https://киоск.example",
        "https://kiosk.example?a=b",
        "ftp://kiosk.example",
        "kiosk.example/v1",
        'https://kiosk.example"""\n',
    ],
)
def test_an_address_that_no_client_accepts_needs_a_base_url(url: str, tmp_path: Path) -> None:
    """It is noted, and nothing that is generated says that requests go there."""
    made = built(tmp_path, json.dumps(hosts(url, None)), name="kiosk.json")
    assert made.api.server == ""
    [note] = [it for it in said(made) if "base_url" in it]
    assert note == f"the server {url!r} is no address: pass a base_url"


def test_a_server_of_an_operation_without_an_address_has_to_be_passed(tmp_path: Path) -> None:
    text = json.dumps(hosts(A, "https://{place}.b.example", None))
    made = built(tmp_path, text, name="kiosk.json")
    [server] = made.api.named_servers
    assert (server.name, server.url) == ("b", "https://{place}.b.example")
    [note] = [it for it in said(made) if "place" in it]
    assert note == "the server 'https://{place}.b.example' is no address: pass servers={'b': ...}"
