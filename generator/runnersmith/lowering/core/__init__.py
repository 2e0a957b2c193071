"""Lowering shared by curated and foreign documents."""
