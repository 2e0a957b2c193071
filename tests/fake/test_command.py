"""The command that serves a fake GitHub: what it prints, its options, and its one-line errors."""

from __future__ import annotations

import io
import json
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

import ghrunners
from ghrunners.fake import command

Refused = Callable[..., tuple[int, str]]
COMMAND = Path(sys.executable).with_name("ghrunners-fake")
FAULT = {"operation": "org.runners.list", "attempt": 2, "status": 503}


@contextmanager
def running(*options: str) -> Generator[tuple[str, subprocess.Popen[str]]]:
    """Run the command on a free port; yield its address and its process."""
    with subprocess.Popen(
        [COMMAND, "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        try:
            yield line.split("is at ")[1].partition(",")[0], process
        finally:
            process.kill()


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    """End the command as Ctrl-C does; return its status and the rest of its output."""
    process.send_signal(signal.SIGINT)
    assert process.stdout is not None
    assert process.stderr is not None
    output, errors = process.stdout.read(), process.stderr.read()
    return process.wait(), output, errors


@pytest.fixture
def refused(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    """A function that runs the command with what it refuses; it returns the status and message."""

    def run(*options: str) -> tuple[int, str]:
        try:
            status = command.main(options)
        except SystemExit as left:
            status = int(str(left.code))
        output, errors = capsys.readouterr()
        assert output == ""
        return status, errors

    return run


def faults(folder: Path, *listed: object) -> str:
    path = folder / "faults.json"
    path.write_text(json.dumps({"faults": listed}), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
def test_an_organization_with_runners_is_there_at_once(prefix: str) -> None:
    """Each runner is listed, with and without the prefix; a request is a line of the output."""
    with running("--runners", "31") as (url, process):
        client = ghrunners.Client(auth="t", base_url=url + prefix, product="github.com")
        with client:
            names = [it.name for it in client.org("octo-org").runners.list()]
        assert len(names) == 31
        assert names[:4] == ["linux-1", "linux-2", "win-3", "macos-4"]
        status, output, errors = ended(process)
    assert (status, errors) == (0, "")
    assert f"GET {prefix}/orgs/octo-org/actions/runners?per_page=100: 200\n" in output
    assert output.endswith("\nghrunners-fake has ended\n")


def test_what_it_suggests_works() -> None:
    """The lines for curl and for Python, as they are printed; tests/bench has the one for gh."""
    with running("--no-jobs") as (_, process):
        assert process.stdout is not None
        curl, gh, python = (process.stdout.readline().strip() for _ in range(3))
        assert gh.startswith("GH_ENTERPRISE_TOKEN=t gh api http://127.0.0.1:")
        path = f"PATH={COMMAND.parent}:$PATH; "
        for line in (curl.replace("curl ", "curl --no-progress-meter "), path + python):
            done = subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, "")
            assert "macos-4" in done.stdout


def test_jobs_come_by_themselves() -> None:
    """Runners become busy with time, and no line is printed if none is wanted."""
    with running("--speed", "10000") as (url, process):
        assert process.stdout is not None
        lines = (line for line in process.stdout if "starts a job of" in line)
        assert next(lines).split()[1] in ("linux-1", "linux-2", "win-3", "macos-4", "linux-5")
    with running("--no-jobs", "--quiet", "--speed", "10000") as (url, process):
        listed = httpx2.get(
            f"{url}/orgs/octo-org/actions/runners", headers={"Authorization": "token t"}
        )
        assert [it["busy"] for it in listed.json()["runners"]] == [False] * 5
        _, output, _ = ended(process)
    assert len(output.splitlines()) == 4


def test_faults_come_from_a_file(tmp_path: Path) -> None:
    """Each hits the request that it names; other requests find the state."""
    path = tmp_path / "FAULTS.TOML"
    text = """
        [[faults]]
        operation = "org.runners.list"
        attempt = 2
        status = 403
        message = "You have exceeded a secondary rate limit."
        headers = { retry-after = "7" }
        [[faults]]
        operation = "org.runners.delete"
        reset = true
        [[faults]]
        operation = "org.runners.delete"
        attempt = 2
        status = 502
        carried_out = true
        """
    path.write_text(text, encoding="utf-8-sig")  # as editors of Windows do
    with running("--no-jobs", "--faults", str(path)) as (url, process):
        headers = {"Authorization": "token t"}
        with httpx2.Client(headers=headers, base_url=f"{url}/orgs/octo-org") as client:
            listed = [client.get("/actions/runners") for _ in range(3)]
            assert [it.status_code for it in listed] == [200, 403, 200]
            assert listed[1].json()["message"] == "You have exceeded a secondary rate limit."
            assert listed[1].headers["retry-after"] == "7"
            gone, other, *_ = [it["id"] for it in listed[0].json()["runners"]]
            with pytest.raises(httpx2.TransportError):
                client.delete(f"/actions/runners/{gone}")
            assert client.delete(f"/actions/runners/{other}").status_code == 502
            assert client.get("/actions/runners").json()["total_count"] == 3
        assert ended(process)[::2] == (0, "")


def test_a_fault_without_effect_is_named_at_the_end(tmp_path: Path) -> None:
    """In one line each, and the status is 1."""
    path = faults(tmp_path, FAULT, {**FAULT, "operation": "org.runners.get"})
    with running("--faults", path) as (url, process):
        headers = {"Authorization": "token t"}
        for _ in range(2):
            httpx2.get(f"{url}/orgs/octo-org/actions/runners", headers=headers)
        status, _, errors = ended(process)
    assert status == 1
    assert errors == (
        f"ghrunners-fake: {path}: there was no request 2 of org.runners.get, "
        "so its fault had no effect\n"
    )


def test_a_token_of_the_command_has_a_rate_limit() -> None:
    """Other tokens are refused, and it is refused once it has used up its requests."""
    with running("--token", "mine", "--rate-limit", "2", "--no-jobs") as (url, _):
        runners = f"{url}/orgs/octo-org/actions/runners"
        statuses = [
            httpx2.get(runners, headers={"authorization": f"token {token}"}).status_code
            for token in ("other", "mine", "mine", "mine")
        ]
    assert statuses == [401, 200, 200, 403]


def test_latency_delays_each_response() -> None:
    """A client with a shorter limit gives up."""
    with running("--latency", "600") as (url, _), pytest.raises(httpx2.ReadTimeout):
        httpx2.get(f"{url}/orgs/octo-org/actions/runners", timeout=0.2)


@pytest.mark.parametrize("options", ["--no-jobs", "--speed=10000"])
def test_it_serves_on_if_nobody_reads_its_lines(options: str) -> None:
    """As after `| head -1`: requests and jobs go on, and it ends without an error."""
    with running(options) as (url, process):
        assert process.stdout is not None
        process.stdout.close()
        runners = f"{url}/orgs/octo-org/actions/runners"
        for wait in (0, 2, 0):
            time.sleep(wait)  # so that jobs come without a request, too
            assert httpx2.get(runners, headers={"Authorization": "token t"}).status_code == 200
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        assert (process.stderr.read(), process.wait()) == ("", 0)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("--prot 1", "unrecognized arguments: --prot 1"),
        ("--por 1", "unrecognized arguments: --por 1"),
        ("--port x", "argument --port: 'x' is no whole number from 0 to 65535"),
        ("--port 99999", "argument --port: '99999' is no whole number from 0 to 65535"),
        ("--port -1", "argument --port: '-1' is no whole number from 0 to 65535"),
        ("--token=", "argument --token: '' is no token"),
        ("--token=ü", "argument --token: 'ü' is no token"),
        ("--runners -1", "'-1' is no whole number from 0 to 10000"),
        ("--runners 1.5", "'1.5' is no whole number from 0 to 10000"),
        ("--speed 0", "'0' is no number from 0.001 to 10000"),
        ("--speed nan", "'nan' is no number from 0.001 to 10000"),
        ("--latency soon", "'soon' is no number from 0 to 3600"),
        ("--rate-limit 0", "'0' is no whole number from 1 to 1"),
        ("--faults none.toml", "none.toml: No such file or directory"),
        ("--faults none.yaml", "none.yaml: the name of a file with faults ends in .json or .toml"),
        ("--faults .", ".: the name of a file with faults ends in .json or .toml"),
    ],
)
def test_a_bad_option_is_one_line(refused: Refused, options: str, said: str) -> None:
    """On standard error, with the status 2."""
    status, message = refused(*options.split())
    assert status == 2
    assert message.startswith("ghrunners-fake: ")
    assert said in message
    assert message.count("\n") == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "Expecting value"),
        ("[]", "Expected `object`, got `array`"),
        ("{}", 'it has no faults; they are in "faults", a list'),
        ("[" * 100_000, "recursion"),
        ('{"faults": []}', "Expected `array` of length >= 1 - at `$.faults`"),
        ('{"faults": [{"status": 500}]}', "missing required field `operation` - at `$.faults[0]`"),
        ('{"faults": [{"operation": "a.b", "statsu": 3}]}', "unknown field `statsu`"),
        ('{"faults": [{"operation": "org.runner.get", "status": 500}]}', "'org.runners.get'?"),
        ('{"faults": [{"operation": "org.runners.get"}]}', "needs a status, a reset or a delay"),
        (
            '{"faults": [{"operation": "org.runners.get", "status": 500, "reset": true}]}',
            "a status and a reset",
        ),
        (
            '{"faults": [{"operation": "org.runners.get", "reset": true, "message": "no"}]}',
            "a message, headers and carried_out need a status",
        ),
        (
            json.dumps({"faults": [{**FAULT, "headers": {"a": "\n"}}]}),
            "the header a is '\\n': use printable ASCII",
        ),
        (
            json.dumps({"faults": [{**FAULT, "headers": {"b": "x", "retry-after": 5}}]}),
            "the header retry-after must be a text in quotes, not 5",
        ),
        (
            json.dumps({"faults": [{**FAULT, "headers": {"a b": "x"}}]}),
            "'a b' is no name of a header: use letters, digits and -",
        ),
        (
            json.dumps({"faults": [FAULT, FAULT]}),
            "request 2 of org.runners.list: it is there twice",
        ),
    ],
)
def test_a_bad_file_of_faults_is_one_line(
    refused: Refused, tmp_path: Path, text: str, said: str
) -> None:
    """It names the file and what is wrong, before anything is served."""
    path = tmp_path / "faults.json"
    path.write_text(text, encoding="utf-8")
    status, message = refused("--faults", str(path))
    assert (status, message.count("\n")) == (2, 1), message
    assert message.startswith(f"ghrunners-fake: {path}: ")
    assert said in message


def test_a_port_that_cannot_be_opened_is_one_line(refused: Refused) -> None:
    """It is in use."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, message = refused("--port", port)
    assert status == 1
    assert (
        message
        == f"ghrunners-fake: cannot listen on 127.0.0.1, port {port}: Address already in use\n"
    )


def test_a_line_is_one_line_in_any_encoding(monkeypatch: pytest.MonkeyPatch) -> None:
    """Names in it may have any characters, and a stream may be ASCII or of an old code page."""
    for encoding in ("ascii", "cp1252"):
        stream = io.TextIOWrapper(io.BytesIO(), encoding, newline="\n")
        monkeypatch.setattr("sys.stderr", stream)
        assert command.main(["--faults", "\u540d\n\x1b.toml"]) == 2
        stream.seek(0)
        expected = "ghrunners-fake: \\u540d\\n\\x1b.toml: No such file or directory\n"
        assert stream.read() == expected


def test_it_can_be_ended_while_it_starts(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As later: with the status 0 and without a traceback."""
    before = signal.getsignal(signal.SIGTERM)

    def terminated(_: object) -> None:
        handler = signal.getsignal(signal.SIGTERM)
        assert callable(handler)  # else the signal would end this process
        handler(signal.SIGTERM, None)

    monkeypatch.setattr("ghrunners.fake.command.Workload.start", terminated)
    assert command.main(["--port", "0"]) == 0
    assert capsys.readouterr() == ("ghrunners-fake has ended\n", "")
    assert signal.getsignal(signal.SIGTERM) is before


WITHOUT = """
import sys
sys.modules["uvicorn"] = None
from ghrunners.fake.command import main
sys.exit(main(["--port", "0"]))
"""


def test_without_the_extra_it_is_named() -> None:
    """In one line, since the package is installed without it by default."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.count("\n") == 1
    assert (
        "ghrunners-fake: a mock server over HTTP needs uvicorn, as in the extra testing: "
        in done.stderr
    )
