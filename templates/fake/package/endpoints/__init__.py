"""Handlers of the endpoints, each written once for all scopes."""
