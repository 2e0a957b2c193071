"""Stand-in for a command: records each call, and answers from a file.

Its first argument is the path of the command. Beside it, a file with the suffix `.json` lists the
answers. A call gets the first answer whose pattern `when` is found in its arguments; one with
`once` counts for a single call. Any other call fails.
"""

# The tests start it 500 times, and pathlib and typing take as long as the rest together.
# ruff: noqa: PTH103, PTH119, PTH120, PTH123 - see above

from __future__ import annotations

import json
import os
import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def run(command: str, arguments: list[str]) -> int:
    call = " ".join(arguments)
    given = sys.stdin.read()
    with open(f"{command}.calls", "a", encoding="utf-8") as record:
        record.write(json.dumps({"call": call, "given": given}) + "\n")
    listed = f"{command}.json"
    with open(listed, encoding="utf-8") as file:
        answers = json.load(file)
    for answer in answers:
        if re.search(answer["when"], call):
            if answer["once"]:
                answers.remove(answer)
                write(listed, json.dumps(answers))
            return give(answer, arguments)
    sys.stderr.write(f"unexpected call of {os.path.basename(command)}: {call}\n")
    return 97


def give(answer: dict[str, Any], arguments: list[str]) -> int:
    for name, content in answer["files"].items():
        os.makedirs(os.path.dirname(name) or ".", exist_ok=True)
        write(name, content)
    if "--output" in arguments:
        write(arguments[arguments.index("--output") + 1], answer["output"])
    sys.stdout.write(answer["stdout"])
    sys.stderr.write(answer["stderr"])
    status: int = answer["status"]
    return status


def write(name: str, content: str) -> None:
    with open(name, "w", encoding="utf-8") as file:
        file.write(content)


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], sys.argv[2:]))
