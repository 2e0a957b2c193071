"""Second opinion that asks openapi-spec-validator once about equal documents, if it finds nothing.

Each question starts a process. The tests of `validate` hold what it is asked and what it finds.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence

from runnersmith.openapi.document import Document
from runnersmith.problems import Problem, Severity
from runnersmith.validate.second_opinion import SecondOpinion

_SOUND: set[str] = set()


class RememberedOpinion(SecondOpinion):
    """Second opinion on documents that is not asked for again if there was nothing to say."""

    _asked: str = ""

    def ask(
        self, documents: Sequence[Document], known: Collection[Problem], severity: Severity
    ) -> None:
        asked = json.dumps([document.data for document in documents])
        if known or asked not in _SOUND:
            self._asked = "" if known else asked
            super().ask(documents, known, severity)

    def problems(self) -> tuple[Problem, ...]:
        found = super().problems()
        if self._asked and self._process is not None and not found:
            _SOUND.add(self._asked)
        return found
