"""Stand-in for a command: records each call, and answers from a file.

It is copied to a folder on the path under the name of the command. The file next to it with the
suffix `.json` lists the answers. A call gets the first answer whose pattern `when` is found in its
arguments; one with `once` counts for a single call. Any other call fails.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any


def run() -> int:
    here = Path(__file__).resolve()
    call = " ".join(sys.argv[1:])
    given = sys.stdin.read()
    with here.with_suffix(".calls").open("a", encoding="utf-8") as record:
        record.write(json.dumps({"call": call, "given": given}) + "\n")
    listed = here.with_suffix(".json")
    answers = json.loads(listed.read_text(encoding="utf-8"))
    for answer in answers:
        if re.search(answer["when"], call):
            if answer["once"]:
                answers.remove(answer)
                listed.write_text(json.dumps(answers), encoding="utf-8")
            return give(answer)
    sys.stderr.write(f"unexpected call of {here.name}: {call}\n")
    return 97


def give(answer: dict[str, Any]) -> int:
    for name, content in answer["files"].items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(content, encoding="utf-8")
    if "--output" in sys.argv:
        target = Path(sys.argv[sys.argv.index("--output") + 1])
        target.write_text(answer["output"], encoding="utf-8")
    sys.stdout.write(answer["stdout"])
    sys.stderr.write(answer["stderr"])
    status: int = answer["status"]
    return status


if __name__ == "__main__":
    sys.exit(run())
