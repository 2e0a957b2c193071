"""Block comments of hostile texts: each stays one comment, whatever is in it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from packs.pack_files import files, pack
from runnersmith.problems import RunnersmithError
from runnersmith.render.docs.escaping import block_comment

# Text -> its comment.
TEXTS = {
    "*/ alert(1) /*": "/** * / alert(1) /* */",
    "**//": "/** ** // */",
    "*\u200b/": "/** *\\u200b/ */",
    "a\u2028b": "/**\n * a\n * b\n */",
    "*\u2028/": "/**\n * *\n * /\n */",
    "a\u2029*/\rb": "/**\n * a\n * * /\n * b\n */",
    "*\x85/": "/**\n * *\n * /\n */",
    "<!-- x -->": "/** <!-- x --> */",
    "\n-->\nx": "/**\n * -->\n * x\n */",
    "\\u002a\\u002f": "/** \\ u002a\\ u002f */",
    "\u202e*/": "/** \\u202e* / */",
    "": "/**  */",
}
# Parts that end a comment, a line or a script, and those that may become one when joined.
PARTS = (
    *("*", "/", "*/", "/*", "\\", "u002a", "\\u002f", "<!--", "-->", "</script>"),
    *("x", " ", "\n", "\r", "\x0b", "\x85", "\u2028", "\u2029", "\u200b"),
)
# What ends a line in JavaScript: in a comment it would let `-->` begin another one.
LINE_ENDS = re.compile("[\r\u2028\u2029]")


def is_one_comment(text: str) -> bool:
    """Return whether a text is a comment from its first to its last character."""
    return (
        text.startswith("/**")
        and text.index("*/", 2) == len(text) - 2
        and not LINE_ENDS.search(text)
    )


@pytest.mark.parametrize("text", TEXTS)
def test_a_hostile_text_is_one_comment(text: str) -> None:
    """Nothing in it ends the comment, and every line but the first begins with a star."""
    shown = block_comment(text)
    assert shown == TEXTS[text]
    assert is_one_comment(shown)


@given(st.lists(st.sampled_from(PARTS)).map("".join), st.integers(0, 9))
def test_any_text_is_one_comment(text: str, indent: int) -> None:
    """With any indentation."""
    shown = block_comment(text, indent)
    assert is_one_comment(shown)
    assert "\\u002" not in shown
    assert all(line.startswith(f"{' ' * indent} *") for line in shown.split("\n")[1:])


def test_a_script_of_a_page_takes_no_block_comment(tmp_path: Path) -> None:
    """`</script>` would end it there, so that a page needs another filter."""
    for path, taken in (("x.js", True), ("x.html", False)):
        mine = pack(
            tmp_path / path[2:],
            {"x.jinja": "{{ ('</script>' ~ api.title) | block_comment }}\n"},
            extends=None,
            rest=f'outputs = [{{ template = "x.jinja", path = "{path}" }}]',
        )
        if taken:
            assert files(mine)[path] == "/** </script>Lamps */\n"
            continue
        with pytest.raises(RunnersmithError, match=r"by a filter for JavaScript; .* for HTML: `e`"):
            files(mine)
