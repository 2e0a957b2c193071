"""Authentication: tokens, Apps and other credentials."""
