"""Requests that a mock server receives: routes, values, credentials."""
