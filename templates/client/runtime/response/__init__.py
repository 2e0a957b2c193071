"""Responses: decoding, errors by status, rate limits and warnings."""
