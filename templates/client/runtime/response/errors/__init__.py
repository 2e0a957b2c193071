"""Errors for responses: classes by status, messages, headers, and the rules of one API."""
