"""Programs in the page about a fake GitHub."""

from __future__ import annotations

import re

from small_specs import REPOSITORY

PAGE = (REPOSITORY / "generated" / "docs" / "fake.md").read_text(encoding="utf-8")


def test_the_programs_of_the_page_run() -> None:
    """One after the other, in one module, as somebody would try them."""
    programs = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert len(programs) >= 2
    names: dict[str, object] = {}
    for program in programs:
        exec(compile(program, "fake.md", "exec"), names)  # noqa: S102
