"""Lowering that curated and foreign documents share."""
