"""runnersmith: an OpenAPI description of runner endpoints in, a typed client package out."""

from __future__ import annotations

__version__ = "0.1.0"
