"""Script that runs openapi-spec-validator: documents on standard input, opinions on standard output.

Imports nothing of this package. It runs as a separate process, so that an endless loop, a lack of
memory or a crash ends only that process. Input: a JSON list of documents. Output: a line of JSON for
each of them with its `findings` and, if an exception ended the search, its name as `stopped`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError

_MAX_FINDINGS = 1_000
_MAX_MEMORY = 4 << 30
# Of processor time, in case that nobody waits for this process and its thread cannot run.
_MAX_SECONDS = 600


class _PlacedError(OpenAPIValidationError):
    """Error of a check in Python. Its path goes through references."""


class _Refusal(dict[str, Callable[[str], Any]]):
    """Handlers of references that leave the document, for every scheme."""

    def __contains__(self, scheme: object) -> bool:
        return True

    def __missing__(self, scheme: str) -> Callable[[str], Any]:
        return _refuse


def _refuse(uri: str) -> Any:
    raise PermissionError(f"{uri} is outside the document")


def _placing(check: Any) -> Any:
    """Return a subclass of a check whose errors have a path from the root of the document.

    In the original, a path starts at the object that is checked, and some errors have none.
    """
    original = check.__call__

    def call(self: Any, *arguments: Any, **options: Any) -> Iterator[Any]:
        start = next((it for it in arguments if hasattr(it, "parts")), None)
        # Only the check of a default has two arguments, a schema and the value.
        inner = ("default",) if len(arguments) == 2 and arguments[0] is start else ()
        for error in original(self, *arguments, **options):
            if start is None or isinstance(error, _PlacedError):
                yield error
            else:
                path = (*start.parts, *inner, *error.absolute_path)
                yield _PlacedError(error.message, path=path)

    return type(check.__name__, (check,), {"__call__": call})


def _adapted(validator: Any) -> Any:
    """Return a subclass of a validator with places, and without access to anything outside."""
    checks = {name: _placing(check) for name, check in validator.keyword_validators.items()}
    own = {"keyword_validators": checks, "resolver_handlers": _Refusal()}
    return type(validator.__name__, (validator,), own)


def opinion(document: Any) -> dict[str, Any]:
    """Return the findings for a document, up to the first exception.

    The path of a finding that `follows` goes through references. One of `alternatives` is about a
    whole object, whatever is wrong inside it.
    """
    findings: list[dict[str, Any]] = []
    stopped: str | None = None
    is_30 = str(document["openapi"]).startswith("3.0")
    validator = _adapted(OpenAPIV30SpecValidator if is_30 else OpenAPIV31SpecValidator)
    try:
        for error in validator(document).iter_errors():
            findings.append(
                {
                    "path": [*error.absolute_path],
                    "message": error.message,
                    "follows": isinstance(error, _PlacedError),
                    "alternatives": [*error.absolute_schema_path][-1:] in (["anyOf"], ["oneOf"]),
                }
            )
            if len(findings) == _MAX_FINDINGS:
                break
    except Exception as error:  # noqa: BLE001 - it raises whatever a document leads to
        kind = type(error)
        stopped = (
            kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__name__}"
        )
    return {"findings": findings, "stopped": stopped}


def _limit() -> None:
    """Limit the resources of this process, on systems that can."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (_MAX_SECONDS, _MAX_SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))


def _end_with(parent: int) -> None:
    """End this process soon after its parent, which may be killed while this one is at work."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


def main() -> None:
    """Print an opinion of each document. The argument is the number of the parent process."""
    _limit()
    threading.Thread(target=_end_with, args=(int(sys.argv[1]),), daemon=True).start()
    for document in json.loads(sys.stdin.buffer.read()):
        print(json.dumps(opinion(document)), flush=True)


if __name__ == "__main__":
    main()
