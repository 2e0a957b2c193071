"""Clients for GitHub: products, tokens, environment variables, and the rules of the API."""
