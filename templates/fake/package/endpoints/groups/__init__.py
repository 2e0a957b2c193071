"""Endpoints of runner groups: the groups, their runners, and who may use them."""
