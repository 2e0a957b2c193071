"""Decisions about differences that no edit resolves. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from ..draft.edit_site import EditSite
from .absence import decision


def remaining(sites: Sequence[EditSite]) -> str:
    """Return the decision for the differences of one field or part, of all that share it."""
    shown = min(sites, key=lambda site: len(str(site.difference.path)))
    operation = shown.difference.operation
    facts = [site.difference for site in sites if site.difference.operation == operation]
    listed = [f"{facts[0].path}: {facts[0].sides}"]
    listed += [f"{fact.path.keyword or 'all'}: {fact.sides}" for fact in facts[1:]]
    operations = {site.difference.operation for site in sites}
    others = len(operations) - 1
    more = f" (and for {others} more operation{'s' if others > 1 else ''})" if others else ""
    what = "change ours or correct it"
    if shown.lost:
        what = decision(shown, len(operations))
    elif shown.unsupported is not None:
        what = f"correct it, since {shown.unsupported}"
    return f"{operation}: {'; '.join(listed)}{more}; {what}"
