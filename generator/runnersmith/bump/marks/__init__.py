"""Marks at what people wrote or judged, and what a changed fact may make false."""
