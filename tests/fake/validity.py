"""Check of every response of a fake GitHub against the API description."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from ghrunners.fake import FakeGitHub
from ghrunners.testing._kit.description import Schema
from ghrunners.testing._kit.request.received import Received
from ghrunners.testing._kit.response.faults import Outcome
from ghrunners.testing._kit.schemas import Schemas

# What a status has that its operation does not declare.
_INVALID = ("ValidationError", "ValidationErrorSimple")


def problems(server: FakeGitHub, outcome: Outcome) -> list[str]:
    """Return what the description does not allow in a response."""
    wire, call = outcome.wire, server.calls[-1]
    operation = server.description.by_name().get(call.operation)
    if wire is None or operation is None or wire.status == 304:
        return []
    # A response without it has no content of its version: the version of the request is refused.
    version = dict(wire.headers).get(
        "X-GitHub-Api-Version-Selected", server.description.versions[-1]
    )
    schema: Schema
    declared = operation.declared(wire.status)
    if declared is None:
        if wire.status < 400:
            return [f"{call.operation} does not declare {wire.status}"]
        kinds = _INVALID if wire.status == 422 else ("BasicError",)
        schema = {"anyOf": [{"$ref": f"#/models/{kind}"} for kind in kinds]}
    elif declared.schema is None:
        return [f"{call.operation} has no content"] if wire.content else []
    else:
        schema = declared.schema
    content = json.loads(wire.content)
    if wire.status == 422:
        # GitHub sends it with every error; the description forgets it here.
        content.pop("status", None)
    found = Schemas(server.description.models, version).problems(schema, content)
    return [f"{call.operation} {wire.status}: {line}" for line in found]


@pytest.fixture(autouse=True)
def valid_responses(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every response of a fake GitHub is one that the API description allows."""
    receive = FakeGitHub.receive
    found: list[str] = []

    def checked(self: FakeGitHub, request: Received, url: str) -> Outcome:
        outcome = receive(self, request, url)
        found.extend(problems(self, outcome))
        return outcome

    monkeypatch.setattr(FakeGitHub, "receive", checked)
    yield
    assert not found, "\n".join(found)
