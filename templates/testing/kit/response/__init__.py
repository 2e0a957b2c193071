"""Responses of a mock server: values, faults, and their encoding."""
