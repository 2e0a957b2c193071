"""Options of a parser: their flags, their help, and the values that were given.

An option that is not given has no value and is not sent: unset is not null. `--null` sends null, and
`--empty` a list without items.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

from .commands import Option
from .text import as_help, dashed, free
from .values import LEGEND, PLACEHOLDERS, Values, texts


class Options:
    """The options of a parser, with distinct flags.

    `lists` are options for several functions, which can have arguments of the same name. `taken` are
    flags that the parser has already.
    """

    def __init__(self, *lists: Sequence[Option], taken: Sequence[str] = ()) -> None:
        flags = {"--help", *taken}
        self._lists = [
            {free(f"--{dashed(option.name)}", flags): option for option in options}
            for options in lists
        ]
        self._all = {flag: option for options in self._lists for flag, option in options.items()}
        # After all others, so that none of them depends on these.
        self._negative = {
            flag: free(f"--no-{flag[2:]}", flags)
            for flag, option in self._all.items()
            if _is_switch(option)
        }
        self._null, self._empty = free("--null", flags), free("--empty", flags)

    @property
    def usage(self) -> str:
        """The required options, as a usage shows them."""
        required = [flag for flag, option in self._all.items() if option.required]
        return " ".join(f"{flag} {_placeholder(self._all[flag])}".rstrip() for flag in required)

    @property
    def legend(self) -> str:
        """What the placeholders of the options mean, as paragraphs."""
        used = {_placeholder(option) for option in self._all.values()}
        return "\n\n".join(text for name, text in LEGEND.items() if name in used)

    def add_to(self, parser: argparse.ArgumentParser) -> None:
        """Add the options and `--help` to a parser without help: first the required ones."""
        values = Values()
        required = parser.add_argument_group("required options")
        others = parser.add_argument_group("options")
        others.add_argument("-h", "--help", action="help", help="show this help message and exit")
        for flag, option in self._all.items():
            place = required if option.required else others
            if _is_switch(option):
                place.add_argument(
                    flag,
                    self._negative[flag],
                    action=_Switch,
                    dest=self._key(flag),
                    default=argparse.SUPPRESS,
                    help=as_help(_help(option)),
                )
            else:
                place.add_argument(
                    flag,
                    action="append" if option.repeated else "store",
                    type=values.converter(option),
                    metavar=_placeholder(option),
                    dest=self._key(flag),
                    default=argparse.SUPPRESS,
                    help=as_help(_help(option)),
                )
        for flag, names, what in (
            (self._null, self._names(lambda option: option.nullable), "null"),
            (self._empty, self._names(lambda option: option.repeated), "a list without items"),
        ):
            if names:
                others.add_argument(
                    flag,
                    action="append",
                    choices=names,
                    metavar="OPTION",
                    dest=self._key(flag),
                    default=argparse.SUPPRESS,
                    help=f"Send {what} for an option: {', '.join(names)}.",
                )

    def given(
        self, namespace: argparse.Namespace, refuse: Callable[[str], NoReturn]
    ) -> list[dict[str, Any]]:
        """Return the arguments of each function that were given.

        `refuse` reports a required option that is missing, and one with two values.
        """
        held: dict[str, Any] = vars(namespace)
        found = {flag: held[self._key(flag)] for flag in self._all if self._key(flag) in held}
        for special in (self._null, self._empty):
            for name in held.get(self._key(special), ()):
                flag = f"--{name}"
                if flag in found:
                    refuse(f"{special} {name} cannot be combined with another value of {flag}")
                found[flag] = None if special == self._null else []
        missing = [
            flag for flag, option in self._all.items() if option.required and flag not in found
        ]
        if missing:
            refuse(f"the following options are required: {', '.join(missing)}")
        return [
            {option.name: found[flag] for flag, option in options.items() if flag in found}
            for options in self._lists
        ]

    def _key(self, flag: str) -> str:
        """Return the attribute of a namespace for a flag; another parser can have the same flag."""
        return f"{len(self._lists)}{flag}"

    def _names(self, can: Callable[[Option], bool]) -> list[str]:
        return [flag[2:] for flag, option in self._all.items() if can(option)]


class _Switch(argparse.Action):
    """An option without a value: true by its first flag, false by its second one."""

    def __init__(self, option_strings: Sequence[str], dest: str, **options: Any) -> None:
        super().__init__(option_strings, dest, nargs=0, **options)

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        del parser, values
        setattr(namespace, self.dest, option_string == self.option_strings[0])


def _is_switch(option: Option) -> bool:
    return option.kind == "bool" and not option.repeated


def _placeholder(option: Option) -> str:
    return "" if _is_switch(option) else PLACEHOLDERS[option.kind]


def _help(option: Option) -> str:
    parts = [option.help]
    if option.values:
        start = "One of" if option.kind == "choice" else "Known values"
        parts.append(f"{start}: {', '.join(one or '(empty)' for one in texts(option.values))}.")
    if option.repeated:
        parts.append("Can be repeated.")
    return " ".join(parts)
