"""Checks that hold for every OpenAPI document."""
