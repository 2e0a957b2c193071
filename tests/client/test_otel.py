"""OpenTelemetry: the spans and measurements of a client, read from the SDK's memory."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable
from inspect import isawaitable
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import HistogramDataPoint, InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

import ghrunners
from client.runtime_api import clear_environment
from client.scripted_server import ScriptedResponse, ScriptedServer, closed_port, json_response
from ghrunners import otel

TOKEN = "ghs_OpenTelemetryTokenThatMustNeverShow01234"  # noqa: S105 - not real
RUNNER: dict[str, object] = {
    "id": 7,
    "name": "r",
    "os": "linux",
    "status": "online",
    "busy": False,
    "labels": [],
}
PAGE: dict[str, object] = {"total_count": 1, "runners": [RUNNER]}
TEMPLATE = "/orgs/{org}/actions/runners"

flavours = pytest.mark.parametrize(
    "kind", [ghrunners.Client, ghrunners.AsyncClient], ids=["sync", "async"]
)
AnyClient = type[ghrunners.Client] | type[ghrunners.AsyncClient]


@pytest.fixture(autouse=True)
def _bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away what the environment of the test run may say."""
    clear_environment(monkeypatch)


class Telemetry:
    """Providers that keep everything in memory."""

    def __init__(self) -> None:
        self._exporter = InMemorySpanExporter()
        self.tracers = TracerProvider(shutdown_on_exit=False)
        self.tracers.add_span_processor(SimpleSpanProcessor(self._exporter))
        self._reader = InMemoryMetricReader()
        self.meters = MeterProvider([self._reader], shutdown_on_exit=False)
        self.hooks = otel.hooks(tracer_provider=self.tracers, meter_provider=self.meters)

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._exporter.get_finished_spans()

    @property
    def durations(self) -> list[HistogramDataPoint]:
        """The measurements of the one metric, each set of attributes apart."""
        data = self._reader.get_metrics_data()
        assert data is not None
        (metric,) = data.resource_metrics[0].scope_metrics[0].metrics
        assert (metric.name, metric.unit) == ("http.client.request.duration", "s")
        return [one for one in metric.data.data_points if isinstance(one, HistogramDataPoint)]


def run(kind: AnyClient, url: str, telemetry: Telemetry, work: Callable[[Any], Any]) -> Any:
    """Return the result of a call."""
    options: dict[str, Any] = {
        "auth": TOKEN,
        "base_url": url,
        "hooks": telemetry.hooks,
        "retry": ghrunners.Retry(base=0.0),
    }

    async def main() -> Any:
        client: Any = kind(**options)
        try:
            made = work(client)
            return await made if isawaitable(made) else made
        finally:
            if isinstance(client, ghrunners.Client):
                client.close()
            else:
                await client.aclose()

    return asyncio.run(main())


def get(client: Any) -> Any:
    return client.org("acme").runners.get(7)


@flavours
def test_an_attempt_is_a_span_by_the_conventions(kind: AnyClient) -> None:
    """Its name, kind, times and attributes; the caller's span is its parent."""
    telemetry = Telemetry()
    tracer = telemetry.tracers.get_tracer("test")
    with (
        ScriptedServer(json_response(RUNNER)) as server,
        tracer.start_as_current_span("outer") as outer,
    ):
        run(kind, server.url, telemetry, get)
    span = telemetry.spans[0]
    assert span.name == f"GET {TEMPLATE}/{{runner_id}}"
    assert span.kind is SpanKind.CLIENT
    assert span.status.status_code is StatusCode.UNSET
    assert dict(span.attributes or {}) == {
        "http.request.method": "GET",
        "http.response.status_code": 200,
        "server.address": "127.0.0.1",
        "server.port": server.port,
        "url.full": f"{server.url}/orgs/acme/actions/runners/7",
        "url.scheme": "http",
        "url.template": f"{TEMPLATE}/{{runner_id}}",
    }
    assert span.parent is not None
    assert span.parent.span_id == outer.get_span_context().span_id
    assert span.start_time is not None
    assert span.end_time is not None
    assert span.start_time <= span.end_time
    scope = span.instrumentation_scope
    assert scope is not None
    assert (scope.name, scope.version) == ("ghrunners", ghrunners.__version__)


@flavours
def test_each_attempt_is_a_span(kind: AnyClient) -> None:
    """With how often the request was sent again, and what was wrong."""
    telemetry = Telemetry()
    script = (
        ScriptedResponse(status=503),
        ScriptedResponse(raw=b"", end="reset"),
        json_response(RUNNER),
    )
    with ScriptedServer(*script) as server:
        run(kind, server.url, telemetry, get)
    found = [dict(span.attributes or {}) for span in telemetry.spans]
    names = ("http.request.resend_count", "http.response.status_code", "error.type")
    assert [tuple(one.get(name) for name in names) for one in found] == [
        (None, 503, "503"),
        (1, None, "ghrunners.ConnectionLost"),
        (2, 200, None),
    ]
    statuses = [span.status.status_code for span in telemetry.spans]
    assert statuses == [StatusCode.ERROR, StatusCode.ERROR, StatusCode.UNSET]
    assert [span.status.description for span in telemetry.spans] == [None] * 3


@flavours
def test_each_attempt_is_measured(kind: AnyClient) -> None:
    """In seconds, by the conventions' attributes and boundaries; a path is none of them."""
    telemetry = Telemetry()
    script = (ScriptedResponse(status=503), json_response(RUNNER), json_response(RUNNER))

    def twice(client: Any) -> Any:
        if isinstance(client, ghrunners.Client):
            return [client.org(name).runners.get(7) for name in ("acme", "beta")]

        async def main() -> Any:
            return [await client.org(name).runners.get(7) for name in ("acme", "beta")]

        return main()

    with ScriptedServer(*script) as server:
        run(kind, server.url, telemetry, twice)
    common = {
        "http.request.method": "GET",
        "server.address": "127.0.0.1",
        "server.port": server.port,
        "url.scheme": "http",
        "url.template": f"{TEMPLATE}/{{runner_id}}",
    }
    found = {
        int(str(dict(one.attributes or {})["http.response.status_code"])): one
        for one in telemetry.durations
    }
    assert {status: one.count for status, one in found.items()} == {503: 1, 200: 2}
    assert dict(found[200].attributes or {}) == {**common, "http.response.status_code": 200}
    assert dict(found[503].attributes or {}) == {
        **common,
        "http.response.status_code": 503,
        "error.type": "503",
    }
    assert found[200].sum >= 0
    assert tuple(found[200].explicit_bounds)[:3] == (0.005, 0.01, 0.025)
    assert tuple(found[200].explicit_bounds)[-1] == 10


@flavours
def test_telemetry_shows_neither_query_nor_secret(kind: AnyClient) -> None:
    """Whatever a server sends back, and wherever a redirect leads on the origin."""
    telemetry = Telemetry()
    script = (
        ScriptedResponse(status=302, headers={"Location": f"/moved/{TOKEN}?page=hidden-query"}),
        json_response({"message": TOKEN}, 404, {"X-GitHub-Request-Id": TOKEN}),
    )

    def work(client: Any) -> Any:
        return client.request("GET", "/x", query={"q": "hidden-query"})

    with ScriptedServer(*script) as server, pytest.raises(ghrunners.NotFound):
        run(kind, server.url, telemetry, work)
    shown = "".join(span.to_json() for span in telemetry.spans) + repr(telemetry.durations)
    assert len(telemetry.spans) == 2
    assert TOKEN not in shown
    assert "hidden-query" not in shown


@flavours
def test_a_path_that_is_no_template_names_no_span(kind: AnyClient) -> None:
    """There may be many of them; only the full URL has it."""
    telemetry = Telemetry()
    with ScriptedServer(json_response(1)) as server:
        run(kind, server.url, telemetry, lambda client: client.request("GET", "/users/7"))
    (span,) = telemetry.spans
    attributes = dict(span.attributes or {})
    assert span.name == "GET"
    assert "url.template" not in attributes
    assert attributes["url.full"] == f"{server.url}/users/7"


@flavours
def test_pages_and_a_refused_connection(kind: AnyClient) -> None:
    """A list has a span for each page, and a server that is not there an error."""
    telemetry = Telemetry()

    def walk(client: Any) -> Any:
        if isinstance(client, ghrunners.Client):
            return [one.id for one in client.org("acme").runners.list()]

        async def main() -> list[int]:
            return [one.id async for one in client.org("acme").runners.list()]

        return main()

    with ScriptedServer(json_response(PAGE)) as server:
        assert run(kind, server.url, telemetry, walk) == [7]
    assert [span.name for span in telemetry.spans] == [f"GET {TEMPLATE}"]
    with closed_port() as port, pytest.raises(ghrunners.ConnectFailed):
        run(kind, f"http://127.0.0.1:{port}", telemetry, get)
    attributes = dict(telemetry.spans[-1].attributes or {})
    assert attributes["error.type"] == "ghrunners.ConnectFailed"
    assert "http.response.status_code" not in attributes


def test_nobody_else_loads_opentelemetry() -> None:
    """A client without it works where it is not installed; asking for it says how to install it."""
    code = (
        "import sys\n"
        "sys.modules['opentelemetry'] = None\n"
        "import ghrunners; ghrunners.Client(auth='x').close()\n"
        "try: import ghrunners.otel\n"
        "except ImportError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "OpenTelemetry is not installed: pip install 'ghrunners[otel]'\n"
