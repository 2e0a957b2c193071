"""Explanations of JSON Schema errors."""
