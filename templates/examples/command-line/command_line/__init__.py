"""A command-line program for a client: its declaration, its parser, and how it runs."""
