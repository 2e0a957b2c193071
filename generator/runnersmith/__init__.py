"""Generator of a typed client package from an OpenAPI description (runnersmith)."""

from __future__ import annotations

__version__ = "0.1.0"
