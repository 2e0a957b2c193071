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
    "@deprecated x": "/** \\@deprecated x */",
    "a\n  @ts-expect-error": "/**\n * a\n * \\@ts-expect-error\n */",
    "{@link x": "/** {\\@link x */",
    "me@example.com": "/** me@example.com */",
    "@jsx x me@JSXImportSource": "/** \\@ jsx x me@ JSXImportSource */",
}
# Parts that end a comment, a line or a script, and those that may become one when joined.
PARTS = (
    *("@", "@jsx", "@ts-ignore", "{@link"),
    *("*", "/", "*/", "/*", "\\", "u002a", "\\u002f", "<!--", "-->", "</script>"),
    *("x", " ", "\n", "\r", "\x0b", "\x85", "\u2028", "\u2029", "\u200b"),
)
# What ends a line in JavaScript: in a comment it would let `-->` begin another one.
LINE_ENDS = re.compile("[\r\u2028\u2029]")
# What a compiler, an editor or a linter may obey.
TAG = re.compile(r"(?<![\w\\])@|@jsx", re.IGNORECASE)


def is_one_comment(text: str) -> bool:
    """Return whether a text is a comment from its first to its last character."""
    return (
        text.startswith("/**")
        and text.index("*/", 2) == len(text) - 2
        and not LINE_ENDS.search(text)
    )


@pytest.mark.parametrize("text", TEXTS)
def test_a_hostile_text_is_one_comment(text: str) -> None:
    """Nothing in it ends the comment or is a tag, and every line but the first begins with a star."""
    shown = block_comment(text)
    assert shown == TEXTS[text]
    assert is_one_comment(shown)


@given(st.lists(st.sampled_from(PARTS)).map("".join), st.integers(0, 9))
def test_any_text_is_one_comment(text: str, indent: int) -> None:
    """With any indentation; a text of nothing but space is none."""
    shown = block_comment(text, indent)
    if not text.strip():
        assert shown == ""
        return
    assert is_one_comment(shown)
    assert "\\u002" not in shown
    assert not TAG.search(shown)
    assert all(line.startswith(f"{' ' * indent} *") for line in shown.split("\n")[1:])


def test_a_tag_is_a_line_of_the_comment() -> None:
    """With its text on the same line, as harmless as any; one that is empty, false or none is not."""
    tags: dict[str, str | bool | None] = {
        "deprecated": True,
        "see": "a\n@b */",
        "format": "",
        "default": None,
        "internal": False,
    }
    assert (
        block_comment("x", 2, tags) == "/**\n   * x\n   * @deprecated\n   * @see a \\@b * /\n   */"
    )
    assert block_comment(" \n", 2, {"default": "0"}) == "/** @default 0 */"
    assert block_comment("", 2, {"default": None}) == ""
    assert block_comment("", 2, {"*/ @x": True}) == "/** @* / \\@x */"


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
