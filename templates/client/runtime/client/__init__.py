"""The client: its configuration, resources, pagination and raw responses."""
