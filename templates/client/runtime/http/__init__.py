"""HTTP: connections, the transport and the cache, over httpx2."""
