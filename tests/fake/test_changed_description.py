"""A description that changes: the fake follows it, or names what it cannot do."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest

import ghrunners
from fake.sent import sent
from ghrunners.fake import FakeGitHub
from ghrunners.testing._kit.description import Description

NEW, OLD, FUTURE = "2026-03-10", "2022-11-28", "2027-03-10"
RUNNERS = "/orgs/octo-org/actions/runners"
GROUPS = "/orgs/octo-org/actions/runner-groups"
HOSTED = "/orgs/octo-org/actions/hosted-runners"
FILE = Path(ghrunners.__file__).with_name("testing") / "_description.json"
IMAGE = {"id": "ubuntu-24.04", "source": "github"}
LARGE: dict[str, Any] = {
    "name": "large",
    "image": IMAGE,
    "size": "4-core",
    "runner_group_id": 1,
}


class Change:
    """A description to change."""

    def __init__(self) -> None:
        self.content: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
        self.operations = {it["name"]: it for it in self.content["operations"]}
        self.models: dict[str, Any] = self.content["models"]

    def add_parameter(self, operation: str, **limits: Any) -> None:
        """Add to an operation the query parameter `state`."""
        added = {"name": "state", "argument": "state", "in": "query", "schema": {"type": "string"}}
        self.operations[operation]["parameters"].append(added | limits)

    def add_version(self) -> None:
        """Add a version without the field `ephemeral` of runners."""
        self.content["versions"].insert(0, FUTURE)
        self.models["Runner"]["properties"]["ephemeral"]["versions"] = [NEW, OLD]

    def server(self, **options: Any) -> FakeGitHub:
        """Return a fake of the changed description, with a runner."""
        changed = msgspec.convert(self.content, Description)
        with patch("ghrunners.testing._kit.server.read_description", return_value=changed):
            github = FakeGitHub(**options)
        github.org().add_runner("a")
        return github


def _parameter(change: Change) -> None:
    change.add_parameter("org.runners.list")


def _field(change: Change) -> None:
    body = change.operations["org.hosted_runners.create"]["body"]["schema"]
    body["properties"]["region"] = {"type": "string"}
    body["required"].append("region")


def _inner_field(change: Change) -> None:
    change.models["ImageReference"]["properties"]["region"] = {"type": "string"}


def _renamed_argument(change: Change) -> None:
    body = change.operations["org.runners.add_labels"]["body"]["schema"]
    body["properties"]["names"] = body["properties"].pop("labels")
    body["required"] = ["names"]


def _value(change: Change) -> None:
    body = change.operations["org.runner_groups.create"]["body"]["schema"]
    body["properties"]["visibility"] = {"type": "string", "enum": ["internal"]}


def _required(change: Change) -> None:
    change.models["Runner"]["properties"]["pool"] = {"type": "string"}
    change.models["Runner"]["required"].append("pool")


def _content(change: Change) -> None:
    runner = change.operations["org.runners.get"]["responses"]["200"]
    change.operations["org.runners.delete"]["responses"] = {"200": runner}


@pytest.mark.parametrize(
    ("change", "request_", "problem"),
    [
        (
            _parameter,
            ("GET", f"{RUNNERS}?state=x"),
            "ignores 'state' of org.runners.list",
        ),
        (
            _field,
            ("POST", HOSTED, {**LARGE, "region": "eu"}),
            "ignores 'region' of org.hosted_runners.create",
        ),
        (
            _inner_field,
            ("POST", HOSTED, {**LARGE, "image": {**IMAGE, "region": "eu"}}),
            "ignores 'image.region' of org.hosted_runners.create",
        ),
        (
            _renamed_argument,
            ("POST", f"{RUNNERS}/4/labels", {"names": ["gpu"]}),
            "cannot respond to org.runners.add_labels: the request has no labels",
        ),
        (
            _value,
            ("POST", GROUPS, {"name": "b", "visibility": "internal"}),
            "cannot respond to org.runner_groups.create: RunnerGroup.visibility must be 'all', ",
        ),
        (
            _required,
            ("GET", RUNNERS),
            "the response is not one of org.runners.list: runners[0].pool: is required;",
        ),
        (_required, ("GET", f"{RUNNERS}/4"), "org.runners.get: pool: is required;"),
        (
            _content,
            ("DELETE", f"{RUNNERS}/4"),
            "org.runners.delete: must be an object, not null;",
        ),
    ],
)
def test_what_no_endpoint_can_do_is_refused(
    change: Callable[[Change], None], request_: tuple[Any, ...], problem: str
) -> None:
    """No answer is sent that ignores it: the status is 501, and `check` fails with the reason."""
    changed = Change()
    change(changed)
    github = changed.server()
    method, path, *body = request_
    response = sent(github, method, path, json=body[0] if body else None)
    assert response.status_code == 501
    assert problem in response.json()["message"]
    assert "; plan a response with respond('org." in response.json()["message"]
    with pytest.raises(AssertionError) as caught:
        github.check()
    assert problem in str(caught.value)


@pytest.mark.parametrize(("version", "has_it"), [(FUTURE, False), (NEW, True), (OLD, True)])
def test_a_response_has_the_fields_of_its_version(version: str, has_it: bool) -> None:
    """In lists, too. One that a later version lacks is left out there."""
    changed = Change()
    changed.add_version()
    github = changed.server()
    headers = {"Authorization": "token t", "X-GitHub-Api-Version": version}
    one = sent(github, "GET", f"{RUNNERS}/4", headers).json()
    (listed,) = sent(github, "GET", RUNNERS, headers).json()["runners"]
    assert one == listed
    assert ("ephemeral" in one) is has_it
    assert one.keys() >= {"busy", "labels"}


def test_all_versions_are_served() -> None:
    """The newest one is named first, and the oldest is used if none is asked for."""
    changed = Change()
    changed.add_version()
    github = changed.server()

    def asked(**headers: str) -> Any:
        return sent(github, "GET", RUNNERS, {"Authorization": "token t", **headers})

    assert asked().headers["x-github-api-version-selected"] == OLD
    refused = asked(**{"X-GitHub-Api-Version": "2025-01-01"})
    assert refused.status_code == 400
    assert f'"{FUTURE}" (most recent), "{NEW}", "{OLD}".' in refused.json()["message"]


@pytest.mark.parametrize(
    ("limits", "options", "status"),
    [
        ({"versions": [NEW]}, {}, 501),
        ({"versions": [OLD]}, {}, 200),
        ({"products": {"github.com": None}}, {}, 200),
        ({"products": {"ghec": None, "ghes": "3.19"}}, {"product": "ghes", "version": "3.18"}, 200),
        ({"products": {"ghec": None, "ghes": "3.19"}}, {"product": "ghes", "version": "3.21"}, 501),
    ],
)
def test_a_query_parameter_of_others_is_ignored(limits: Any, options: Any, status: int) -> None:
    """One that the API version or the product lacks reaches no endpoint, which would refuse it."""
    changed = Change()
    changed.add_parameter("org.runners.list", **limits)
    github = changed.server(**options)
    version = OLD if options else NEW
    headers = {"Authorization": "token t", "X-GitHub-Api-Version": version}
    prefix = "/api/v3" if options else ""
    found = sent(github, "GET", f"{prefix}{RUNNERS}?state=x", headers)
    assert found.status_code == status


@pytest.mark.parametrize("where", ["operation", "parameter", "field", "version"])
def test_the_newest_release_is_the_newest_that_is_named(where: str) -> None:
    """By an operation, a parameter, a field or an API version; a newer one is unknown."""
    changed = Change()
    since = {"ghec": None, "ghes": "3.30"}
    match where:
        case "operation":
            changed.operations["org.runners.get"]["products"] = since
        case "parameter":
            changed.add_parameter("org.runners.list", products=since)
        case "field":
            changed.models["Runner"]["properties"]["version"]["products"] = since
        case _:
            changed.add_version()
            changed.content["introduced"][FUTURE] = {"ghes": "3.30"}
    github = changed.server(product="ghes")
    headers = {"Authorization": "token t"}
    found = sent(github, "GET", "/api/v3/meta", headers).json()
    assert found["installed_version"] == "3.30.0"
    with pytest.raises(ValueError, match=r"'3\.31' is no release .* to '3\.30'"):
        changed.server(product="ghes", version="3.31")
