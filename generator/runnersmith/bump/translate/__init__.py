"""Translation of official operations and schemas to the form of the curated spec."""
