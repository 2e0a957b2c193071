"""Hosted runners of a fake GitHub: the runners, their images and sizes, and what owners have of them."""
