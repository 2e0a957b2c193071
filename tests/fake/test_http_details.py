"""Requests that other programs send to a fake GitHub: their methods, bodies, paths and types."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

import httpx2
import pytest

from fake.sent import sent
from ghrunners import testing
from ghrunners.fake import FakeGitHub

RUNNERS = "/orgs/octo-org/actions/runners"
JIT = f"{RUNNERS}/generate-jitconfig"
TOKEN = {"Authorization": "token t"}
CONFIG = b'{"name": "a", "runner_group_id": 1, "labels": ["gpu"]}'


def posted(github: FakeGitHub, path: str, content: bytes, **headers: str) -> httpx2.Response:
    """Return the response to a body as it is."""
    with httpx2.Client(transport=github.transport, base_url="https://api.github.com") as client:
        return client.post(path, content=content, headers={**TOKEN, **headers})


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "application/json", ""]
)
def test_a_body_is_json_whatever_its_type(github: FakeGitHub, content_type: str) -> None:
    """`curl -d` sends JSON as a form, in all examples of GitHub's documentation."""
    response = posted(github, JIT, CONFIG, **{"Content-Type": content_type})
    assert response.status_code == 201
    assert github.org().runner("a").labels == ["gpu"]
    github.check()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"name":', "Problems parsing JSON"),
        (b"\xff\xfe", "Problems parsing JSON"),
        (b"name=a", "Problems parsing JSON"),
        (b"[" * 100_000, "Problems parsing JSON"),
        (b'["a"]', "Body should be a JSON object"),
        (b'"a"', "Body should be a JSON object"),
        (b"null", "Body should be a JSON object"),
    ],
)
def test_a_body_that_is_no_object_is_400(github: FakeGitHub, content: bytes, message: str) -> None:
    """The message is GitHub's."""
    response = posted(github, JIT, content)
    assert (response.status_code, response.json()["message"]) == (400, message)
    assert not github.org().runners
    with pytest.raises(AssertionError, match="refused"):
        github.check()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        CONFIG[:-1] + b', "grup": 1}',
        CONFIG.replace(b"1", b"null"),
        CONFIG.replace(b"1", b'"1"'),
        CONFIG.replace(b"1", b"true"),
        CONFIG.replace(b'["gpu"]', b"[]"),
    ],
)
def test_values_that_are_not_valid_are_422(github: FakeGitHub, content: bytes) -> None:
    """So are null where none is allowed, and a misspelt field. The status is in the body, too."""
    response = posted(github, JIT, content)
    assert response.status_code == 422
    assert response.json()["status"] == "422"
    assert not github.org().runners


def test_invalid_values_are_422_whatever_an_operation_declares(github: FakeGitHub) -> None:
    """The documentation of some does not say so; a path that is not there stays 404."""
    path = "/orgs/octo-org/actions/runner-groups"
    assert "422" not in github.description.by_name()["org.runner_groups.create"].errors
    assert posted(github, path, b'{"name": 1}').status_code == 422
    assert posted(github, f"{path}s", b'{"name": 1}').status_code == 404


def test_a_body_too_many_is_400_and_one_too_few_422(github: FakeGitHub) -> None:
    """For each operation, whichever of them the description lists."""
    names = {"enterprise": "octo-corp", "org": "octo-org", "owner": "octo-org", "repo": "octo-repo"}
    for operation in github.description.operations:
        values = {it.name: names.get(it.name, "1") for it in operation.parameters}
        path, body = operation.path.format(**values), operation.body
        if body is None:
            response = sent(github, operation.method, path, json={"a": 1})
            assert response.status_code == 400, operation.name
        elif body.required:
            assert sent(github, operation.method, path).status_code == 422, operation.name


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 201), (b"{}", 201), (b" {} ", 404), (b'{"a": 1}', 400)]
)
def test_an_empty_object_is_no_body(github: FakeGitHub, content: bytes, status: int) -> None:
    """Many programs send one with every POST."""
    path = f"{RUNNERS}/registration-token"
    path = path if status != 404 else path.replace("octo-org", "nobody")
    assert posted(github, path, content).status_code == status


def test_a_large_body_is_read(github: FakeGitHub) -> None:
    """GitHub states no limit."""
    folder = b', "work_folder": "' + b"x" * 3_000_000 + b'"}'
    assert posted(github, JIT, CONFIG[:-1] + folder).status_code == 201


@pytest.mark.parametrize("number", ["abc", "", "1.0", "0", "-1", "9" * 30, "9" * 5_000, "4/", "+4"])
@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_what_is_no_id_is_not_found(github: FakeGitHub, method: str, number: str) -> None:
    """GitHub has no path with it. A slash at the end is another path."""
    runner = github.org().add_runner("a")
    assert runner.id == 4
    assert sent(github, method, f"{RUNNERS}/{number}").status_code == 404
    assert runner.is_registered


@pytest.mark.parametrize(
    "path", ["/orgs/OCTO-Org/actions/runners", "/orgs/%6Fcto-org/actions/runners"]
)
def test_an_owner_is_found_by_any_spelling(github: FakeGitHub, path: str) -> None:
    """Without regard to case, and escaped or not."""
    github.org().add_runner("a")
    assert sent(github, "GET", path).json()["total_count"] == 1


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "POST"])
def test_a_method_that_a_path_does_not_have_is_404(github: FakeGitHub, method: str) -> None:
    """Not 405, which GitHub does not send."""
    assert sent(github, method, RUNNERS).status_code == 404


def test_head_is_get_without_content(github: FakeGitHub) -> None:
    """`curl -I` shows the headers of a list, in memory and over HTTP."""
    for number in range(3):
        github.org().add_runner(f"r{number}")
    path = f"{RUNNERS}?per_page=1"
    response, got = sent(github, "HEAD", path), sent(github, "GET", path)
    assert (response.status_code, response.content) == (200, b"")
    assert response.links["next"] == got.links["next"]
    assert response.headers["etag"] == got.headers["etag"]
    assert response.headers["content-length"] == str(len(got.content))
    assert [it.operation for it in github.calls] == ["org.runners.list"] * 2
    with github.serve() as url:
        over_http = httpx2.head(f"{url}{path}", headers=TOKEN)
    assert (over_http.status_code, over_http.content) == (200, b"")
    assert over_http.headers["content-length"] == str(len(got.content))


def test_a_path_in_other_bytes_is_no_error_of_the_server(github: FakeGitHub) -> None:
    """A connection is answered whatever it sends."""
    with github.serve() as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc)
        connection.putrequest("GET", "/orgs/%FF%FE/actions/runners")
        for name, value in TOKEN.items():
            connection.putheader(name, value)
        connection.endheaders()
        assert connection.getresponse().status == 404
        connection.close()


def test_a_truncated_response_without_content_breaks_the_connection(github: FakeGitHub) -> None:
    """In memory and over HTTP, nothing of it arrives."""
    runner = github.org().add_runner("a")
    other = github.org().add_runner("b")
    github.script("org.runners.delete", testing.Truncated(), testing.Truncated())
    with pytest.raises(httpx2.TransportError):
        sent(github, "DELETE", f"{RUNNERS}/{runner.id}")
    with github.serve() as url, pytest.raises(httpx2.TransportError):
        httpx2.delete(f"{url}{RUNNERS}/{other.id}", headers=TOKEN)
    assert not github.org().runners
