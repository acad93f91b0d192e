"""Answers of actions: amounts and ids as text, times as ISO 8601, unknown values as None."""

from collections.abc import Callable, Mapping
from datetime import date

from homeassistant.core import ServiceCall
from homeassistant.util.json import JsonObjectType, JsonValueType

from .api import Balance, ItemError, OrderReport, OrderStatus, Outcome, RefillStatus, Service
from .const import LOGGER
from .errors import failed, refused
from .money import NOTHING_SPENT, money_text
from .orders import Evidence, Refill, RequestState, TrackedOrder, expense

_NO_REPORT = OrderReport(status=OrderStatus.UNKNOWN, status_text="")


def _time(moment: date | None) -> str | None:
    return None if moment is None else moment.isoformat()


def balance_answer(balance: Balance) -> JsonObjectType:
    """Return a balance as an answer."""
    return {"balance": money_text(balance.amount), "currency": balance.currency}


def service_answer(service: Service) -> JsonObjectType:
    """Return a service as an answer."""
    return {
        "service": service.id,
        "name": service.name,
        "type": service.type,
        "category": service.category,
        "rate": money_text(service.rate),
        "min": service.min,
        "max": service.max,
        "refill": service.refill,
        "cancel": service.cancel,
        "dripfeed": service.dripfeed,
        "description": service.description,
    }


def order_answer(order: TrackedOrder, currency: str | None) -> JsonObjectType:
    """Return an order as an answer; `currency` is the account's, for reports without a currency."""
    progress, refill = order.progress, order.last_refill
    refills: list[JsonValueType] = [_refill_answer(item) for item in order.refills]
    return {
        "order": order.panel_id,
        "service": order.service,
        "name": order.name,
        "link": order.link,
        "quantity": order.quantity,
        "status": order.state or order.status,
        "progress": None if progress is None else round(float(progress), 1),
        "estimate": money_text(order.estimate),
        **_cost_answer(order),
        "refill": order.refill_id,
        "refill_status": None if refill is None else refill.state,
        "refills": refills,
        "may_refill": order.may_refill,
        "may_cancel": order.may_cancel,
        "open": order.is_open,
        "final": order.is_final,
        "needs_attention": order.needs_attention,
        "error": order.error,
        "added_at": _time(order.added_at),
        "changed_at": _time(order.changed_at),
        "cancel_asked_at": _time(order.cancel_requested_at),
        "cancel_unconfirmed": order.cancel is not None
        and order.cancel.request is RequestState.UNCONFIRMED,
        "placed_by": None if order.initiator is None else order.initiator.as_answer(),
        "evidence": None if order.evidence is None else _evidence_answer(order.evidence),
    } | _report_answer(order.report or _NO_REPORT, currency)


def _cost_answer(order: TrackedOrder) -> JsonObjectType:
    """Return the cost and refund of an order; None for an order placed elsewhere."""
    cost = expense(order)
    amounts = NOTHING_SPENT if cost is None else cost.amounts
    return {
        "cost": None if cost is None else money_text(amounts.cost),
        "given_back": None if cost is None else money_text(amounts.given_back),
    }


def _refill_answer(refill: Refill) -> JsonObjectType:
    return {
        "refill": refill.panel_id,
        "status": refill.state,
        "asked_at": _time(refill.requested_at),
        "error": refill.error,
    }


def _evidence_answer(evidence: Evidence) -> JsonObjectType:
    """Return the evidence for or against an unconfirmed order having been placed."""
    return {
        "balance_before": money_text(evidence.balance_before),
        "balance_after": money_text(evidence.balance_after),
        "link_refused_at": _time(evidence.link_refused_at),
    }


def _report_answer(report: OrderReport, currency: str | None) -> JsonObjectType:
    return {
        "status_text": report.status_text or None,
        "charge": money_text(report.charge),
        "currency": report.currency or currency,
        "start_count": report.start_count,
        "remains": report.remains,
        "orders": list(report.orders),
        "posts": report.posts,
        "runs": report.runs,
        "expiry": _time(report.expiry),
    }


def error_answer(error: ItemError) -> JsonObjectType:
    """Return why an id has no result; with `outcome` if the panel did not refuse it."""
    answer: JsonObjectType = {"error": error.message, "error_kind": error.kind}
    if error.outcome is not Outcome.REFUSED:
        answer["outcome"] = error.outcome
    return answer


def refill_answer(
    refill: str | None, order: str | None, status: RefillStatus | ItemError
) -> JsonObjectType:
    """Return a refill as an answer; `order` is None if unknown."""
    answer: JsonObjectType = {"refill": refill, "order": order}
    if isinstance(status, ItemError):
        return answer | error_answer(status)
    return answer | {"status": status}


def per_order_answer[T](
    call: ServiceCall,
    results: Mapping[str, T | ItemError],
    describe: Callable[[str, T], JsonObjectType],
) -> JsonObjectType:
    """Return the result for each order of a call.

    Raises HomeAssistantError if the caller does not request the answer, and nothing was done
    or an outcome is unknown: such a call must not look like a success.
    """
    errors = {
        order_id: result for order_id, result in results.items() if isinstance(result, ItemError)
    }
    if errors and not call.return_response:
        _report(call, errors, is_nothing_done=len(errors) == len(results))
    rows: list[JsonValueType] = []
    for order_id, result in results.items():
        if isinstance(result, ItemError):
            rows.append({"order": order_id, **error_answer(result)})
        else:
            rows.append(describe(order_id, result))
    return {"orders": rows}


def _report(call: ServiceCall, errors: Mapping[str, ItemError], *, is_nothing_done: bool) -> None:
    reason = "; ".join(f"#{order_id}: {error.message}" for order_id, error in errors.items())
    if any(error.outcome is Outcome.UNKNOWN for error in errors.values()):
        raise failed("outcome_unknown", reason=reason)
    if is_nothing_done:
        raise refused("nothing_done", reason=reason)
    LOGGER.warning("The action %s was not done for every order: %s", call.service, reason)
