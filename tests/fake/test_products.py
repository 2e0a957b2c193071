"""Products that a fake GitHub can be: operations, fields, addresses and versions of each."""

from __future__ import annotations

from typing import Any, Final, cast

import pytest

import ghrunners
from fake.sent import sent
from ghrunners.fake import FakeGitHub
from ghrunners.testing import Call

OLD, NEW = "2022-11-28", "2026-03-10"
GROUP: Final = "org.runner_groups.get"


def served(product: str, version: str | None = None) -> set[str]:
    """Return the operations that a product has, by asking for each of them."""
    github = FakeGitHub(product=product, version=version)
    prefix = "/api/v3" if product == "ghes" else ""
    found: set[str] = set()
    for operation in github.description.operations:
        github.respond(cast("Any", operation.name), 418)
        path = operation.path.replace("{owner}/{repo}", "octo-org/octo-repo")
        for name, value in (("enterprise", "octo-corp"), ("org", "octo-org"), ("name", "x")):
            path = path.replace(f"{{{name}}}", value)
        while "{" in path:
            path = f"{path[: path.index('{')]}7{path[path.index('}') + 1 :]}"
        status = sent(github, operation.method, prefix + path).status_code
        # A body that is missing is what an endpoint refuses.
        assert status in (404, 418, 400, 422)
        if status != 404:
            found.add(operation.name)
    return found


@pytest.mark.parametrize(
    ("product", "version", "count"),
    [
        ("ghec", None, 106),
        ("github.com", None, 62),
        ("ghes", None, 70),
        ("ghes", "3.19", 70),
        ("ghes", "3.18", 62),
        ("ghes", "3.9", 59),
    ],
)
def test_a_product_has_its_operations_only(product: str, version: str | None, count: int) -> None:
    """Any other is 404; JIT configurations exist from 3.10 on."""
    found = served(product, version)
    assert len(found) == count
    assert any(it.startswith("enterprise.") for it in found) is (product != "github.com")
    assert any("hosted_runners" in it for it in found) is (product != "ghes")


@pytest.mark.parametrize(("product", "version"), [("ghec", None), ("ghes", "3.19")])
def test_a_response_has_the_fields_of_the_product(product: str, version: str | None) -> None:
    """Those of others are left out, also in the items of lists."""
    github = FakeGitHub(product=product, version=version)
    group = {
        "id": 1,
        "name": "a",
        "visibility": "all",
        "default": True,
        "runners_url": "https://x/",
        "hosted_runners_url": "https://x/",
        "network_configuration_id": "N",
        "inherited": False,
        "allows_public_repositories": False,
    }
    github.respond(GROUP, group)
    github.respond("org.runner_groups.list", [group])
    prefix = "/api/v3" if product == "ghes" else ""
    path = f"{prefix}/orgs/octo-org/actions/runner-groups"
    one = sent(github, "GET", f"{path}/1").json()
    (listed,) = sent(github, "GET", path).json()["runner_groups"]
    assert one == listed
    limited = {"hosted_runners_url", "network_configuration_id"}
    assert one.keys() == (group.keys() - limited if product == "ghes" else group.keys())


def test_a_server_ignores_fields_that_it_does_not_have() -> None:
    """They reach no endpoint."""
    github = FakeGitHub(product="ghes", version="3.19")
    seen: list[Any] = []

    def created(call: Call) -> int:
        seen.append(call.arguments)
        return 418

    github.respond("org.runner_groups.create", created)
    body = {"name": "a", "network_configuration_id": "N"}
    sent(github, "POST", "/api/v3/orgs/octo-org/actions/runner-groups", json=body)
    assert seen == [{"org": "octo-org", "name": "a"}]


def test_enterprise_server_is_below_its_path() -> None:
    """The client of the fake knows the address. There are no rate limits until one is set."""
    github = FakeGitHub(product="ghes", version="3.19")
    github.org().add_runner("a")
    (runner,) = github.client().org("octo-org").runners.list()
    assert runner.name == "a"
    assert github.calls[-1].path.startswith("/api/v3/orgs/")
    elsewhere = sent(github, "GET", "/orgs/octo-org/actions/runners")
    assert (elsewhere.status_code, elsewhere.headers["content-type"]) == (404, "text/html")
    path = "/api/v3/orgs/octo-org/actions/runners"
    assert "x-ratelimit-limit" not in sent(github, "GET", path).headers
    assert sent(github, "GET", "/api/v3/rate_limit").status_code == 404
    assert sent(github, "GET", "/api/v3/meta").json()["installed_version"] == "3.19.0"
    github.rate_limit(5)
    assert sent(github, "GET", path).headers["x-ratelimit-remaining"] == "4"


@pytest.mark.parametrize(("version", "status"), [("3.19", 400), ("3.20", 400), ("3.21", 200)])
def test_a_server_knows_the_versions_of_its_release(version: str, status: int) -> None:
    """The newest API version came with 3.21. An installed server retires none."""
    github = FakeGitHub(product="ghes", version=version)
    path = "/api/v3/orgs/octo-org/actions/runners"

    def asked(name: str) -> int:
        headers = {"Authorization": "token t", "X-GitHub-Api-Version": name}
        return sent(github, "GET", path, headers).status_code

    assert (asked(OLD), asked(NEW)) == (200, status)
    github.clock.advance(3 * 365 * 86_400)
    assert asked(OLD) == 200


def test_latency_takes_time_on_the_clock(github: FakeGitHub) -> None:
    """A client with a shorter limit does not wait for it."""
    github.latency = 2.5
    list(github.client().org("octo-org").runners.list())
    assert github.clock.now() == 2.5
    with pytest.raises(ghrunners.TimedOut):
        list(github.client(timeout=1, retry=None).org("octo-org").runners.list())


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ({"product": "gitlab"}, "no product 'gitlab'; use ghec, github.com, ghes"),
        ({"product": "ghes-3.19"}, r"no product 'ghes-3\.19'; use product='ghes', version='3\.19'"),
        ({"product": "ghes", "version": "three"}, "'three' is no release"),
        ({"product": "ghes", "version": "9.9"}, r"'9\.9' is no release .* from '3\.0' to '3\.21'"),
        ({"product": "ghes", "version": "3.019"}, r"'3\.019' is no release"),
        ({"version": "3.19"}, "ghec has no releases"),
    ],
)
def test_a_product_that_cannot_be_is_an_error(arguments: Any, problem: str) -> None:
    """One line says what it is."""
    with pytest.raises(ValueError, match=problem):
        FakeGitHub(**arguments)
