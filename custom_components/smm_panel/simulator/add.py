"""From the fields of an add to an order."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from .add_request import read_add
from .delivery import Delivery
from .dice import Dice
from .drip_feed import DripFeed
from .order import AnyOrder, Order
from .service import SimulatedService
from .subscription import Subscription
from .subscription_request import read_subscription


def new_order(
    form: Mapping[str, str], service: SimulatedService, *, order_id: int, now: datetime, dice: Dice
) -> AnyOrder:
    """Read an add and decide how its order will go.

    Raises:
        Refusal: A field is missing or wrong.
    """
    if service.type == "Subscriptions":
        subscription = read_subscription(form, service, now.date())
        return Subscription(
            **_parent_fields(order_id, service, now, dice),
            target=subscription.username,
            min=subscription.min,
            max=subscription.max,
            posts=subscription.posts,
            old_posts=subscription.old_posts,
            delay=subscription.delay,
            expiry=subscription.expiry,
        )
    request = read_add(form, service)
    if request.runs > 1:
        return DripFeed(
            **_parent_fields(order_id, service, now, dice),
            target=request.link,
            quantity=request.quantity,
            runs=request.runs,
            interval=request.interval,
        )
    return Order(
        id=order_id,
        service=service.service,
        target=request.link,
        charge=service.charge(request.quantity),
        delivery=Delivery.draw(dice, added=now, quantity=request.quantity),
    )


def _parent_fields(
    order_id: int, service: SimulatedService, now: datetime, dice: Dice
) -> dict[str, Any]:
    return {
        "id": order_id,
        "service": service.service,
        "unit_price": service.unit_price,
        "added": now,
        "seed": dice.random.getrandbits(64),
        "speed": dice.speed,
        "odds": dice.odds,
    }
