"""Errors by status: which class, what the message says, what survives a pickle."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, datetime

import msgspec
import pytest

from client.runtime_api import DELETE, GET, TOKEN, UPDATE, Caller, SyncCaller, both, pickled
from client.scripted_server import ScriptedResponse, ScriptedServer, json_response
from ghrunners._runtime import errors, response_errors
from ghrunners._runtime.client.github.rules import RunnerBusy
from ghrunners._runtime.error_content import Content
from ghrunners._runtime.errors import ClientError, RequestInfo
from ghrunners._runtime.response.errors import by_status
from ghrunners._runtime.response_errors import (
    FieldError,
    StatusError,
    UnexpectedResponse,
    ValidationFailed,
)
from runnersmith.render.docs import docstrings

DOCS = "https://docs.github.com/rest/things"
INFO = RequestInfo(
    operation="things/get",
    method="GET",
    path="/orgs/acme/things/7",
    template="/orgs/{org}/things/{thing}",
)


def fail(caller: Caller, answer: ScriptedResponse) -> StatusError:
    """Make a call that is answered so, and give the error."""
    with ScriptedServer(answer) as server, pytest.raises(StatusError) as caught:
        type(caller)(server.url).call(GET, path={"thing": 7})
    return caught.value


BY_STATUS = {
    400: response_errors.BadRequest,
    401: response_errors.BadCredentials,
    402: StatusError,
    403: response_errors.Forbidden,
    404: response_errors.NotFound,
    405: StatusError,
    409: response_errors.Conflict,
    410: response_errors.Gone,
    415: StatusError,
    422: response_errors.ValidationFailed,
    429: response_errors.RateLimited,
    451: StatusError,
    499: StatusError,
    500: response_errors.ServerError,
    502: response_errors.ServerError,
    503: response_errors.ServerError,
    599: response_errors.ServerError,
    600: response_errors.ServerError,
    799: response_errors.ServerError,
}


@both
@pytest.mark.parametrize(("status", "kind"), BY_STATUS.items())
def test_a_status_has_its_class(
    flavour: type[Caller], status: int, kind: type[StatusError]
) -> None:
    """The status alone decides, whether the operation declares it or not."""
    body = {"message": "No", "documentation_url": DOCS, "status": str(status)}
    with (
        ScriptedServer(json_response(body, status)) as server,
        pytest.raises(StatusError) as caught,
    ):
        flavour(server.url).call(GET, path={"thing": 7})
    error = caught.value
    assert type(error) is kind
    assert (error.status, error.message, error.docs_url) == (status, "No", DOCS)


def test_a_message_says_what_failed_and_where_to_look() -> None:
    """Status, call, GitHub's words, request id and documentation are on one line."""
    body = {"message": "Not Found", "documentation_url": DOCS, "status": "404"}
    answer = json_response(body, 404, {"X-GitHub-Request-Id": "ABCD:1234"})
    error = fail(SyncCaller(""), answer)
    assert str(error) == (
        f"404 Not Found: GET /orgs/acme/things/7: Not Found (request ABCD:1234, {DOCS})"
    )
    assert error.request == INFO
    assert error.request_id == "ABCD:1234"


def test_a_refused_body_says_which_fields() -> None:
    """The entries of a 422 are there one by one, and in the message."""
    body = {
        "message": "Validation Failed",
        "errors": [
            {"resource": "Group", "field": "name", "code": "already_exists"},
            "labels is too long",
            {"code": "custom", "message": "no such group", "value": 9},
            {"value": 9},
            7,
        ],
    }
    with (
        ScriptedServer(json_response(body, 422)) as server,
        pytest.raises(ValidationFailed) as caught,
    ):
        SyncCaller(server.url).call(UPDATE, path={"thing": 7}, body={"name": "x"})
    assert caught.value.errors == (
        FieldError(resource="Group", field="name", code="already_exists"),
        FieldError(message="labels is too long"),
        FieldError(code="custom", message="no such group"),
    )
    assert str(caught.value) == (
        "422 Unprocessable Content: PATCH /orgs/acme/things/7: Validation Failed: "
        "Group name already_exists; labels is too long; custom no such group"
    )


def test_a_refused_body_may_come_with_one_message() -> None:
    """Some endpoints give a text where others give a list."""
    error = fail(SyncCaller(""), json_response({"message": "No", "errors": "Too long"}, 422))
    assert error.errors == (FieldError(message="Too long"),)


@pytest.mark.parametrize(
    ("message", "headers"),
    [
        ("You have exceeded a secondary rate limit.", {}),
        ("API rate limit exceeded for user ID 1.", {"x-ratelimit-remaining": "0"}),
        ("Slow down", {"x-ratelimit-remaining": "0"}),
    ],
)
def test_a_403_that_means_a_limit_is_one(message: str, headers: dict[str, str]) -> None:
    """GitHub refuses with 403 where others use 429, at times by the message alone."""
    error = fail(SyncCaller(""), json_response({"message": message}, 403, headers))
    assert type(error) is response_errors.RateLimited


BUSY = (
    'Bad request - Runner "r-1" is still running a job',
    'Bad request - Runner "r-1" is still running a job"',
    "bad request - runner r-1 is still running a job.",
    "Bad request - Runner r-1 is currently running a job and cannot be deleted.",
    'Runner "is still running a job" is currently running a job and cannot be deleted',
)
# Other refusals, also of things with such a name.
NOT_BUSY = (
    'Bad request - Runner "r-1" is not running a job',
    'Runner "is still running a job" already exists.',
    'Label "is still running a job" is invalid',
    "A runner that is still running a job cannot be moved to this group",
    "Validation Failed",
    "is still running a jobber",
)


@both
@pytest.mark.parametrize("message", BUSY)
def test_a_422_that_means_a_busy_runner_is_one(flavour: type[Caller], message: str) -> None:
    """GitHub has two ways of saying it, and no code for it; nothing was deleted."""
    answer = json_response({"message": message, "documentation_url": DOCS}, 422)
    with ScriptedServer(answer) as server, pytest.raises(RunnerBusy) as caught:
        flavour(server.url).call(DELETE, path={"thing": 7})
    assert isinstance(caught.value, ValidationFailed)
    assert caught.value.message == message
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "message", "kind"),
    [
        *((422, message, response_errors.ValidationFailed) for message in NOT_BUSY),
        (409, BUSY[0], response_errors.Conflict),
        (403, BUSY[0], response_errors.Forbidden),
        (400, BUSY[0], response_errors.BadRequest),
    ],
)
def test_what_only_looks_like_a_busy_runner_is_none(
    status: int, message: str, kind: type[StatusError]
) -> None:
    """A name that says so, another status, or other words."""
    assert type(fail(SyncCaller(""), json_response({"message": message}, status))) is kind


@both
@pytest.mark.parametrize(
    ("status", "message", "is_said"),
    [
        (403, "Resource not accessible by integration", True),
        (403, "Resource not accessible by personal access token", True),
        (403, "Must have admin rights to Repository.", True),
        (403, "Self-hosted runners are disabled by a policy.", False),
        (404, "Not Found", False),
        (401, "Bad credentials", False),
    ],
)
def test_a_refused_permission_says_what_it_takes(
    flavour: type[Caller], status: int, message: str, is_said: bool
) -> None:
    """Where the token is what lacks; of every other call, the request knows it."""
    operation = msgspec.structs.replace(GET, needs="Self-hosted runners: write")
    with (
        ScriptedServer(json_response({"message": message}, status)) as server,
        pytest.raises(StatusError) as caught,
    ):
        flavour(server.url).call(operation, path={"thing": 7})
    assert str(caught.value).endswith(": it needs Self-hosted runners: write") is is_said
    assert caught.value.request.needs == "Self-hosted runners: write"


@both
@pytest.mark.parametrize(
    ("status", "message", "is_said"),
    [
        (400, "Unsupported API version", True),
        (400, "X-GitHub-Api-Version header is not supported.", True),
        (400, "Problems parsing JSON", False),
        (422, "Unsupported API version", False),
    ],
)
def test_a_refused_version_says_which_option_it_is(
    flavour: type[Caller], status: int, message: str, is_said: bool
) -> None:
    """A release of Enterprise Server may be older than the chosen version."""
    with (
        ScriptedServer(json_response({"message": message}, status)) as server,
        pytest.raises(StatusError) as caught,
    ):
        flavour(server.url).call(GET, path={"thing": 7})
    assert str(caught.value).endswith(": choose another api_version") is is_said


def test_what_it_takes_is_said_only_where_it_is_known() -> None:
    """An operation whose permissions nobody described adds nothing."""
    error = fail(
        SyncCaller(""), json_response({"message": "Resource not accessible by integration"}, 403)
    )
    assert str(error).endswith("Resource not accessible by integration")


@both
@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize(
    "answer",
    [
        ScriptedResponse(body=b"<html>Not Found</html>", headers={"Content-Type": "text/html"}),
        ScriptedResponse(),
        json_response([]),
        json_response({}),
        json_response({"message": None}),
        ScriptedResponse(body=b'{"message"', headers={"Content-Type": "application/json"}),
    ],
    ids=["html", "empty", "list", "object", "null", "cut"],
)
def test_only_github_says_that_something_is_gone(
    flavour: type[Caller], status: int, answer: ScriptedResponse
) -> None:
    """A proxy's 404, or that of a wrong base URL, is no NotFound: nothing was looked up."""
    answer = ScriptedResponse(status=status, body=answer.body, headers=answer.headers)
    with (
        ScriptedServer(answer) as server,
        pytest.raises(UnexpectedResponse, match="not a response of GitHub's API") as caught,
    ):
        flavour(server.url).call(DELETE, path={"thing": 7})
    assert caught.value.status == status


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        (
            ScriptedResponse(
                status=502, body=b"<html>Unicorn!</html>", headers={"Content-Type": "text/html"}
            ),
            "502 Bad Gateway: GET /orgs/acme/things/7: 21 bytes of text/html",
        ),
        (
            ScriptedResponse(status=503),
            "503 Service Unavailable: GET /orgs/acme/things/7: 0 bytes of no content type",
        ),
        (
            ScriptedResponse(status=403, body=b"forbidden", headers={"Content-Type": "text/plain"}),
            "403 Forbidden: GET /orgs/acme/things/7: forbidden",
        ),
        (
            json_response(["message"], 500),
            "500 Internal Server Error: GET /orgs/acme/things/7: 11 bytes of application/json",
        ),
        (
            json_response({"message": {"a": 1}, "documentation_url": 7, "errors": {}}, 500),
            "500 Internal Server Error: GET /orgs/acme/things/7: 59 bytes of application/json",
        ),
        (
            ScriptedResponse(
                status=500,
                body=b'{"message": "\xff"}',
                headers={"Content-Type": "application/json"},
            ),
            "500 Internal Server Error: GET /orgs/acme/things/7: 16 bytes of application/json",
        ),
        (
            ScriptedResponse(
                status=500, body=b"[" * 200_000, headers={"Content-Type": "application/json"}
            ),
            "500 Internal Server Error: GET /orgs/acme/things/7: 200000 bytes of application/json",
        ),
        (
            json_response({"message": "No"}, 499),
            "499 Unknown Status: GET /orgs/acme/things/7: No",
        ),
    ],
)
def test_an_error_of_any_body_has_its_class(answer: ScriptedResponse, shown: str) -> None:
    """The body of an error may be anything; its class and message hold."""
    error = fail(SyncCaller(""), answer)
    assert str(error) == shown
    assert error.errors == ()


def test_what_a_server_says_is_made_fit_to_show() -> None:
    """One line, bounded, without control characters; in the headers as well."""
    evil = "a\r\nb\x1b[31mc\x00d\u202ee\u2028f" + "x" * 10_000
    answer = json_response(
        {
            "message": evil,
            "documentation_url": evil,
            "errors": [{"field": evil}] * 50,
        },
        422,
        {"X-GitHub-Request-Id": "\xe9" * 5_000, "Content-Type": "application/json"},
    )
    error = fail(SyncCaller(""), answer)
    assert isinstance(error, ValidationFailed)
    assert error.message == "a  b[31mcde f" + "x" * 487 + "…"
    assert len(error.errors) == 20
    assert len(error.request_id or "") == 201
    assert len(str(error)) < 7_000
    assert str(error).isprintable()


def test_headers_are_shown_by_an_allow_list() -> None:
    """An error carries the headers that help, and no cookie."""
    headers = {
        "X-RateLimit-Remaining": "12",
        "Retry-After": "60",
        "Set-Cookie": "session=SECRET",
        "Location": "https://example.com/?token=SECRET",
        "X-Other": "SECRET",
    }
    error = fail(SyncCaller(""), json_response({"message": "No"}, 403, headers))
    assert error.headers == {
        "content-type": "application/json; charset=utf-8",
        "retry-after": "60",
        "x-ratelimit-remaining": "12",
    }


@both
def test_an_echoed_token_is_masked(flavour: type[Caller]) -> None:
    """A server that repeats the token, in a message, a field or a header, does not get it shown."""
    other = "github_pat_11ABCDEFG0123456789_abcdefghij"
    body = {
        "message": f"Bad token {TOKEN}, {TOKEN[:9]}\0{TOKEN[9:]} and {other}",
        "documentation_url": f"https://example.com/{TOKEN}",
        "errors": [TOKEN, {"field": TOKEN}],
    }
    headers = {"X-GitHub-Request-Id": TOKEN, "X-OAuth-Scopes": TOKEN}
    with (
        ScriptedServer(json_response(body, 401, headers)) as server,
        pytest.raises(StatusError) as caught,
    ):
        flavour(server.url).call(GET, path={"thing": 7})
    error = caught.value
    assert error.message == "Bad token ***, *** and ***"
    shown = f"{error!s}{error!r}{vars(error)}{pickle.dumps(error)!r}"
    assert TOKEN not in shown
    assert other not in shown


def test_a_token_at_the_limit_is_not_half_shown() -> None:
    """Masking comes before the text is cut."""
    answer = json_response({"message": "x" * 490 + TOKEN}, 500)
    error = fail(SyncCaller(""), answer)
    assert error.message == "x" * 490 + "***"


BODY = Content(b"BODY", lambda: {"a": 1}, FieldError)
SAMPLES: list[ClientError] = [
    errors.InvalidArgument("bad"),
    errors.NotAvailable("not here"),
    errors.ClientClosed("closed"),
    errors.ConnectFailed(INFO, "refused"),
    errors.ConnectTimedOut(INFO, "late"),
    errors.TimedOut(INFO, "late"),
    errors.ConnectionLost(INFO, "reset"),
    UnexpectedResponse(
        INFO, "odd", status=200, headers={"date": "x"}, content=BODY, pointer="/a", expected="int"
    ),
    errors.OutcomeUnknown(errors.TimedOut(INFO, "late"), "list, by its name"),
    errors.SignInFailed(INFO, "not installed", errors.TimedOut(INFO, "late")),
    errors.SignInFailed(INFO, "not installed", errors.ConnectionLost(INFO, "reset")),
    errors.OutcomeUnknown(UnexpectedResponse(INFO, "odd", status=200, headers={}, content=BODY)),
    response_errors.RedirectRefused(INFO, "no", status=302, headers={}),
    response_errors.LinkRefused(INFO, "no", status=200, headers={}),
    *(
        kind(
            INFO,
            "no",
            status=status,
            headers={"x-github-request-id": "A:1"},
            request_id="A:1",
            message="No",
            docs_url=DOCS,
            errors=(FieldError(field="name", code="missing"),),
        )
        for status, kind in {**BY_STATUS, 422: RunnerBusy}.items()
    ),
]


def facts(error: ClientError) -> dict[str, object]:
    """What an error carries, but for the raw body; an error inside of it as its facts."""
    found = {name: it for name, it in vars(error).items() if name != "_content"}
    inside = found.get("error")
    return {**found, "error": facts(inside)} if isinstance(inside, ClientError) else found


@pytest.mark.parametrize("error", SAMPLES, ids=lambda e: type(e).__name__)
def test_every_error_pickles(error: ClientError) -> None:
    """An error crosses to another process with all it says, but without the raw body."""
    error.add_note("seen by a test")
    if isinstance(error, errors.CallError):
        error.attempts = 3
    if isinstance(error, response_errors.RateLimited):
        error.retry_at, error.kind = datetime(2026, 1, 2, tzinfo=UTC), "primary"
    for again in (pickled(error), copy.copy(error), copy.deepcopy(error)):
        assert type(again) is type(error)
        assert (str(again), repr(again)) == (str(error), repr(error))
        assert facts(again) == facts(error)
    assert b"BODY" not in pickle.dumps(error)
    held: object = vars(error).get("error", error)
    if isinstance(held, UnexpectedResponse):
        assert (held.body, held.json(), held.model) == (b"BODY", {"a": 1}, FieldError())
        for again in (pickled(held), copy.copy(held)):
            assert (again.body, again.model) == (b"", None)
            with pytest.raises(ValueError, match="an unpickled one keeps none"):
                again.json()


@pytest.mark.parametrize(
    ("lookup", "advice"),
    [
        ("a runner of that name in `runners.list`", "before you retry, look up a runner of that"),
        ("nothing: an unused token expires", "there is nothing to clean up (an unused token exp"),
        ("", "it is not retried"),
    ],
)
def test_an_unknown_outcome_comes_with_advice(lookup: str, advice: str) -> None:
    """What to look up, that there is nothing to look up, or only that there is no retry."""
    error = errors.OutcomeUnknown(errors.TimedOut(INFO, "late"), lookup)
    assert f"the write may have been carried out; {advice}" in str(error)


def test_an_error_says_how_often_it_was_tried() -> None:
    """Where that was more than once."""
    error = errors.TimedOut(INFO, "late")
    assert str(error) == "GET /orgs/acme/things/7: late"
    error.attempts = 4
    assert str(error) == "GET /orgs/acme/things/7: late [4 attempts]"


def test_docstrings_name_the_class_of_a_status() -> None:
    """The generator prints into "Raises:" what the client chooses by status."""
    table = by_status._BY_STATUS  # pyright: ignore[reportPrivateUsage] - one of the two copies
    assert {status: kind.__name__ for status, kind in table.items()} == docstrings.ERRORS


def test_every_class_is_in_the_tree_that_is_drawn() -> None:
    """The drawings on top of the two modules show every class, below its base."""
    found = {**vars(errors), **vars(response_errors)}
    kinds = {it for it in found.values() if isinstance(it, type) and issubclass(it, Exception)}
    drawn = f"{errors.__doc__}{response_errors.__doc__}".replace("\n", " ")
    for kind in kinds:
        assert f" {kind.__name__} " in drawn
    assert {kind for error in SAMPLES for kind in type(error).__mro__} >= kinds


def test_errors_are_caught_as_what_they_are_too() -> None:
    """A wrong argument is a ValueError, a late connection both kinds of failure."""
    assert issubclass(errors.InvalidArgument, ValueError)
    assert issubclass(errors.ClientClosed, RuntimeError)
    assert issubclass(errors.ConnectTimedOut, errors.ConnectFailed)
    assert issubclass(errors.ConnectTimedOut, errors.TimedOut)
