"""Authentication: tokens, GitHub Apps and other credentials."""
