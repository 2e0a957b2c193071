"""Mock server of an API description. It does not depend on the API."""
