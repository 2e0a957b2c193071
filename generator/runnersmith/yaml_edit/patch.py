"""Patch of a YAML text that changes only the parts that differ.

    text, old ──┐            ┌─ scalar ──── its characters, quoted as before
                ├─ walk both ┼─ entry ───── its lines, and the comments right above it
    new ────────┘            └─ item ────── its lines, or its place between brackets

Pure. `new` is a changed copy of `old`, the value of `text`; entries keep their order. Everything
else stays unchanged byte by byte: comments, blank lines, quotes, folds. The result is parsed and
must equal `new`.
"""

from __future__ import annotations

from ..openapi.document import Document, Json, Pointer
from ..problems import Problem, SpecError
from ..reader.parser import parse
from . import emit
from .aligned import aligned, compared, inlined, places, renamed
from .emit import Comments
from .spans import Lines, ReplacedValue, Span, UneditableLayout, spans
from .values import same


def patch(document: Document, text: str, new: Json, comments: Comments | None = None) -> str:
    """Change the text of a document to the value `new`, with comments above some entries.

    Raises SpecError if the layout of the text does not allow this.
    """
    bom, text = text[: text.startswith("\ufeff")], text.removeprefix("\ufeff")
    newline = "\r\n" if "\r\n" in text else "\n"
    plain = text.replace("\r\n", "\n")
    if "\r" in plain or plain.replace("\n", newline) != text:
        raise _refuse(document, "its line ends differ; make them alike")
    job = _Patch(plain, comments or {})
    try:
        job.value(spans(plain, document.name), document.data, new, ())
    except UneditableLayout:
        raise _refuse(
            document, "its layout is too unusual to be edited; write it more plainly"
        ) from None
    result = job.result()
    if not same(parse(result.encode(), name=document.name).data, new):
        raise _refuse(document, "its layout is too unusual to be edited; write it more plainly")
    return bom + result.replace("\n", newline)


def _refuse(document: Document, what: str) -> SpecError:
    return SpecError([Problem(document.place(()), what)])


class _Patch:
    def __init__(self, text: str, comments: Comments) -> None:
        self.text, self.comments = text, comments
        self.lines = Lines(text)
        # Start, end, rank, text. At one place, a comment comes last, since it is about what
        # follows.
        self.edits: list[tuple[int, int, int, str]] = []

    def result(self) -> str:
        """Return the text with all edits, which do not overlap; at one place, by rank."""
        parts: list[str] = []
        at = 0
        for start, end, _, text in sorted(self.edits, key=lambda edit: edit[:3]):
            parts += [self.text[at:start], text]
            at = end
        return "".join([*parts, self.text[at:]])

    def edit(self, start: int, end: int, text: str, rank: int = 0) -> None:
        self.edits.append((start, end, rank, text))

    def insert(self, at: int, lines: list[str], rank: int = 0) -> None:
        """Insert whole lines between two lines."""
        text = "".join(f"{line}\n" for line in lines)
        is_start = at == 0 or self.text[at - 1] == "\n"
        self.edit(at, at, text if is_start else f"\n{text}"[:-1], rank)

    # ── values ───────────────────────────────────────────────────────────────────────────────

    def value(self, span: Span, old: Json, new: Json, at: Pointer, key: Span | None = None) -> None:
        """Edit a value; `key` is its key in a block."""
        if same(old, new) and not any(it[: len(at)] == at for it in self.comments):
            return
        before = len(self.edits)
        try:
            self._inside(span, old, new, at)
        except UneditableLayout as found:
            if not isinstance(found, ReplacedValue) and self.lines.has_comment(span):
                raise
            del self.edits[before:]
            self._replace(span, new, at, key)

    def _inside(self, span: Span, old: Json, new: Json, at: Pointer) -> None:
        if isinstance(old, dict) and isinstance(new, dict) and old and new:
            if span.is_flow and not same(old, new):
                self._flow(span, old, new, at)
            else:
                self._mapping(span, old, new, at)
        elif isinstance(old, list) and isinstance(new, list) and old and new:
            if span.is_flow and not same(old, new):
                self._flow(span, old, new, at)
            else:
                self._list(span, old, new, at)
        elif not same(old, new):
            raise ReplacedValue

    def _replace(self, span: Span, new: Json, at: Pointer, key: Span | None) -> None:
        is_scalar = not isinstance(new, dict | list)
        if is_scalar and span.style not in ("block", "flow", "|", ">") and span.start < span.end:
            text = emit.scalar(new, flow=key is None, style=span.style)
            self.edit(span.start, span.end, text)
        elif key is not None:
            self._replace_entry(span, new, at, key)
        elif not at:
            raise UneditableLayout
        elif span.style == "block":
            column = self.lines.column(span)
            self._put(span.start, span.end, column, [*emit.block(new, column, self._below(at), at)])
        else:
            self.edit(span.start, span.end, emit.inline(new))

    def _replace_entry(self, span: Span, new: Json, at: Pointer, key: Span) -> None:
        """Replace the rest of an entry behind its key."""
        if self.text[key.end : key.end + 1] != ":":
            raise UneditableLayout
        column, name = self.lines.entry_column(key), str(at[-1])
        lines = [*emit.entry(name, new, column, self._below(at), at)]
        cut = column + len(emit.scalar(name))
        self._put(key.end, max(span.end, key.end + 1), cut, lines)

    def _put(self, start: int, end: int, column: int, lines: list[str]) -> None:
        """Replace text by lines, with the first one that is no comment starting at a column."""
        first = next(n for n, line in enumerate(lines) if not line.lstrip().startswith("#"))
        if first:
            self.insert(self.lines.start(start), lines[:first], rank=1)
        self.edit(start, end, "\n".join([lines[first][column:], *lines[first + 1 :]]))

    def _below(self, at: Pointer) -> Comments:
        """Return the comments below an entry; its own comments have been put above it."""
        return {it: texts for it, texts in self.comments.items() if it != at}

    def _comment(self, span: Span, at: Pointer) -> None:
        """Insert the comments of an unchanged value above its line."""
        if texts := self.comments.get(at):
            start = self.lines.start(span.start)
            self.insert(start, [*emit.comment(texts, self.lines.indent(start))], rank=1)

    # ── brackets ─────────────────────────────────────────────────────────────────────────────

    def _flow(self, span: Span, old: Json, new: Json, at: Pointer) -> None:
        """Replace a container in brackets, with its unchanged parts as they were written."""
        for it in self.comments:
            if it[: len(at)] == at and it != at:
                self._comment(span, it)
        olds, news = compared(old), compared(new)
        held = places(span, old)
        text = self.text[span.start : held[0][0]]
        before: int | None = None
        for now, stay in aligned(olds, news):
            if now:
                beside = before is not None and stay == before + 1
                text += self.text[held[before or 0][1] : held[stay or 0][0]] if beside else ", "
            kept = stay is not None and olds[stay] == news[now]
            text += self.text[slice(*held[stay or 0])] if kept else inlined(new, now)
            before = stay
        self.edit(span.start, span.end, text + self.text[held[-1][1] : span.end])

    # ── blocks ───────────────────────────────────────────────────────────────────────────────

    def _mapping(self, span: Span, old: dict[str, Json], new: dict[str, Json], at: Pointer) -> None:
        names = {**{key: key for key in new if key in old}, **renamed(old, new)}
        stay = [key for key in old if key in names.values()]
        if not stay:
            raise ReplacedValue
        if stay != [names[key] for key in new if key in names]:
            raise UneditableLayout
        for key, was in names.items():
            token = span.keys[was]
            self._comment(token, (*at, key))
            if key != was:
                text = emit.scalar(key, flow=span.is_flow, style=token.style)
                self.edit(token.start, token.end, text)
            block_key = None if span.is_flow else token
            self.value(span.entries[was], old[was], new[key], (*at, key), block_key)
        for key in old:
            if key not in stay:
                self._remove(self._start(span, key), self._end(span, key))
        anchor: str | None = None
        for key, value in new.items():
            if key in names:
                anchor = names[key]
                continue
            column = self.lines.entry_column(span.keys[anchor or stay[0]])
            made = [*emit.entry(key, value, column, self.comments, (*at, key))]
            gap = [""] if self.lines.are_spaced(span) else []
            if anchor is None:
                self.insert(self._start(span, stay[0]), [*made, *gap])
            else:
                self.insert(self._end(span, anchor), [*gap, *made])

    def _start(self, span: Span, key: str) -> int:
        index = [*span.keys].index(key)
        before = [*span.entries.values()][index - 1] if index else None
        column = self.lines.entry_column(span.keys[key])
        return self._top(span.keys[key], before, column)

    def _end(self, span: Span, key: str) -> int:
        return self.lines.last(span.entries[key].end, self.lines.entry_column(span.keys[key]))

    def _remove(self, start: int, end: int) -> None:
        """Remove lines, and one of the blank lines around them if there are two."""
        follows = self.text[end : self.lines.end(end)]
        self.edit(start if follows.strip() else self.lines.blank_before(start), end, "")

    def _list(self, span: Span, old: list[Json], new: list[Json], at: Pointer) -> None:
        pairs = [*aligned(compared(old), compared(new))]
        stay = sorted(was for _, was in pairs if was is not None)
        if not stay:
            raise ReplacedValue
        for now, was in pairs:
            if was is not None:
                self._comment(span.items[was], (*at, now))
                self.value(span.items[was], old[was], new[now], (*at, now))
        for index in range(len(old)):
            if index not in stay:
                self._remove(self._item_start(span, index), self._item_end(span, index))
        anchor: int | None = None
        for now, was in pairs:
            if was is not None:
                anchor = was
                continue
            column = self.lines.dash_column(span.items[0])
            made = [*emit.item(new[now], column, self.comments, (*at, now))]
            self.insert(
                self._item_start(span, stay[0]) if anchor is None else self._item_end(span, anchor),
                made,
            )

    def _item_start(self, span: Span, index: int) -> int:
        item = span.items[index]
        before = span.items[index - 1] if index else None
        return self._top(item, before, self.lines.dash_column(item))

    def _item_end(self, span: Span, index: int) -> int:
        return self.lines.last(span.items[index].end, self.lines.dash_column(span.items[index]))

    def _top(self, child: Span, before: Span | None, column: int) -> int:
        """Return the start of an entry or item, including its comments."""
        after = self.lines.last(before.end, column) if before else 0
        return self.lines.first(child.start, column, after)
