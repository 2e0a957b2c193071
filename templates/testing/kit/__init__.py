"""Mock server for any API description."""
