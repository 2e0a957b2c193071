"""Requests to a mock server: routes, values, credentials."""
