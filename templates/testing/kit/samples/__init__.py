"""Sample values: examples of the description, or values generated from its schemas."""
