"""Redirects and links, to the configured origin and to others."""

from __future__ import annotations

from dataclasses import replace

from client.faults.player import Act, Stage
from client.faults.scenarios.building_blocks import Make
from client.runtime_api import TOKEN
from client.scripted_server import Answer, Received, Script


def moved(status: int, place: str) -> Make:
    """Redirect; `place` may name the path of the request and the authority that it was sent to."""

    def make(stage: Stage) -> Script:
        def answer(received: Received) -> Answer:
            return Act(
                status=status, headers={"Location": _placed(place, stage, received)}, proof=True
            )

        return answer

    return make


def linked(place: str) -> Make:
    """Answer well, but with a next page elsewhere."""

    def make(stage: Stage) -> Script:
        def answer(received: Received) -> Answer:
            link = f'<{_placed(place, stage, received)}>; rel="next"'
            well = stage.work.answer
            return replace(well, headers={**well.headers, "Link": link})

        return answer

    return make


def _placed(place: str, stage: Stage, received: Received) -> str:
    here = received.header("Host") or ""
    return place.format(
        path=received.target,
        here=here,
        port=here.rpartition(":")[2],
        stranger=stage.stranger.removeprefix("http://"),
    )


HERE = ("/organizations/9{path}", "http://{here}/organizations/9{path}")
ELSEWHERE = (
    "http://{stranger}{path}",
    "//{stranger}{path}",
    "http://localhost:{port}{path}",
    "https://{here}{path}",
    f"http://{TOKEN}@{{stranger}}{{path}}",
    "http://{here}@{stranger}{path}",
    "file:///etc/hosts",
)
