"""How much an input may hold, and how what it holds is counted.

Pure. The whole description of GitHub's API fits with room: 14 MB of JSON, 280,000 values of which
none stands deeper than 21 levels, 2.2 million steps. What these bounds let in is what every later
stage has to handle in little time and memory; what is beyond them is refused while it is read.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_JSON_BYTES = 32 << 20
MAX_YAML_BYTES = 8 << 20

# Nesting of mappings and lists. Recursive code downstream relies on it.
MAX_DEPTH = 100

# Everything that stands in a document, once its aliases are written out: its values, the steps
# from the root to each of them (which is what their pointers are made of), and their characters.
# YAML is read by Python, so there is less time for it.
MAX_JSON_VALUES = 500_000
MAX_YAML_VALUES = 200_000
MAX_STEPS = 8_000_000
MAX_CHARACTERS = 32 << 20

# Nobody mends more at once, and each one costs a message.
MAX_PROBLEMS = 1_000

# What 64 bits hold, signed or not. A larger number would not survive other JSON readers.
MIN_INTEGER = -(1 << 63)
MAX_INTEGER = (1 << 64) - 1


@dataclass(slots=True)
class Tally:
    """What has been counted of a document."""

    values: int = 0
    steps: int = 0
    characters: int = 0

    def add(self, depth: int, characters: int = 0) -> None:
        """Count one value, so many steps from the root."""
        self.values += 1
        self.steps += depth
        self.characters += characters

    def add_again(self, part: Tally, depth: int) -> None:
        """Count a part, whose steps are its own, once more at a depth."""
        self.values += part.values
        self.steps += part.steps + part.values * depth
        self.characters += part.characters

    def since(self, before: Tally, depth: int) -> Tally:
        """What has been counted after `before`, with the steps from a depth."""
        values = self.values - before.values
        steps = self.steps - before.steps - values * depth
        return Tally(values, steps, self.characters - before.characters)

    def copy(self) -> Tally:
        return Tally(self.values, self.steps, self.characters)

    def excess(self, most_values: int) -> str | None:
        """Which bound is broken, in words; None when none is."""
        if self.values > most_values:
            return f"more than {most_values} values"
        if self.steps > MAX_STEPS:
            return "too many values so deep down"
        if self.characters > MAX_CHARACTERS:
            return f"more than {MAX_CHARACTERS} characters"
        return None
