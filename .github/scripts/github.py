"""GitHub's REST API, through `gh`. All texts are sent as JSON on stdin, never as arguments."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from commands import WorkflowError, output, parsed

# The account behind the token of a workflow.
BOT = "github-actions[bot]"
BOT_EMAIL = "41898282+github-actions[bot]@users.noreply.github.com"


@dataclass(frozen=True, slots=True)
class Repository:
    """The project's repository, `owner/name`, and its default branch."""

    name: str
    branch: str

    @property
    def owner(self) -> str:
        """Return the account that owns the repository."""
        return self.name.partition("/")[0]

    def read_all(self, path: str) -> Iterator[dict[str, Any]]:
        """Yield the elements of every page."""
        text = output("gh", "api", "--paginate", f"repos/{self.name}/{path}").strip()
        # Depending on its version, gh prints one array or an array for each page.
        decoder = json.JSONDecoder()
        while text:
            try:
                page, end = decoder.raw_decode(text)
            except ValueError as error:
                raise WorkflowError(f"`gh api {path}` printed no JSON: {error}") from None
            yield from page
            text = text[end:].lstrip()

    def send(self, method: str, path: str, **data: object) -> Any:
        """Send a request, and return the JSON of the response."""
        command = ("gh", "api", "--method", method, f"repos/{self.name}/{path}", "--input", "-")
        return parsed(output(*command, given=json.dumps(data)), " ".join(command))

    def set_draft(self, number: int, *, draft: bool) -> None:
        """Convert a pull request to a draft or back, which the REST API cannot do."""
        undo = ["--undo"] if draft else []
        output("gh", "pr", "ready", str(number), *undo, "--repo", self.name)
