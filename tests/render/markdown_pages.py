"""Markdown pages as a reader sees them: links, anchors, Python and markup."""

from __future__ import annotations

import ast
import posixpath
import re
from collections.abc import Iterator, Mapping

from runnersmith.openapi.document import Json
from runnersmith.packs import shipped
from small_specs import build_ir, made

# Escaped characters, code spans and web addresses have no markup.
_QUIET = re.compile(r"\\.|(`[^`\n]*`)|(?<=\]\()https?://[^\s()<>]*(?=\))")
# The start of a list item, and lines of signs only.
_ITEM = re.compile(r"\s*([-+=]+|\d+\.)(?:\s|$)")
_BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"(?<!\\)\]\((?!https?://)([^)\s]*)\)")


def pages(spec: Json) -> dict[str, str]:
    """Render the reference of a spec."""
    return made(build_ir(spec), shipped("templates") / "reference").rendered


def python(text: str) -> list[str]:
    """Return the Python of a page: signatures and examples."""
    return _BLOCK.findall(text)


def examples(text: str) -> list[str]:
    """Return the Python of a page that can be run."""
    return [block for block in python(text) if "import " in block]


def prose(text: str) -> str:
    """Return a page without its Python."""
    return _BLOCK.sub("```", text)


def headings(text: str) -> list[str]:
    """Return the headings of a page, with their signs."""
    return re.findall(r"^#+ .*$", prose(text), re.MULTILINE)


def anchors(text: str) -> set[str]:
    """Return the anchors of a page, as GitHub names them: headings in lower case, without signs."""
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
    """Return the links of a page within the site."""
    return _LINK.findall(prose(text))


def broken(pages: Mapping[str, str]) -> Iterator[str]:
    """Yield broken links: to a page or a heading that does not exist."""
    for path, text in pages.items():
        for link in links(text):
            target, _, anchor = link.partition("#")
            page = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
            there = pages.get(page if target else path)
            if there is None or (anchor and anchor not in anchors(there)):
                yield f"{path}: {link}"


def markup(text: str) -> list[str]:
    """Return the markup of each line that has some, without words and escaped characters."""
    quiet = _QUIET.sub(lambda found: "`" if found[1] else "x", prose(text))
    lines = (
        (found[1] if (found := _ITEM.match(line)) else "") + re.sub(r"[^][()<>*_#|!~`&]", "", line)
        for line in quiet.splitlines()
    )
    # An empty text has no line, or an empty one.
    return [line for line in lines if line]


class _Blank(ast.NodeTransformer):
    """Removes the strings from a tree."""

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant("" if isinstance(node.value, str) else node.value)


def shape(source: str) -> str:
    """Return the tree of Python source, without its strings."""
    return ast.dump(_Blank().visit(ast.parse(source)))
