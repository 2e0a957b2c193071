"""OpenAPI documents in memory: values, places, navigation and spelling."""
