"""Access to a mock server: a transport in memory, and HTTP."""
