"""Stand-in for a command: records each call, and answers from a file.

Its first argument is the path of the command. Beside it, a file with the suffix `.json` lists the
answers. A call gets the first answer whose pattern `when` is found in its arguments; one with
`once` counts for a single call. Any other call fails.
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any


def run(command: Path, arguments: list[str]) -> int:
    call = " ".join(arguments)
    given = sys.stdin.read()
    with command.with_suffix(".calls").open("a", encoding="utf-8") as record:
        record.write(json.dumps({"call": call, "given": given}) + "\n")
    listed = command.with_suffix(".json")
    answers = json.loads(listed.read_text(encoding="utf-8"))
    for answer in answers:
        if re.search(answer["when"], call):
            if answer["once"]:
                answers.remove(answer)
                listed.write_text(json.dumps(answers), encoding="utf-8")
            return give(answer, arguments)
    sys.stderr.write(f"unexpected call of {command.name}: {call}\n")
    return 97


def give(answer: dict[str, Any], arguments: list[str]) -> int:
    for name, content in answer["files"].items():
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(content, encoding="utf-8")
    if "--output" in arguments:
        target = Path(arguments[arguments.index("--output") + 1])
        target.write_text(answer["output"], encoding="utf-8")
    sys.stdout.write(answer["stdout"])
    sys.stderr.write(answer["stderr"])
    status: int = answer["status"]
    return status


if __name__ == "__main__":
    sys.exit(run(Path(sys.argv[1]), sys.argv[2:]))
