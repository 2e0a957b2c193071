"""Requests: endpoints as operations, and requests built from the arguments of a call."""
