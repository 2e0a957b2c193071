"""Cache of responses: transports, storage and policy, over hishel, which is an extra."""

from importlib import import_module

_PACKAGE = __name__.partition(".")[0]

try:
    import_module("anysqlite")
    import_module("hishel.httpx2")
except ImportError as error:
    raise ImportError(f"a cache needs hishel 2: pip install '{_PACKAGE}[cache]'") from error
