"""OpenAPI documents in memory: values, places, navigation, spelling and the view of schemas."""
