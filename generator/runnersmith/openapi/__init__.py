"""OpenAPI documents: navigation, the keywords of schemas, and one view of what a schema means."""
