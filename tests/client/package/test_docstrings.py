"""Docstrings and README of the client, compared with the description."""

from __future__ import annotations

import functools
import inspect
import re
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

import ghrunners
from client.auth.github_app_server import pem
from client.described_methods import OURS, SYNC, TOKEN, Method, every_method
from client.scripted_server import (
    ReceivedRequest,
    Script,
    ScriptedResponse,
    ScriptedServer,
    json_response,
)
from ghrunners import models
from runnersmith.openapi.document import Json

README = Path(ghrunners.__file__).parents[1] / "README.md"
WIDTH = 120

CLASSES: dict[str, type] = {
    name: found
    for package in (ghrunners, models)
    for name in package.__all__
    if inspect.isclass(found := getattr(package, name)) and found.__module__.startswith("ghrunners")
}


def too_long(text: str, indent: int = 0) -> list[str]:
    """The lines that are too long, but for those that a URL makes so."""
    lines = text.splitlines()
    return [one for one in lines if len(one) + indent > WIDTH and "https://" not in one]


def documented(name: str) -> Iterator[tuple[str, str]]:
    """A class with its public methods and properties, each by name with its docstring."""
    kind = CLASSES[name]
    yield name, kind.__doc__ or ""
    for member in vars(kind):
        found: object = inspect.getattr_static(kind, member)
        is_offered = inspect.isfunction(found) or isinstance(found, property)
        if is_offered and not member.startswith("_"):
            yield f"{name}.{member}", found.__doc__ or ""


def test_every_class_is_documented() -> None:
    """Itself, and what it offers, in lines that fit."""
    found = {member: text for name in CLASSES for member, text in documented(name)}
    assert len(found) > len(CLASSES) > 100
    assert [member for member, text in found.items() if not text] == []
    assert {member: too_long(text) for member, text in found.items() if too_long(text)} == {}


def sections(text: str) -> Iterator[tuple[str, str]]:
    """The parts of a docstring that have a title, without their indentation."""
    titled = re.findall(r"^([A-Z]\w*(?: on)?):((?:.|\n(?!\S))*)", text, re.MULTILINE)
    yield from ((title, textwrap.dedent(inside).strip()) for title, inside in titled)


def documentation(method: Method) -> str:
    return inspect.getdoc(SYNC[str(method)]) or ""


@every_method
def test_the_documentation_of_a_method_is_whole(method: Method) -> None:
    """The summary; every argument and no other; permissions, products, source; nothing empty."""
    text = documentation(method)
    found, parameters = dict(sections(text)), inspect.signature(SYNC[str(method)]).parameters
    summary = text.partition("\n\n")[0].replace("\n", " ")
    assert summary == method.operation.written.text("summary")
    assert re.findall(r"^(\w+): \S", found.pop("Args", ""), re.MULTILINE) == list(parameters)
    raised = found.pop("Raises", "")
    assert bool(raised) is bool(method.operation.refusals)
    for name, status in re.findall(r"^(\w+): (\S+)\.", raised, re.MULTILINE):
        assert issubclass(getattr(ghrunners, name), ghrunners.StatusError)
        assert 400 <= int(status) < 600
    assert list(found) == ["Permissions", "Available on", "Source"]
    assert all(found.values())


@every_method
def test_the_documentation_of_a_method_is_neat(method: Method) -> None:
    """Lines fit but for a URL, none ends in white space, and no value of a program shows."""
    text = documentation(method)
    assert too_long(text, indent=8) == []
    assert not re.search(r"[ \t]\n|\n\n\n|\bNone\b|\bUNSET\b|[{}]", text)


@every_method
def test_a_source_is_the_place_of_its_operation(method: Method) -> None:
    """GitHub's page, and the anchor of this operation on it."""
    url = dict(sections(documentation(method)))["Source"]
    page = r"https://docs\.github\.com/enterprise-cloud@latest/rest/[a-z-]+/[a-z-]+"
    assert re.fullmatch(rf"{page}#[a-z0-9]+(-[a-z0-9]+)*", url)
    assert url == method.operation.written.at("externalDocs").text("url")


def test_no_two_methods_have_one_source() -> None:
    """A link that was copied leads to another operation."""
    urls = [dict(sections(inspect.getdoc(one) or ""))["Source"] for one in SYNC.values()]
    assert len(urls) == len(set(urls))


def example(title: str) -> str:
    """The first code in a part of the README."""
    _, _, text = README.read_text(encoding="utf-8").partition(f"\n{title}\n")
    code = re.findall(r"```python\n(.*?)```", text.partition("\n## ")[0], re.DOTALL)[0]
    return str(code)


def run(code: str, monkeypatch: pytest.MonkeyPatch, *answers: Script) -> ScriptedServer:
    """Run code against our server, and give what came there."""
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    with ScriptedServer(*answers) as server:
        local = functools.partial(ghrunners.Client, base_url=server.url)
        monkeypatch.setattr(ghrunners, "Client", local)
        exec(code, {})  # noqa: S102 - our own text
    return server


def test_the_example_of_the_readme_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As it stands there, but against our server."""
    code = example(f"# {ghrunners.__name__}")
    runner: dict[str, Json] = {
        "id": 1,
        "name": "r1",
        "os": "linux",
        "status": "online",
        "busy": False,
    }
    content: Json = {"total_count": 1, "runners": [{**runner, "labels": []}]}
    server = run(code, monkeypatch, json_response(content))
    assert capsys.readouterr().out == "1 r1 online False\n"
    assert server.only.target == "/orgs/acme/actions/runners?per_page=100"
    assert server.only.header("authorization") == f"Bearer {TOKEN}"


def test_the_example_of_signing_in_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The App finds its installation, gets a token, and the call is made with it."""
    (tmp_path / "app.pem").write_text(pem())
    monkeypatch.chdir(tmp_path)
    ticket = {"token": "ghs_" + 36 * "x", "expires_at": "2040-01-01T00:00:00Z"}
    found, given = json_response({"id": 7}), json_response(ticket, 201)
    settings = json_response({"enabled_repositories": "all"})
    server = run(example("## Authentication"), monkeypatch, found, given, settings)
    assert server.targets[:2] == [
        "/orgs/acme/installation",
        "/app/installations/7/access_tokens",
    ]
    assert server.requests[2].header("authorization") == f"Bearer {ticket['token']}"
    assert "all" in capsys.readouterr().out


@pytest.mark.filterwarnings("default::ghrunners.SchemaDrift")
def test_the_example_of_reading_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An odd value is warned of, and the list is there."""
    runner: dict[str, Json] = {"id": 1, "name": "r1", "os": None, "status": "online"}
    content: Json = {"total_count": 1, "runners": [{**runner, "busy": False, "labels": []}]}
    run(example("## Pagination and response validation"), monkeypatch, json_response(content))
    assert capsys.readouterr().out == (
        "['r1'] org.runners.list: 1 value is not as declared: "
        "/runners/*/os (Expected str, got null)\n"
    )


def test_the_example_of_parallel_pagination_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Pages come in order, whichever is answered first."""
    runner: dict[str, Json] = {"os": "linux", "status": "online", "busy": False, "labels": []}

    def page(request: ReceivedRequest) -> ScriptedResponse:
        number = int(request.target.partition("&page=")[2] or 1)
        shown: list[Json] = [{**runner, "id": number, "name": f"r{number}"}]
        return json_response({"total_count": 3, "runners": shown})

    run(example("## Parallel pagination"), monkeypatch, page, page, page)
    assert capsys.readouterr().out == "r1\nr2\nr3\n"


@pytest.mark.parametrize(
    ("answer", "printed"),
    [
        (ScriptedResponse(status=204), ""),
        (json_response({"message": "Not Found"}, 404), "gone already\n"),
        (
            json_response({"message": 'Bad request - Runner "x" is still running a job'}, 422),
            'later: Bad request - Runner "x" is still running a job\n',
        ),
    ],
)
def test_the_example_of_errors_runs(
    answer: ScriptedResponse,
    printed: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each of its branches."""
    server = run(example("## Errors"), monkeypatch, answer)
    assert capsys.readouterr().out == printed
    assert server.only.method == "DELETE"


def test_the_readme_lists_every_operation() -> None:
    """Each with its request."""
    text = README.read_text(encoding="utf-8")
    rows = re.findall(r"^\| `\w+` \| `([A-Z]+ /[^`]+)` \| .+ \|$", text, re.MULTILINE)
    assert sorted(rows) == sorted(f"{one.method} {one.path}" for one in OURS.operations)
