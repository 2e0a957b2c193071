"""Sample values: the examples of the description, or values made up from its schemas."""
