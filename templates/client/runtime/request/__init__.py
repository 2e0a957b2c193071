"""Requests: what an operation is, and the request that a call of it makes."""
