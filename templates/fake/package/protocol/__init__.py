"""Rules of every request: credentials, rate limits, API versions, conditional requests."""
