"""Content of requests and responses: media types, bodies, and responses by status."""
