"""Ways to a mock server: a transport in memory, and a port."""
