"""The pack templates/examples/command-line: what its programs send and print, and how they fail."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from client.scripted_server import (
    ReceivedRequest,
    ScriptedResponse,
    ScriptedServer,
    json_response,
)
from packs.command_line_programs import (
    GET,
    GROUP,
    LIST,
    NOWHERE,
    OWN,
    RUNNER,
    TOKEN,
    Done,
    Json,
    Program,
    foreign,
    of,
    page,
)

# ── What is sent and printed ───────────────────────────────────────────────────────────────────


def test_a_list_is_printed_as_its_pages_arrive(program: Program) -> None:
    """An item on a line, and those of a page before the next page is requested."""
    before: list[bytes] = []

    def second(_: ReceivedRequest) -> ScriptedResponse:
        before.append(cast("Any", sys.stdout.buffer).raw.getvalue())
        return json_response(page(3, total=3))

    with ScriptedServer() as server:
        link = f'<{server.url}/orgs/acme/actions/runners?per_page=2&page=2>; rel="next"'
        server.script(json_response(page(1, 2, total=3), headers={"Link": link}), second)
        arguments = ["org-runners", "list", "--org", "acme", "--per-page", "2"]
        done = program(*arguments, environment=of(server))
        assert (done.status, done.error) == (0, "")
        assert [re.match(r'\{"id":(\d)', line) is not None for line in done.lines] == [True] * 3
        assert before == [b"".join(line.encode() + b"\n" for line in done.lines[:2])]
        assert server.targets[0] == "/orgs/acme/actions/runners?per_page=2"
        assert server.requests[0].header("Authorization") == f"Bearer {TOKEN}"


def test_a_body_has_what_is_given_and_nothing_else(program: Program) -> None:
    """Lists from repeated options, switches both ways, null and an empty list on request."""
    group = ["org-runner-groups", "update", "--org", "acme", "--runner-group-id", "7"]
    bodies: dict[tuple[str, ...], Json] = {
        ("--name", "a b"): {"name": "a b"},
        ("--name=-x", "--visibility", "all"): {"name": "-x", "visibility": "all"},
        ("--name", "", "--selected-workflows", "x", "--selected-workflows", "y"): {
            "name": "",
            "selected_workflows": ["x", "y"],
        },
        ("--name", "n", "--allows-public-repositories", "--no-restricted-to-workflows"): {
            "name": "n",
            "allows_public_repositories": True,
            "restricted_to_workflows": False,
        },
        ("--name", "n", "--null", "network-configuration-id"): {
            "name": "n",
            "network_configuration_id": None,
        },
        ("--name", "n", "--empty", "selected-workflows"): {"name": "n", "selected_workflows": []},
    }
    for options, body in bodies.items():
        with ScriptedServer(json_response(GROUP)) as server:
            done = program(*group, *options, environment=of(server))
            assert (done.status, done.error) == (0, "")
            assert server.only.method == "PATCH"
            assert server.only.target == "/orgs/acme/actions/runner-groups/7"
            assert server.only.json == body
            assert len(done.lines) == 1


def test_secrets_are_printed_and_nothing_for_no_content(program: Program) -> None:
    """A token is what the command is for; a 204 has nothing to print."""
    token = {"token": "AABF3JGZDX3P5PMEXLND6TS6FCWO6", "expires_at": "2030-01-01T00:00:00Z"}
    with ScriptedServer(json_response(token, 201), ScriptedResponse(status=204)) as server:
        group = ["org-runners", "create-registration-token", "--org", "acme"]
        done = program(*group, environment=of(server))
        assert (done.status, done.error) == (0, "")
        assert {name: json.loads(done.output)[name] for name in token} == token
        gone = program(
            "org-runners", "delete", "--org", "acme", "--runner-id", "7", environment=of(server)
        )
        assert gone == Done(0, b"", "")


def test_values_of_every_kind_are_sent(packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the form that the description gives them: styles, headers, cookies, forms, files, text."""
    program = foreign("bazaar", monkeypatch)
    (packages / "rows.json").write_text('{"rows": [1, 2]}', encoding="utf-8")
    (packages / "photo.png").write_bytes(b"PNG")
    rows, photo = f"@{packages}/rows.json", f"{packages}/photo.png"

    def sent(*arguments: str, stdin: bytes = b"") -> ReceivedRequest:
        with ScriptedServer(ScriptedResponse(status=204)) as server:
            done = program("--base-url", server.url, *arguments, stdin=stdin)
            assert server.requests, done.error
            return server.only

    assert sent("stalls", "several", "--ids", "1", "--ids", "-2").target == "/stalls/1,-2"
    listed = sent(
        *("stalls", "list", "--flags", "true", "--flags", "false", "--as", rows, "--no-open"),
        *("--x-rows", "3", "--filter", '{"row": 1, "owner": {"names": ["a"]}}', "--near", "@x"),
    )
    assert listed.target == (
        "/stalls?flags=true&flags=false&filter%5Brow%5D=1&filter%5Bowner%5D%5Bnames%5D%5B0%5D=a"
        "&near=@x&as=%7B%22rows%22%3A%5B1%2C2%5D%7D"
    )
    assert (listed.header("X-Rows"), listed.header("Cookie")) == ("3", "open=false")
    save = ["stalls", "save", "--rows", "q"]
    both = sent(*save, "--rows-body", "1", "--extra", "-", stdin=b'{"x":1}')
    assert (both.target, both.json) == ("/stalls?rows=q", {"rows": [1], "x": 1})
    assert sent(*save).body == b""
    assert sent(*save, "--empty", "rows-body").json == {"rows": []}
    assert sent("goods", "change", "--body", photo).body == b"PNG"
    assert sent("goods", "change", "--body", "-", stdin=b"\x00\xff").body == b"\x00\xff"
    assert sent("goods", "name", "--body", "a%b").body == b"a%b"
    assert sent("goods", "name", "--body", f"@{photo}").body == b"PNG"
    files = sent(
        "goods",
        "files",
        "--photo",
        photo,
        "--any=-;type=image/gif",
        "--more",
        photo,
        stdin=b"any",
    )
    assert re.findall(rb'name="(.*?)"; filename="(.*?)"', files.body) == [
        (b"photo", b"photo.png"),
        (b"any", b"stdin"),
        (b"more", b"photo.png"),
    ]
    assert b'filename="stdin"\r\nContent-Type: image/gif\r\n\r\nany\r\n' in files.body
    counted = sent("goods", "count", "--count", "9223372036854775808", "--stars", "5")
    assert counted.target == "/goods/9223372036854775808/counts"


def test_results_are_json_and_bytes_are_themselves(
    packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A text is a JSON string, and what the description does not know is kept."""
    assert packages.exists()
    program = foreign("bazaar", monkeypatch)
    responses = (
        (["goods", "list"], json_response([{"name": "ü", "more": 1}]), '[{"name":"ü","more":1}]\n'),
        (
            ["goods", "name", "--body", "x"],
            ScriptedResponse(body=b"a\nb", headers={"Content-Type": "text/plain"}),
            '"a\\nb"\n',
        ),
        (
            ["goods", "odder", "--body", "-"],
            ScriptedResponse(body=b"\x1f\x8b", headers={"Content-Type": "application/gzip"}),
            b"\x1f\x8b",
        ),
        (["goods", "change"], json_response(None), "null\n"),
    )
    for arguments, response, printed in responses:
        with ScriptedServer(response) as server:
            done = program("--base-url", server.url, *arguments)
        expected = printed.encode() if isinstance(printed, str) else printed
        assert done == Done(0, expected, "")


# ── What fails ─────────────────────────────────────────────────────────────────────────────────


def test_a_failed_call_is_one_line(program: Program) -> None:
    """With the message of the server, of which a terminal obeys nothing, and status 1."""
    found = {"message": "Not\x1b[31m\nFound", "documentation_url": "https://docs.example/x"}
    with ScriptedServer(json_response(found, 404)) as server:
        done = program(*GET, environment=of(server))
    assert (done.status, done.output) == (1, b"")
    assert done.error.startswith(f"{OWN}: error: 404 Not Found: GET /orgs/acme/actions/")
    assert "[31m Found" in done.error
    assert done.error.removesuffix("\n").isprintable()


def test_items_before_a_failure_are_printed(program: Program) -> None:
    """A list that fails on its second page has printed the first, and its status says so."""
    with ScriptedServer() as server:
        link = f'<{server.url}/orgs/acme/actions/runners?per_page=100&page=2>; rel="next"'
        server.script(
            json_response(page(1, total=101), headers={"Link": link}), json_response({}, 410)
        )
        done = program(*LIST, environment=of(server))
    assert (done.status, len(done.lines), done.error.count("\n")) == (1, 1, 1)


def test_warnings_are_one_line_each(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    """Such as that of a value of another type, which is printed as it came."""
    monkeypatch.setattr(warnings, "filters", [])
    with ScriptedServer(json_response({**RUNNER, "id": "seven"})) as server:
        done = program(*GET, environment=of(server))
    assert (done.status, done.output[:13]) == (0, b'{"id":"seven"')
    assert re.fullmatch(rf"{OWN}: warning: .*\n", done.error)


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ([], "the following arguments are required: RESOURCE"),
        (["org-runners"], "the following arguments are required: COMMAND"),
        (["org-runners", "nothing"], "invalid choice: 'nothing'"),
        (["org-runners", "list"], "the following options are required: --org"),
        (["org-runners", "list", "--org"], "argument --org: expected one argument"),
        (["org-runners", "list", "--or", "acme"], "unknown arguments: --or acme"),
        (["org-runners", "list", "--org", "a", "b"], "unknown arguments: b"),
        (["org-runners", "list", "--org", "a", "--page", "x"], "--page: must be an integer"),
        (["org-runners", "list", "--org", "a", "--page", "9" * 5000], "has too many digits"),
        (["--api-version", "1", "org-runners", "list"], "must be one of 2026-03-10, 2022-11-28"),
        (["--timeout", "x", "org-runners", "list"], "--timeout: must be a number"),
        ([*"org-runner-groups list --org a --null name".split()], "unknown arguments: --null name"),
        (
            [*"org-runner-groups update --org a --runner-group-id 1 --null name".split()],
            "argument --null: invalid choice: 'name'",
        ),
        (
            [
                *"org-runner-groups update --org a --runner-group-id 1 --name n".split(),
                *"--null network-configuration-id --network-configuration-id x".split(),
            ],
            "--null network-configuration-id cannot be combined with another value of --network",
        ),
        (
            [*"org-runner-groups update --org a --runner-group-id 1 --visibility x".split()],
            "--visibility: must be one of selected, all, private",
        ),
    ],
)
def test_a_usage_error_says_what_is_wrong(
    program: Program, arguments: Sequence[str], problem: str
) -> None:
    """With the usage of the command, and status 2. Nothing is sent."""
    done = program(*arguments, environment=NOWHERE)
    assert (done.status, done.output) == (2, b"")
    assert done.error.startswith(f"usage: {OWN}")
    assert problem in done.error


def test_input_that_cannot_be_read_is_a_usage_error(
    packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """JSON that is none or of another kind, a file that is not there, standard input twice."""
    assert packages.exists()
    program = foreign("bazaar", monkeypatch)
    for arguments, problem in {
        ("stalls", "list", "--as", "{"): "argument --as: ",
        ("stalls", "list", "--as", "[" * 100_000): "argument --as: ",
        ("stalls", "list", "--x-sizes", "[]"): "--x-sizes: must be a JSON object",
        ("stalls", "list", "--as", "@/none"): "cannot read '/none': No such file or directory",
        ("stalls", "list", "--as", "@\0"): "it is not a path",
        ("stalls", "list", "--as", "\udc80"): "argument --as: ",
        ("goods", "name", "--body", "\udc80"): "--body: must be text in UTF-8",
        ("goods", "files", "--photo", "-", "--any", "-"): "--any: another option has read standard",
        ("goods", "files", "--photo", "/"): "cannot read '/': Is a directory",
        ("stalls", "list", "--flags", "yes"): "--flags: must be one of false, true",
    }.items():
        done = program("--base-url", "http://127.0.0.1:1", *arguments)
        assert (done.status, done.output) == (2, b"")
        assert problem in done.error


def test_what_the_client_refuses_has_the_status_of_a_usage_error(
    packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing was sent: a value that has no form where it is sent, an address that is none."""
    assert packages.exists()
    program = foreign("bazaar", monkeypatch)
    for arguments in (
        ["--base-url", "http://127.0.0.1:1", "stalls", "list", "--x-sizes", '{"a": null}'],
        ["--base-url", "http://127.0.0.1:1", "stalls", "list", "--x-words", "a,b"],
        ["--base-url", "ftp://x", "stalls", "list"],
    ):
        done = program(*arguments)
        assert (done.status, done.output, done.error.count("\n")) == (2, b"", 1)


def test_without_credentials_one_line_says_what_to_set(
    program: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The variables of each alternative. An empty one counts as not set."""
    done = program(*LIST, environment={"GITHUB_TOKEN": " "})
    assert (done.status, done.output, done.error.count("\n")) == (2, b"", 1)
    assert "set GITHUB_TOKEN or GH_TOKEN" in done.error
    other = foreign("courier", monkeypatch)
    done = other("labels", "upload-label", environment={"COURIER_PROGRAM_KEY": ""})
    names = ", or ".join(f"COURIER_PROGRAM_{it}" for it in ("KEY", "TOKEN", "QUERY", "CRUMB"))
    assert done == Done(2, b"", f"courier_program: error: no credentials: set {names}\n")


def test_credentials_come_from_the_environment_only(
    packages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each scheme has its variable, and an operation gets what it asks for, on its server."""
    assert packages.exists()
    program = foreign("courier", monkeypatch)
    variables = {"COURIER_PROGRAM_KEY": "k", "COURIER_PROGRAM_TOKEN": "t"}
    with ScriptedServer(default=json_response({"id": "x"})) as server:
        settings = ["--base-url", server.url, "--servers", f'{{"track": "{server.url}/t"}}']
        assert (
            program(*settings, "parcels", "get-parcel", "--id", "x", environment=variables).status
            == 0
        )
        assert server.requests[0].header("Authorization") == "Bearer t"
        assert server.requests[0].header("X-Key") is None
        assert program(*settings, "parcels", "track", "--id", "x").status == 0
        assert server.requests[1].target == "/t/parcels/x"
        assert server.requests[1].header("Authorization") is None
    for group, command in program.commands():
        options = re.findall(r"--[a-z-]+", program(group, command, "--help").output.decode())
        assert not {"--auth", "--token", "--key", "--query", "--crumb"} & set(options)


def test_ctrl_c_ends_the_program(program: Program) -> None:
    """Without a traceback, with the status of shells."""

    def interrupt(_: ReceivedRequest) -> ScriptedResponse:
        signal.raise_signal(signal.SIGINT)
        return json_response({})

    with ScriptedServer(interrupt) as server:
        done = program(*GET, environment=of(server))
    assert done == Done(130, b"", f"{OWN}: interrupted\n")


def test_a_closed_pipe_ends_the_program(packages: Path) -> None:
    """Quietly, as of a list whose first line was enough, and as of a help."""
    with ScriptedServer(default=json_response(page(*range(1, 101), total=100))) as server:
        for arguments in (LIST, ["--help"]):
            reading, writing = os.pipe()
            os.close(reading)
            done = subprocess.run(
                [sys.executable, "-m", OWN, *arguments],
                cwd=packages,
                env={**os.environ, **of(server), "PYTHONUNBUFFERED": ""},
                stdout=writing,
                stderr=subprocess.PIPE,
                check=False,
            )
            os.close(writing)
            assert (done.returncode, done.stderr) == (141, b"")


def test_an_output_that_cannot_be_written_is_an_error(packages: Path) -> None:
    """One line, and status 1, as on a full disk."""
    with (
        ScriptedServer(json_response(page(1, total=1))) as server,
        (packages / OWN / "__main__.py").open("rb") as read_only,
    ):
        done = subprocess.run(
            [sys.executable, "-m", OWN, *LIST],
            cwd=packages,
            env={**os.environ, **of(server), "PYTHONUNBUFFERED": ""},
            stdout=read_only,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    problem = "cannot write the output: Bad file descriptor"
    assert (done.returncode, done.stderr) == (1, f"{OWN}: error: {problem}\n")
