"""Calls: retries, redirects, pacing and timeouts, without an HTTP library."""
