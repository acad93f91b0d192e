"""The simulated panel: one account of a panel that exists only in memory."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from hmac import compare_digest
from random import Random
from typing import Any, Final, Self

from .add import new_order
from .catalog import CATALOG, SimulatedService
from .chance import Dice, Odds
from .ledger import Ledger
from .order import AnyOrder
from .protocol import (
    ALREADY_COMPLETED,
    CANCEL_NOT_ELIGIBLE,
    DUPLICATE_LINK,
    INCORRECT_ORDER_ID,
    INCORRECT_REQUEST,
    INCORRECT_SERVICE_ID,
    INVALID_API_KEY,
    NOT_COMPLETED,
    NOT_ENOUGH_FUNDS,
    REFILL_DISABLED,
    REFILL_NOT_ELIGIBLE,
    REFILL_NOT_FOUND,
    TOO_MANY_ORDERS,
    TOO_MANY_REFILLS,
    Refusal,
    SimulatedAnswer,
    echo,
    ids,
    money_text,
    whole_number,
)
from .refills import Refills

STATE_VERSION: Final = 1
DEFAULT_BALANCE: Final = Decimal(100)
CANCEL_SECONDS: Final = (30.0, 180.0)
"""At speed 1, from the request until the cancel becomes effective."""


class SimulatedPanel:
    """Every action of the API document, answered from memory.

    Time scale at speed 1: an order is pending and processing for up to a minute each and in
    progress for 3 to 25 minutes; a cancel becomes effective after half a minute to 3 minutes; a
    refill needs 2.5 to 12 minutes; a subscription finds a post every 20 minutes. Speed 60 turns
    these minutes into seconds, also drip-feed intervals and subscription delays. Only the expiry
    of a subscription is a real date.

    Speed and odds apply to new orders; existing ones keep their course.

    `services` may be changed, and `api_key` too: None accepts any key, or none.
    """

    def __init__(  # noqa: PLR0913  # the properties of a panel; all but two have a default
        self,
        *,
        clock: Callable[[], datetime],
        random: Random,
        balance: Decimal = DEFAULT_BALANCE,
        currency: str = "USD",
        speed: float = 1.0,
        odds: Odds = Odds(),  # noqa: B008  # immutable
        services: Iterable[SimulatedService] = CATALOG,
        api_key: str | None = None,
    ) -> None:
        self.services = {row.service: row for row in services}
        self.api_key = api_key
        self._clock = clock
        self._funds = balance
        self._currency = currency
        self._dice = Dice(random=random, speed=speed, odds=odds)
        self._ledger = Ledger()
        self._refills = Refills()
        self._revision = 0

    @property
    def revision(self) -> int:
        """Number that increases whenever `as_dict` has changed, and only then."""
        return self._revision

    @property
    def balance(self) -> Decimal:
        """Balance of the account now."""
        return self._funds - self._ledger.spent(self._clock())

    @property
    def orders(self) -> Mapping[int, AnyOrder]:
        """Orders from oldest to newest, without child orders of drip-feeds and subscriptions."""
        return self._ledger.orders

    def handle(self, form: Mapping[str, str]) -> SimulatedAnswer:
        """Answer one request. Raises nothing, whatever the form contains."""
        try:
            body = self._answer(form)
        except Refusal as err:
            body = {"error": str(err)}
        return SimulatedAnswer.of(body)

    def as_dict(self) -> dict[str, Any]:
        """Orders, refills and funds as JSON values: money as text, times as ISO 8601."""
        return {
            "version": STATE_VERSION,
            "funds": str(self._funds),
            "currency": self._currency,
            **self._ledger.as_dict(),
            "refills": self._refills.as_list(),
        }

    @classmethod
    def from_dict(  # noqa: PLR0913  # the arguments of __init__ that are not part of the state
        cls,
        data: dict[str, Any],
        *,
        clock: Callable[[], datetime],
        random: Random,
        speed: float = 1.0,
        odds: Odds = Odds(),  # noqa: B008  # immutable
        services: Iterable[SimulatedService] = CATALOG,
        api_key: str | None = None,
    ) -> Self:
        """Restore what `as_dict` wrote.

        Raises:
            ValueError: The data is not what `as_dict` writes.
        """
        if data.get("version") != STATE_VERSION:
            raise ValueError("This is not the state of a simulated panel")
        try:
            panel = cls(
                clock=clock,
                random=random,
                balance=Decimal(data["funds"]),
                currency=str(data["currency"]),
                speed=speed,
                odds=odds,
                services=services,
                api_key=api_key,
            )
            panel._ledger = Ledger.from_dict(data)
            panel._refills = Refills.from_list(data["refills"])
        except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError) as err:
            raise ValueError(f"This is not the state of a simulated panel: {err!r}") from err
        return panel

    def _answer(self, form: Mapping[str, str]) -> object:
        key = form.get("key", "")
        if self.api_key is not None and not compare_digest(_bytes(key), _bytes(self.api_key)):
            raise Refusal(INVALID_API_KEY)
        actions: dict[str, Callable[[Mapping[str, str]], object]] = {
            "services": self._services,
            "add": self._add,
            "status": self._status,
            "refill": self._refill,
            "refill_status": self._refill_status,
            "cancel": self._cancel,
            "balance": self._balance,
        }
        if not (action := actions.get(form.get("action", ""))):
            raise Refusal(INCORRECT_REQUEST)
        return action(form)

    def _services(self, _form: Mapping[str, str]) -> object:
        return [service.answer() for service in self.services.values()]

    def _balance(self, _form: Mapping[str, str]) -> object:
        return {"balance": money_text(self.balance), "currency": self._currency}

    def _add(self, form: Mapping[str, str]) -> object:
        service_id = whole_number(form.get("service", ""))
        service = None if service_id is None else self.services.get(service_id)
        if service is None:
            raise Refusal(INCORRECT_SERVICE_ID)
        now = self._clock()
        order = new_order(form, service, order_id=self._ledger.next_id, now=now, dice=self._dice)
        if self._ledger.is_busy(order.service, order.target, now):
            raise Refusal(DUPLICATE_LINK)
        if order.price > self.balance:
            raise Refusal(NOT_ENOUGH_FUNDS)
        self._ledger.add(order)
        self._revision += 1
        return {"order": order.id}

    def _status(self, form: Mapping[str, str]) -> object:
        if "orders" not in form:
            return self._status_of(_one(form, "order"))
        requested = ids(form, "orders", TOO_MANY_ORDERS)
        return {order_id: _row(self._status_of, order_id) for order_id in requested}

    def _status_of(self, order_id: str) -> object:
        order = self._find(order_id)
        return order.answer(self._clock(), self._ledger.cancels, self._currency)

    def _refill(self, form: Mapping[str, str]) -> object:
        if "orders" not in form:
            # In the document this is text, and a number in the rows below.
            return {"refill": str(self._refill_of(_one(form, "order")))}
        requested = ids(form, "orders", TOO_MANY_ORDERS)
        return [
            {"order": echo(order_id), "refill": _row(self._refill_of, order_id)}
            for order_id in requested
        ]

    def _refill_of(self, order_id: str) -> int:
        order, now = self._find(order_id), self._clock()
        service = self.services.get(order.service)
        if service is None or not service.refill:
            raise Refusal(REFILL_DISABLED)
        if not order.is_final(now, self._ledger.cancels):
            raise Refusal(NOT_COMPLETED)
        refillable = order.can_be_refilled(now, self._ledger.cancels)
        if not refillable or self._refills.is_busy(order.id, now):
            raise Refusal(REFILL_NOT_ELIGIBLE)
        self._revision += 1
        return self._refills.create(order.id, now=now, dice=self._dice).id

    def _refill_status(self, form: Mapping[str, str]) -> object:
        if "refills" not in form:
            return {"status": self._refill_status_of(_one(form, "refill"))}
        requested = ids(form, "refills", TOO_MANY_REFILLS)
        return [
            {"refill": echo(refill_id), "status": _row(self._refill_status_of, refill_id)}
            for refill_id in requested
        ]

    def _refill_status_of(self, refill_id: str) -> str:
        number = whole_number(refill_id)
        refill = None if number is None else self._refills.find(number)
        if refill is None:
            raise Refusal(REFILL_NOT_FOUND)
        return refill.status(self._clock())

    def _cancel(self, form: Mapping[str, str]) -> object:
        requested = ids(form, "orders", TOO_MANY_ORDERS)
        return [
            {"order": echo(order_id), "cancel": _row(self._cancel_of, order_id)}
            for order_id in requested
        ]

    def _cancel_of(self, order_id: str) -> int:
        order, now = self._find(order_id), self._clock()
        service = self.services.get(order.service)
        if not order.can_be_canceled(now, self._ledger.cancels):
            raise Refusal(ALREADY_COMPLETED)
        is_requested = order.id in self._ledger.cancels
        if service is None or not service.cancel or is_requested:
            raise Refusal(CANCEL_NOT_ELIGIBLE)
        self._ledger.cancel(order.id, now + self._dice.duration(CANCEL_SECONDS))
        self._revision += 1
        return 1

    def _find(self, order_id: str) -> AnyOrder:
        number = whole_number(order_id)
        order = None if number is None else self._ledger.find(number, self._clock())
        if order is None:
            raise Refusal(INCORRECT_ORDER_ID)
        return order


def _bytes(key: str) -> bytes:
    # compare_digest accepts ASCII text only, and a form may contain anything.
    return key.encode(errors="surrogatepass")


def _one(form: Mapping[str, str], field: str) -> str:
    """Id of a request about a single order or refill."""
    if field not in form:
        raise Refusal(INCORRECT_REQUEST)
    return form[field]


def _row[Answer](answer: Callable[[str], Answer], id_: str) -> Answer | dict[str, str]:
    """Answer for one id of many; a refusal becomes the row of its id."""
    try:
        return answer(id_)
    except Refusal as err:
        return {"error": str(err)}
