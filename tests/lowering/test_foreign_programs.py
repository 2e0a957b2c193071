"""Programs against APIs of two kinds: payments by nested forms, and hosting by JSON.

Each program makes its calls with one client, sync and async, and every request is compared.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

import pytest

from client.scripted_server import (
    ReceivedRequest,
    ScriptedResponse,
    ScriptedServer,
    json_response,
)

Check: TypeAlias = Callable[[Any], bool]


@dataclass(frozen=True, kw_only=True)
class Step:
    """A call and its response; the request that is sent, and what the call returns or raises."""

    call: str
    path: tuple[object, ...] = ()
    arguments: dict[str, Any] = field(default_factory=dict[str, Any])
    answer: ScriptedResponse
    sent: tuple[str, Check | bytes | dict[str, Any] | list[tuple[str, str]]]
    result: Check | str | bytes | None = None
    error: str = ""


async def made(client: Any, step: Step) -> object:
    """Make the call of a step with a client of either kind."""
    resource, _, method = step.call.partition(".")
    found = getattr(getattr(client, resource), method)(*step.path, **step.arguments)
    return await found if inspect.isawaitable(found) else found


def run(package: str, kind: str, steps: list[Step], auth: object) -> list[ReceivedRequest]:
    """Make the calls of a program; return what was received."""
    module = importlib.import_module(package)

    async def play(client: Any) -> None:
        for step in steps:
            if step.error:
                with pytest.raises(module.StatusError) as caught:
                    await made(client, step)
                assert f"{type(caught.value).__name__} {caught.value.status}" == step.error
                continue
            result = await made(client, step)
            holds = step.result(result) if callable(step.result) else result == step.result
            assert holds, (step.call, result)

    async def main(url: str) -> None:
        if kind == "AsyncClient":
            async with module.AsyncClient(auth=auth, base_url=url) as client:
                await play(client)
        else:
            with module.Client(auth=auth, base_url=url) as client:
                await play(client)

    with ScriptedServer(*(step.answer for step in steps)) as server:
        asyncio.run(main(server.url))
        return server.requests


def content(request: ReceivedRequest) -> object:
    """The body as it is meant: JSON, the pairs of a form, or bytes."""
    kind = request.header("Content-Type")
    if kind == "application/json":
        return request.json
    if kind == "application/x-www-form-urlencoded":
        return parse_qsl(request.body.decode("ascii"), strict_parsing=True, keep_blank_values=True)
    return request.body


def check(package: str, kind: str, steps: list[Step], auth: object, signed: str) -> None:
    received = run(package, kind, steps, auth)
    found = [(f"{one.method} {one.target}", content(one)) for one in received]
    for got, step in zip(found, steps, strict=True):
        assert got[0] == step.sent[0]
        assert step.sent[1](got[1]) if callable(step.sent[1]) else got[1] == step.sent[1]
    assert {one.header("Authorization") for one in received} == {signed}


def has(**attributes: object) -> Check:
    return lambda it: all(getattr(it, name) == value for name, value in attributes.items())


def failed(status: int, code: str) -> ScriptedResponse:
    return json_response({"error": {"code": code, "message": "No.", "type": "card"}}, status)


CUSTOMER = {
    "id": "cus_1",
    "object": "customer",
    "created": 5,
    "email": None,
    "metadata": {"order": "7"},
}


def payments(models: Any) -> list[Step]:
    """Create, list, refuse and delete customers; charge one; send a file and read another."""
    return [
        Step(
            call="customers.post_customers",
            arguments={
                "address": models.Address(city="Ulm", line1="Gasse 1 & 2"),
                "balance": -5,
                "expand": ["subscriptions.data", "tax"],
                "invoice_settings": {
                    "custom_fields": [
                        {"name": "VAT", "value": "DE 1"},
                        {"name": "PO", "value": ""},
                    ],
                    "rendering": {"hidden": False},
                },
                "metadata": {"order": "7", "a b": "ü"},
                "preferred_locales": ["de", "fr"],
            },
            answer=json_response(CUSTOMER),
            sent=(
                "POST /v1/customers",
                [
                    ("address[city]", "Ulm"),
                    ("address[line1]", "Gasse 1 & 2"),
                    ("balance", "-5"),
                    ("expand[0]", "subscriptions.data"),
                    ("expand[1]", "tax"),
                    ("invoice_settings[custom_fields][0][name]", "VAT"),
                    ("invoice_settings[custom_fields][0][value]", "DE 1"),
                    ("invoice_settings[custom_fields][1][name]", "PO"),
                    ("invoice_settings[custom_fields][1][value]", ""),
                    ("invoice_settings[rendering][hidden]", "false"),
                    ("metadata[order]", "7"),
                    ("metadata[a b]", "ü"),
                    ("preferred_locales[0]", "de"),
                    ("preferred_locales[1]", "fr"),
                ],
            ),
            result=has(id="cus_1", email=None, metadata={"order": "7"}),
        ),
        Step(
            call="customers.post_customers",
            arguments={"address": ""},
            answer=json_response(CUSTOMER),
            sent=("POST /v1/customers", [("address", "")]),
            result=has(id="cus_1"),
        ),
        Step(
            call="customers.post_customers",
            answer=json_response(CUSTOMER),
            sent=("POST /v1/customers", b""),
            result=has(id="cus_1"),
        ),
        Step(
            call="customers.get_customers",
            arguments={"created": {"gt": 5, "lte": 9}, "expand": ["tax"]},
            answer=json_response({"data": [CUSTOMER], "has_more": False}),
            sent=(
                "GET /v1/customers?created%5Bgt%5D=5&created%5Blte%5D=9&expand%5B0%5D=tax",
                b"",
            ),
            result=lambda it: bool(it.data[0].id == "cus_1" and it.has_more is False),
        ),
        Step(
            call="customers.get_customers",
            arguments={"created": 5, "email": "a+b@example.com"},
            answer=json_response({"data": [], "has_more": False}),
            sent=("GET /v1/customers?created=5&email=a%2Bb%40example.com", b""),
            result=has(data=[]),
        ),
        Step(
            call="customers.get_customers_customer",
            path=("cus/1",),
            answer=failed(404, "resource_missing"),
            sent=("GET /v1/customers/cus%2F1", b""),
            error="NotFound 404",
        ),
        Step(
            call="charges.post_charges",
            arguments={
                "amount": 100,
                "capture": True,
                "transfers": [{"to": "a", "split": [{"share": 0.5}, {"share": 1.0}]}, {"to": "b"}],
            },
            answer=failed(402, "card_declined"),
            sent=(
                "POST /v1/charges",
                [
                    ("amount", "100"),
                    ("capture", "true"),
                    ("transfers[0][to]", "a"),
                    ("transfers[0][split][0][share]", "0.5"),
                    ("transfers[0][split][1][share]", "1.0"),
                    ("transfers[1][to]", "b"),
                ],
            ),
            error="StatusError 402",
        ),
        Step(
            call="customers.delete_customers_customer",
            path=("cus_1",),
            answer=json_response({"id": "cus_1", "object": "customer", "deleted": True}),
            sent=("DELETE /v1/customers/cus_1", b""),
            result=has(deleted=True),
        ),
        Step(
            call="files.post_files",
            arguments={
                "file": ("scan.pdf", io.BytesIO(b"%PDF"), "application/pdf"),
                "file_link_data": {"create": True, "metadata": {"k": "v"}},
                "purpose": "identity_document",
            },
            answer=json_response({"id": "file_1"}),
            sent=(
                "POST /v1/files",
                lambda body: (
                    b'name="file"; filename="scan.pdf"\r\nContent-Type: application/pdf\r\n' in body
                    and b"\r\n\r\n%PDF\r\n" in body
                    and b'name="file_link_data[create]"\r\n\r\ntrue\r\n' in body
                    and b'name="file_link_data[metadata][k]"\r\n\r\nv\r\n' in body
                    and b'name="purpose"\r\n\r\nidentity_document\r\n' in body
                ),
            ),
            result=has(id="file_1"),
        ),
        Step(
            call="files.get_quotes_quote_pdf",
            path=("qt_1",),
            answer=ScriptedResponse(body=b"%PDF\xff", headers={"Content-Type": "application/pdf"}),
            sent=("GET /v1/quotes/qt_1/pdf", b""),
            result=b"%PDF\xff",
        ),
    ]


MACHINE = {"id": 3, "name": "web-1", "status": "active"}
CLUSTER = "4de7ac8b-495b-4884-9a69-1050c6793cd6"


def hosting(models: Any) -> list[Step]:
    """Rent a machine, list machines, drop them by tag and by body; read a cluster's file."""
    resources: list[object] = [
        models.TagsUnassignResourcesRequestResourcesItem(resource_id="3"),
        {},
    ]
    return [
        Step(
            call="machines.create",
            arguments={"name": "web-1", "size": "s-1", "tags": None, "backups": False},
            answer=json_response({"machine": MACHINE}, 202),
            sent=(
                "POST /v2/machines",
                {"name": "web-1", "size": "s-1", "tags": None, "backups": False},
            ),
            result=lambda it: bool(it.machine == models.Machine(**MACHINE)),
        ),
        Step(
            call="machines.list",
            arguments={"per_page": 1, "page": 2, "tag_name": "a", "types": ["small", "large"]},
            answer=json_response(
                {"machines": [MACHINE], "links": {"pages": {"next": "x"}}, "meta": {"total": 3}},
                headers={"ratelimit-limit": "5000"},
            ),
            sent=(
                "GET /v2/machines?per_page=1&page=2&tag_name=a&types%5B%5D=small&types%5B%5D=large",
                b"",
            ),
            result=lambda it: (it.meta.total, it.links.pages.next) == (3, "x"),
        ),
        Step(
            call="machines.get",
            path=(9,),
            answer=json_response({"id": "not_found", "message": "No machine."}, 404),
            sent=("GET /v2/machines/9", b""),
            error="NotFound 404",
        ),
        Step(
            call="machines.destroy_by_tag",
            arguments={"tag_name": "old ones"},
            answer=ScriptedResponse(status=202),
            sent=("DELETE /v2/machines?tag_name=old%20ones", b""),
        ),
        Step(
            call="machines.tags_unassign_resources",
            path=("a/b",),
            arguments={"resources": resources},
            answer=ScriptedResponse(status=204),
            sent=("DELETE /v2/tags/a%2Fb/resources", {"resources": [{"resource_id": "3"}, {}]}),
        ),
        Step(
            call="clusters.get_config",
            path=(CLUSTER,),
            arguments={"expiry_seconds": 0},
            answer=ScriptedResponse(body=b"a: \xc3\xbc\n", headers={"Content-Type": "text/yaml"}),
            sent=(f"GET /v2/clusters/{CLUSTER}/config?expiry_seconds=0", b""),
            result="a: ü\n",
        ),
        Step(
            call="clusters.drain",
            path=(CLUSTER, ["n 1", "n,2"]),
            arguments={"skip_drain": True},
            answer=ScriptedResponse(status=202, body=b"{}", headers={"Content-Type": "text/plain"}),
            sent=(f"DELETE /v2/clusters/{CLUSTER}/nodes/n%201,n%2C2?skip_drain=true", b""),
        ),
    ]


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_a_program_of_payments(packages: Path, kind: str) -> None:
    """Brackets for every level of a form, lists by index, and the file of a form."""
    assert (packages / "payments").exists()
    steps = payments(importlib.import_module("payments.models"))
    check("payments", kind, steps, {"basicAuth": "sk_1:"}, "Basic c2tfMTo=")


@pytest.mark.parametrize("kind", ["Client", "AsyncClient"])
def test_a_program_of_hosting(packages: Path, kind: str) -> None:
    """JSON with nulls, a body of a DELETE, lists in a path, and any success without content."""
    assert (packages / "hosting").exists()
    steps = hosting(importlib.import_module("hosting.models"))
    check("hosting", kind, steps, "t0ken", "Bearer t0ken")
