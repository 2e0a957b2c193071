"""A shop that takes payments: customers, a declined card, an event, a document."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import payments
from payments import models

Holder = models.Customer | models.DeletedCustomer | str | None


async def register(client: payments.AsyncClient) -> models.Customer:
    return await client.customers.post_customers(
        address=models.Address(city="Ulm", line1="Gasse 1 & 2"),
        expand=["default_source"],
        invoice_settings=models.PostCustomersRequestInvoiceSettings(
            custom_fields=[
                models.PostCustomersRequestInvoiceSettingsCustomFieldsItem(name="VAT", value="DE 1")
            ],
            footer="Thank you",
        ),
        metadata={"order": "7", "a b": "ü"},
    )


async def customers(client: payments.AsyncClient) -> AsyncIterator[models.Customer]:
    """Yield every customer of this year, a page of two at a time."""
    after: str | payments.Unset = payments.UNSET
    while True:
        page = await client.customers.get_customers(
            created=models.GetCustomersCreatedOption1(gt=0),
            expand=["data.default_source"],
            limit=2,
            starting_after=after,
        )
        for one in page.data:
            yield one
        if not page.has_more:
            return
        after = page.data[-1].id


def name(holder: Holder) -> str:
    match holder:
        case models.Customer(email=email, id=key):
            return email or key
        case models.DeletedCustomer(id=key):
            return f"{key} (deleted)"
        case str():
            return holder
        case None:
            return "nobody"


async def pay(client: payments.AsyncClient, customer: str, order: str) -> str:
    """Charge the card of a customer once, however often this is called for an order."""
    options = models.PostPaymentIntentsRequestPaymentMethodOptions(
        card=models.PostPaymentIntentsRequestPaymentMethodOptionsCardOption1(
            request_three_d_secure="any"
        )
    )
    try:
        intent = await client.payment_intents.post_payment_intents(
            amount=2000,
            confirm=True,
            currency="eur",
            customer=customer,
            expand=["customer", "latest_charge"],
            idempotency_key=f"order-{order}",
            metadata={"order": order},
            off_session=True,
            payment_method_options=options,
        )
    except payments.StatusError as error:
        if error.status != 402:
            raise
        return f"{customer}: declined"
    paid = isinstance(intent.latest_charge, models.Charge) and intent.latest_charge.paid
    card = intent.payment_method_options and intent.payment_method_options.card
    return (
        f"{name(intent.customer)}: {intent.status}, paid {paid}, {card and card.setup_future_usage}"
    )


def received(payload: bytes) -> str:
    """Handle the payload of a webhook: the object of an event depends on its type."""
    event = payments.from_json(models.Event, payload)
    if event.type == "charge.succeeded":
        charge = payments.from_json(models.Charge, event.data.object_)
        return f"{event.id}: {charge.amount} of {name(charge.customer)}"
    return f"{event.id}: {event.type}"


async def main(client: payments.AsyncClient, payload: bytes, scan: Path) -> AsyncIterator[str]:
    made = await register(client)
    yield made.id
    async for customer in customers(client):
        card = customer.default_source
        yield f"{customer.id} {card.last4 if isinstance(card, models.Card) else card}"
    # Every payment of the branch in another town.
    branch = client.with_options(headers={"Payments-Account": "acct_1"})
    for order, holder in (("7", "cus_1"), ("8", "cus_2"), ("7", "cus_1")):
        yield await pay(branch, holder, order)
    yield received(payload)
    with scan.open("rb") as file:
        sent = await client.files.post_files(file=file, purpose="dispute_evidence")
    yield sent.id
    gone = await client.customers.delete_customers_customer("cus_2")
    yield f"{gone.id} {gone.deleted}"
    yield name(await client.customers.get_customers_customer("cus_2"))
    try:
        await client.customers.get_customers_customer("cus_9")
    except payments.NotFound as error:
        yield f"no such customer: {error.status}"
