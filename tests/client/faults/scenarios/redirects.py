"""Redirects and links to the configured origin and to other origins."""

from __future__ import annotations

from dataclasses import replace

from client.faults.player import FaultContext, FaultResponse
from client.faults.scenarios.building_blocks import ScriptFactory
from client.runtime_api import TOKEN
from client.scripted_server import ReceivedRequest, Script, ScriptedResponse


def redirect_to(status: int, place: str) -> ScriptFactory:
    """Redirect; `place` may name the path of the request and the authority that it was sent to."""

    def make(context: FaultContext) -> Script:
        def respond(received: ReceivedRequest) -> ScriptedResponse:
            return FaultResponse(
                status=status, headers={"Location": _placed(place, context, received)}, proof=True
            )

        return respond

    return make


def next_page_at(place: str) -> ScriptFactory:
    """Respond with success, and a link to the next page on another origin."""

    def make(context: FaultContext) -> Script:
        def respond(received: ReceivedRequest) -> ScriptedResponse:
            link = f'<{_placed(place, context, received)}>; rel="next"'
            success = context.operation.response
            return replace(success, headers={**success.headers, "Link": link})

        return respond

    return make


def _placed(place: str, context: FaultContext, received: ReceivedRequest) -> str:
    here = received.header("Host") or ""
    schemes = ("http", "https") if context.route == "direct" else ("https", "http")
    return place.format(
        scheme=schemes[0],
        other_scheme=schemes[1],
        path=received.target,
        here=here,
        port=here.rpartition(":")[2],
        other_origin=context.other_origin.removeprefix("http://"),
    )


SAME_ORIGIN = ("/organizations/9{path}", "{scheme}://{here}/organizations/9{path}")
OTHER_ORIGINS = (
    "{scheme}://{other_origin}{path}",
    "//{other_origin}{path}",
    "{scheme}://localhost:{port}{path}",
    "{other_scheme}://{here}{path}",
    f"{{scheme}}://{TOKEN}@{{other_origin}}{{path}}",
    "{scheme}://{here}@{other_origin}{path}",
    "file:///etc/hosts",
)
