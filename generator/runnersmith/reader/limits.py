"""Limits on the size of an input, and the tally that is compared with them.

Pure. GitHub's whole description fits with room to spare: 14 MB of JSON, 280,000 values at most 21
levels deep, 2.2 million steps. Every later stage must handle an input within these limits in little
time and memory; a larger one is rejected while it is read.
"""

from __future__ import annotations

from dataclasses import dataclass

MAX_JSON_BYTES = 32 << 20
MAX_YAML_BYTES = 8 << 20

# Nesting of mappings and lists. Recursive code downstream relies on it.
MAX_DEPTH = 100

# The size of a document with its aliases expanded: its values, the steps from the root to each of
# them (the size of their pointers), and their characters. The YAML parser is written in Python, so
# its limits are lower.
MAX_JSON_VALUES = 500_000
MAX_YAML_VALUES = 200_000
MAX_STEPS = 8_000_000
MAX_CHARACTERS = 32 << 20

# An enum becomes one annotation, and every value is compared with all values and alternatives of
# its schema. GitHub's longest enum has 53 values.
MAX_ENUM = 1_000
MAX_ALTERNATIVES = 1_000

# Nobody fixes more at once, and each one costs a message.
MAX_PROBLEMS = 1_000

# The range of 64-bit integers, signed or unsigned. Other JSON readers lose larger numbers.
MIN_INTEGER = -(1 << 63)
MAX_INTEGER = (1 << 64) - 1


@dataclass(slots=True)
class Tally:
    """Counted size of a document or of a part of it."""

    values: int = 0
    steps: int = 0
    characters: int = 0

    def add(self, depth: int, characters: int = 0) -> None:
        """Count one value that many steps from the root."""
        self.values += 1
        self.steps += depth
        self.characters += characters

    def add_again(self, part: Tally, depth: int) -> None:
        """Count a part, whose steps start at the part, once more at a depth."""
        self.values += part.values
        self.steps += part.steps + part.values * depth
        self.characters += part.characters

    def since(self, before: Tally, depth: int) -> Tally:
        """Return the count since `before`, with the steps counted from a depth."""
        values = self.values - before.values
        steps = self.steps - before.steps - values * depth
        return Tally(values, steps, self.characters - before.characters)

    def copy(self) -> Tally:
        return Tally(self.values, self.steps, self.characters)

    def excess(self, most_values: int) -> str | None:
        """Return the limit that is exceeded, in words; None if none is."""
        if self.values > most_values:
            return f"more than {most_values} values"
        if self.steps > MAX_STEPS:
            return "too many deeply nested values"
        if self.characters > MAX_CHARACTERS:
            return f"more than {MAX_CHARACTERS} characters"
        return None
