"""Markdown pages as a reader gets them: their links, anchors, Python and markup."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping

from runnersmith.openapi.document import Json
from runnersmith.packs import shipped
from small_specs import build_ir, made

# An escaped character, a code span, an address of the web: in none of them is anything markup.
_QUIET = re.compile(r"\\.|(`[^`\n]*`)|(?<=\]\()https?://[^\s()<>]*(?=\))")
# What begins a list, and lines that are all signs.
_ITEM = re.compile(r"\s*([-+=]+|\d+\.)(?:\s|$)")
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!\\)\]\((?!https?://)([^)\s]*)\)")


def pages(spec: Json) -> dict[str, str]:
    """The reference of a spec."""
    return made(build_ir(spec), shipped("templates") / "reference").rendered


def python(text: str) -> list[str]:
    """The Python of a page: signatures and examples."""
    return _BLOCK.findall(text)


def examples(text: str) -> list[str]:
    """The Python of a page that can be run."""
    return [block for block in python(text) if "import " in block]


def prose(text: str) -> str:
    """A page without its Python."""
    return _BLOCK.sub("```", text)


def headings(text: str) -> list[str]:
    """The headings of a page, with their signs."""
    return re.findall(r"^#+ .*$", prose(text), re.MULTILINE)


def anchors(text: str) -> set[str]:
    """What a link may lead to on a page, as GitHub names it: a heading in lower case, without signs."""
    found: dict[str, int] = {}
    for heading in headings(text):
        bare = re.sub(r"[^\w\- ]", "", heading.lstrip("#").strip().lower())
        name = bare.replace(" ", "-")
        found[name] = found.get(name, -1) + 1
    return {
        f"{name}-{last}" if last else name
        for name, count in found.items()
        for last in range(count + 1)
    }


def links(text: str) -> list[str]:
    """The links of a page that lead to no other site."""
    return _LINK.findall(prose(text))


def broken(pages: Mapping[str, str]) -> Iterator[str]:
    """The links that lead nowhere: a page that is not there, or a heading that it has not."""
    for path, text in pages.items():
        for link in links(text):
            target, _, anchor = link.partition("#")
            page = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            there = pages.get(page if target else path)
            if there is None or (anchor and anchor not in anchors(there)):
                yield f"{path}: {link}"


def markup(text: str) -> list[str]:
    """What of a page is markup, by lines that have some: the words, and what is shown as it is, are left out."""
    quiet = _QUIET.sub(lambda found: "`" if found[1] else "x", prose(text))
    lines = (
        (found[1] if (found := _ITEM.match(line)) else "") + re.sub(r"[^][()<>*_#|!~`&]", "", line)
        for line in quiet.splitlines()
    )
    # A text that is empty has no line, or an empty one.
    return [line for line in lines if line]


class _Blank(ast.NodeTransformer):
    """Takes the strings out of a tree."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("" if isinstance(node.value, str) else node.value)


def shape(source: str) -> str:
    """The tree of Python source, without its strings."""
    return ast.dump(_Blank().visit(ast.parse(source)))
