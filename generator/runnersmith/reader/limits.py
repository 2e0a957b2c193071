"""How much an input may hold. The whole description of GitHub's API (14 MB of JSON) fits with room.

Constants only.
"""

from __future__ import annotations

MAX_JSON_BYTES = 32 << 20
MAX_YAML_BYTES = 8 << 20

# Nesting of mappings and lists. Recursive code downstream relies on it, and so does jsonschema-rs,
# which refuses 255 levels.
MAX_DEPTH = 200

# The size of a YAML document with its aliases written out: 16 for each value, plus its characters.
MAX_EXPANDED = 16 << 20
VALUE_SIZE = 16

# What 64 bits hold, signed or not. A larger number would not survive other JSON readers.
MIN_INTEGER = -(1 << 63)
MAX_INTEGER = (1 << 64) - 1
