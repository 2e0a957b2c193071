"""The pages about the client itself: every public name, option, variable and error is on one.

The sentences are those of docstrings, so that what is held here is what both must have.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

import ghrunners
from client.runtime_api import clear_environment
from client.scripted_server import ReceivedRequest, ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime.auth import environment
from ghrunners._runtime.client.client import BaseAsyncClient, BaseClient
from ghrunners._runtime.client.page_walk import PER_PAGE
from render.markdown_pages import examples, python
from render.test_reference_pages import DOCS
from render.test_reference_pages_foreign import SPECS, client, docs
from runnersmith.openapi.document import Json

PAGES = ("docs/client.md", "docs/options.md", "docs/results.md", "docs/errors.md")
MADE_BY_CALLERS = ("App", "AsyncClient", "Client", "Hooks", "Retry", "Timeout")
# Its classes are made by the client, with attributes to read.
READ = (
    *("Attempt", "AttemptEnded", "FieldError", "RateLimit", "RawResponse", "RequestInfo"),
    *(
        name
        for name in ghrunners.__all__
        if isinstance(kind := getattr(ghrunners, name), type)
        and issubclass(kind, ghrunners.ClientError | Warning)
    ),
)


def text(pages: dict[str, str]) -> str:
    """Everything that a reference says of the client."""
    return "\n".join(pages[page] for page in PAGES)


def table(page: str, heading: str) -> list[list[str]]:
    """The rows of the first table below a heading, without its head."""
    part = page.partition(f"\n## {heading}\n")[2]
    rows = re.search(r"(?:^\|.*\|\n)+", part, re.MULTILINE)
    assert rows is not None
    cells = [re.split(r" ?(?<!\\)\| ?", row)[1:-1] for row in rows[0].splitlines()[2:]]
    return [[cell.replace(r"\|", "|").strip() for cell in row] for row in cells]


def entries(kind: object, title: str) -> dict[str, str]:
    """The entries of a section of a docstring."""
    part = (inspect.getdoc(kind) or "").partition(f"\n{title}:\n")[2].partition("\n\n")[0]
    found = re.findall(r"^    (\w+): ((?:.|\n {8})*)", part, re.MULTILINE)
    return {name: " ".join(said.split()) for name, said in found}


# ── Names ────────────────────────────────────────────────────────────────────────────────────


def exported(package: str, files: dict[str, str]) -> list[str]:
    """The public names of a package, by its source."""
    listed = files[f"{package}/__init__.py"].partition("__all__ = [")[2].partition("]")[0]
    return re.findall(r"\"(\w+)\"", listed)


@pytest.mark.parametrize("package", ["ghrunners", *SPECS])
def test_every_public_name_is_on_a_page(package: str) -> None:
    """As code; models have pages of their own."""
    pages = DOCS if package == "ghrunners" else docs(package)
    names = ghrunners.__all__ if package == "ghrunners" else exported(package, client(package))
    said = "\n".join(found for path, found in pages.items() if "/models/" not in path)
    shown = set(re.findall(r"\w+", " ".join(re.findall(r"`[^`\n]+`", said))))
    assert len(names) > 40
    assert set(names) <= shown


def test_another_api_has_none_of_githubs_names() -> None:
    """No App, no scopes, no list in pages, no error that its client cannot raise."""
    names = {"App", "Pages", "AsyncPages", "Scope", "LinkRefused", "NotAvailable", "product"}
    for name in SPECS:
        shown = set(re.findall(r"\w+", text(docs(name))))
        assert shown.isdisjoint(names | {"RunnerBusy", "SignInFailed", "from_env"})


@pytest.mark.parametrize("name", MADE_BY_CALLERS)
def test_every_argument_of_a_constructor_is_documented(name: str) -> None:
    """In the docstring of its class, in order, with its default."""
    kind: Any = getattr(ghrunners, name)
    said, parameters = entries(kind, "Args"), inspect.signature(kind).parameters
    assert list(said) == list(parameters)
    for argument, one in parameters.items():
        if one.default is not None and one.default is not inspect.Parameter.empty:
            assert "Default: " in said[argument]
        if re.search(r"\bfloat\b", str(one.annotation)):
            assert "In seconds." in said[argument]


@pytest.mark.parametrize("name", READ)
def test_every_attribute_is_documented(name: str) -> None:
    """Those that a class declares, in its docstring, in order; properties have their own."""
    kind: Any = getattr(ghrunners, name)
    assert list(entries(kind, "Attributes")) == list(inspect.get_annotations(kind))


# ── Options ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("package", ["ghrunners", *SPECS])
def test_the_options_are_those_of_the_constructor(package: str) -> None:
    """Name, type and default of each, in order; each says what it means and when it is rejected."""
    rows = table((DOCS if package == "ghrunners" else docs(package))["docs/client.md"], "Options")
    servers = [row for row in rows if row[0] == "`servers`"]
    assert len(servers) == (package == "courier")
    rows = [row for row in rows if row not in servers]
    own = package == "ghrunners"
    client: type[Any] = ghrunners.Client if own else BaseClient
    parameters = inspect.signature(client).parameters
    assert [row[0] for row in rows] == [f"`{name}`" for name in parameters]
    assert len(rows) == (17 if own else 14)
    for (_, kind, default, meaning, unit, errors), one in zip(
        rows, parameters.values(), strict=True
    ):
        if one.name != "auth":
            assert kind == f"`{one.annotation}`"
        meant = eval(default.strip("`"), dict(vars(ghrunners)))  # noqa: S307 - our own page
        assert meant == one.default
        assert len(meaning) > 20
        assert unit == ("seconds" if one.name in ("timeout", "max_wait") else "")
        assert re.search(r"`(InvalidArgument|TypeError|ImportError)`", errors)


@pytest.mark.parametrize(
    ("base", "kind"), [(BaseClient, ghrunners.Client), (BaseAsyncClient, ghrunners.AsyncClient)]
)
def test_a_client_for_github_adds_three_options(base: type[Any], kind: type[Any]) -> None:
    """All others are those of any client, with the same types and defaults; a mode of pacing too."""
    common = dict(inspect.signature(base).parameters)
    found = dict(inspect.signature(kind).parameters)
    assert (found.pop("product").default, found.pop("api_version").default) == (None, None)
    assert found.pop("page_concurrency").default == 1
    for options in (common, found):
        options["auth"] = options["auth"].replace(annotation="")
    assert list(found.items()) == list(common.items())


def test_both_clients_have_the_same_options() -> None:
    """With the same words."""
    assert entries(ghrunners.Client, "Args") == entries(ghrunners.AsyncClient, "Args")


def test_every_variable_of_the_environment_is_listed() -> None:
    """Those that `from_env` reads, in its docstring and on the page."""
    source = inspect.getsource(environment)
    read = set(re.findall(r'"(G(?:H|ITHUB)_[A-Z_]+)"', source))
    assert len(read) == 11
    assert set(entries(ghrunners.Client.from_env, "Environment")) == read
    part = DOCS["docs/client.md"].partition("\n### `from_env`\n")[2].partition("\n### ")[0]
    assert set(re.findall(r"^\| `(G\w+)` \| ", part, re.MULTILINE)) == read


# ── Errors ───────────────────────────────────────────────────────────────────────────────────


def tree(kind: type, depth: int = 0) -> Iterator[tuple[str, int]]:
    yield kind.__name__, depth
    listed: list[type] = kind.__subclasses__()
    for below in listed:
        if below.__bases__[0] is kind and below.__module__ == "ghrunners":
            yield from tree(below, depth + 1)


def drawn(page: str) -> list[tuple[str, int]]:
    block = page.partition("```text\n")[2].partition("```")[0]
    found = [re.fullmatch(r"([ │├└─]*)(\w+)", line) for line in block.splitlines()]
    return [(line[2], len(line[1]) // 4) for line in found if line is not None]


def test_the_tree_of_errors_is_that_of_the_classes() -> None:
    """Every class, once, below its first base."""
    for name in ghrunners.__all__:
        getattr(ghrunners, name)
    shown = drawn(DOCS["docs/errors.md"])
    assert sorted(shown) == sorted(tree(ghrunners.ClientError))
    above: list[str] = []
    for name, depth in shown:
        del above[depth:]
        bases = [one.__name__ for one in getattr(ghrunners, name).__bases__]
        assert bases[0] == (above[-1] if above else "Exception")
        above.append(name)


@pytest.mark.parametrize("package", ["ghrunners", *SPECS])
def test_an_error_says_what_was_done_and_what_to_do(package: str) -> None:
    """Each of the tree has a row: when, whether anything was sent or done, what to do."""
    page = (DOCS if package == "ghrunners" else docs(package))["docs/errors.md"]
    rows = table(page, "Meaning")
    assert [row[0].strip("`") for row in rows] == [name for name, _ in drawn(page)]
    assert len(rows) > 20
    for row in rows:
        assert all(len(cell) > 12 for cell in row[1:]), row


# ── Pages of a list ──────────────────────────────────────────────────────────────────────────


def test_the_page_size_is_the_one_that_is_sent() -> None:
    """In the docstring and on the page of every list; the server's own default is not used."""
    said = [f"{path}: {found}" for path, found in DOCS.items() if "`per_page`" in found]
    rows = re.findall(r"^\| `per_page` \|.*$", "\n".join(said), re.MULTILINE)
    assert len(rows) > 10
    assert all(f"Default: {PER_PAGE}." in row and "30" not in row for row in rows)
    for name in ghrunners.__all__:
        kind: object = getattr(ghrunners, name)
        for method in vars(kind).values() if isinstance(kind, type) else ():
            listed = re.search(r"per_page: (.|\n {4,})*", inspect.getdoc(method) or "")
            if listed is not None and inspect.isfunction(method):
                assert f"Default: {PER_PAGE}." in " ".join(listed[0].split())


# ── The examples run ─────────────────────────────────────────────────────────────────────────

RUNNER: Json = {
    "id": 7,
    "name": "r1",
    "os": "linux",
    "status": "online",
    "busy": False,
    "labels": [],
}


def run(
    package: Any, blocks: list[str], default: Callable[[ReceivedRequest], ScriptedResponse]
) -> ScriptedServer:
    """Run programs with a client whose server is ours."""
    with ScriptedServer(default=default) as server, pytest.MonkeyPatch.context() as patch:
        made = package.Client

        def here(**given: Any) -> Any:
            return made(**{**given, "base_url": server.url})

        patch.setattr(package, "Client", here)
        for block in blocks:
            exec(block, {})  # noqa: S102 - our own text
    return server


def always(answer: ScriptedResponse) -> Callable[[ReceivedRequest], ScriptedResponse]:
    return lambda _: answer


def test_the_examples_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Options, a raw response that has not changed since, and each error of the example."""
    clear_environment(monkeypatch)
    monkeypatch.setenv("GITHUB_TOKEN", "made-up")
    etag = {"ETag": '"one"'}

    def same(request: ReceivedRequest) -> ScriptedResponse:
        known = request.header("if-none-match") == '"one"'
        return (
            ScriptedResponse(status=304, headers=etag)
            if known
            else json_response(RUNNER, headers=etag)
        )

    options, raw = examples(DOCS["docs/client.md"]), examples(DOCS["docs/results.md"])
    server = run(ghrunners, [*options, *raw], same)
    assert len(server.requests) == 3
    printed = capsys.readouterr().out
    assert "AttemptEnded(" in printed
    assert printed.endswith("200 None\nFalse\n")
    for response, said in (
        (json_response(RUNNER), "7 r1\n"),
        (json_response({"message": "Not Found"}, 404), "actions/runners/41 Not Found\n"),
        (
            json_response({"message": "slow down"}, 429, headers={"Retry-After": "999"}),
            "try again at 2",
        ),
        (json_response({"message": "no"}, 403), "failed after 1 attempts: 403 Forbidden"),
    ):
        run(ghrunners, examples(DOCS["docs/errors.md"]), always(response))
        assert said in capsys.readouterr().out


def test_a_page_has_the_signatures_of_methods() -> None:
    """Those of the client and of its values, as Python; scopes and tokens have a section."""
    shown = {
        found[1]
        for page in PAGES
        for block in python(DOCS[page])
        if (found := re.match(r"(?:async )?def (\w+)", block))
    }
    public = {
        name
        for name, _ in inspect.getmembers(ghrunners.Client, callable)
        if not name.startswith("_")
    }
    assert public - {"enterprise", "org", "repo", "scope", "token"} <= shown
