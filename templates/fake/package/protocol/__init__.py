"""Rules that hold for every request: credentials, rate limits, API versions, conditional requests."""
