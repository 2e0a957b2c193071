"""Number of random sequences that the models of a fake GitHub are compared in."""

from __future__ import annotations

import os

# CONTRIBUTING.md describes the variable.
SEQUENCES = int(os.environ.get("RUNNERSMITH_SEQUENCES", "25"))
