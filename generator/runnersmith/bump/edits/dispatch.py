"""Edits by kind of difference. Changes only the draft."""

from __future__ import annotations

from collections.abc import Iterator

from ...compare import Product
from ..draft.edit_site import EditSite
from ..draft.proposals import Proposal
from ..translate.operations import OperationTranslator
from . import absence, fields, operations, parameters, products, responses


def proposals(
    site: EditSite, endpoints: OperationTranslator, product: Product
) -> Iterator[Proposal]:
    """Yield the edits of one difference."""
    path = site.difference.path
    if site.lost:
        yield from absence.ask(site)
    if path.entity and (product.name != products.WIDEST or path.keyword == "product"):
        yield from products.availability(site, product)
        # An addition has no counterpart to be kept for other products.
        if site.difference.ours is not None or site.official is None or path.keyword:
            return
        if not products.can_be_stated(site.difference):
            return
    if site.lost and path.keyword != "enum":
        yield from absence.take_out(site)
    elif not path.entity:
        yield from operations.fact(site, product)
    elif path.field or (path.keyword and path.keyword != "name"):
        yield from fields.field(site, endpoints.shapes)
    elif path.keyword == "name":
        yield from parameters.path_name(site)
    elif path.entity == "body":
        yield from responses.body(site, endpoints)
    elif path.entity.startswith("response "):
        yield from responses.response(site, endpoints)
    elif not path.entity.startswith("body "):  # Another media type is for a person.
        yield from parameters.parameter(site, endpoints)
