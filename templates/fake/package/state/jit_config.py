"""JIT configurations: the files of a configured runner, in GitHub's encoding. Pure.

base64({".runner": base64({...}), ".credentials": base64({...}), ".credentials_rsaparams": ...})
"""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256

from .runners import Runner

# The numbers of an RSA key. Here, they are digests, since nothing signs with them.
_NUMBERS = ("d", "dp", "dq", "exponent", "inverseQ", "modulus", "p", "q")


def encoded_config(runner: Runner, work_folder: str) -> str:
    """Return the configuration of a runner, with made-up credentials."""
    group = runner.group
    settings = {
        "AgentId": str(runner.id),
        "AgentName": runner.name,
        "DisableUpdate": "true",
        "Ephemeral": "true",
        "PoolId": str(1 if group is None else group.id),
        "PoolName": "Default" if group is None else group.name,
        "ServerUrl": "https://pipelines.actions.githubusercontent.com/fake",
        "GitHubUrl": f"https://github.com/{runner.owner.page}",
        "WorkFolder": work_folder,
    }
    credentials = {
        "Scheme": "OAuth",
        "Data": {
            "ClientId": _digest(runner, "client").hex()[:32],
            "AuthorizationUrl": "https://token.actions.githubusercontent.com/fake",
            "RequireFipsCryptography": "True",
        },
    }
    key = {name: _base64(_digest(runner, name)) for name in _NUMBERS}
    files: Mapping[str, Mapping[str, object]] = {
        ".runner": settings,
        ".credentials": credentials,
        ".credentials_rsaparams": key,
    }
    return _json64({name: _json64(content) for name, content in files.items()})


def _digest(runner: Runner, name: str) -> bytes:
    return sha256(f"{runner.owner.id}/{runner.id}/{name}".encode()).digest()


def _json64(content: Mapping[str, object]) -> str:
    return _base64(json.dumps(content, separators=(",", ":")).encode())


def _base64(content: bytes) -> str:
    return b64encode(content).decode("ascii")
