"""Hosted runners of a fake GitHub, with their images, machine sizes and owners."""
