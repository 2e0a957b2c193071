"""What the scenes are put together from: forms of a fault, once or every time, and replies."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from client.faults.called_operations import JIT, RENEWED, WORKS, Work
from client.faults.certificates import trusted
from client.faults.player import Act, Form, Setting, Stage
from client.runtime_api import TOKEN
from client.scripted_server import Answer, Enter, Script

Make = Callable[[Stage], Script]

HTTPS = "https://127.0.0.1:{port}"
# What a server in trouble may say of what it was sent, and of what it was about to send.
TELLTALE = f"<html>{TOKEN} {RENEWED} {JIT}</html>".encode()


@dataclass(frozen=True)
class Scene:
    """The forms of a case, each with a call that it is played for."""

    plays: tuple[tuple[Form, Work], ...]

    def only(self, *works: Work) -> Scene:
        """Play each form for some calls."""
        forms = dict.fromkeys(form for form, _ in self.plays)
        return Scene(tuple((form, work) for form in forms for work in works))

    def changed(self, **changes: object) -> Scene:
        """Play with other settings."""

        def changing(form: Form) -> Form:
            return lambda stage: replace(form(stage), **changes)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - a few names

        return Scene(tuple((changing(form), work) for form, work in self.plays))

    def and_over_tls(self) -> Scene:
        """Play over TLS as well."""
        return joined(self, self.changed(enter=tls(trusted()), url=HTTPS))


def joined(*scenes: Scene) -> Scene:
    """Play one scene after the other."""
    return Scene(tuple(play for scene in scenes for play in scene.plays))


def played(*forms: Form) -> Scene:
    """Play forms for every call."""
    return Scene(tuple((form, work) for form in forms for work in WORKS))


def once(*makes: Make) -> Scene:
    """Let a server fail in these ways, once each, and then answer."""

    def failing(make: Make) -> Form:
        return lambda stage: Setting(script=[make(stage)], default=stage.work.answer)

    return played(*map(failing, makes))


def always(*makes: Make) -> Scene:
    """Let a server fail in these ways, every time."""

    def failing(make: Make) -> Form:
        return lambda stage: Setting(default=make(stage))

    return played(*map(failing, makes))


def then(first: Make, *makes: Make) -> Scene:
    """Let a server fail in one way, and from then on in these."""

    def failing(make: Make) -> Form:
        return lambda stage: Setting(script=[first(stage)], default=make(stage))

    return played(*map(failing, makes))


def well(stage: Stage) -> Answer:
    """Answer as is expected."""
    return stage.work.answer


def tls(context: ssl.SSLContext) -> Enter:
    """Speak TLS on every connection."""
    return lambda connection, _: context.wrap_socket(connection, server_side=True)


def act(
    content: object,
    status: int,
    headers: Mapping[str, str] | None = None,
    *,
    told: float = 0.0,
    proof: bool = False,
) -> Act:
    """Make a reply of JSON."""
    return Act(
        status=status,
        body=json.dumps(content).encode(),
        headers={"Content-Type": "application/json; charset=utf-8", **(headers or {})},
        told=told,
        proof=proof,
    )


def said(status: int, message: str, headers: Mapping[str, str] | None = None) -> Make:
    """Let GitHub refuse in these words, with a secret among them."""
    return lambda _: act({"message": f"{message} ({TOKEN})"}, status, headers)


def page(status: int, headers: Mapping[str, str] | None = None) -> Make:
    """Let somebody answer with a page of HTML."""
    return lambda _: Act(
        status=status, body=TELLTALE, headers={"Content-Type": "text/html", **(headers or {})}
    )
