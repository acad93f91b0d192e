"""Decides what an error of a panel means for the request: refused, outcome unknown, or a fault."""

from enum import Enum, auto
from http import HTTPStatus

from ..exceptions import (
    PanelAccessError,
    PanelAuthError,
    PanelError,
    PanelRateLimitError,
    PanelRejectedError,
    PanelResponseError,
    PanelUnclearError,
)
from ..models import ErrorKind
from .error_texts import error_kind, is_access_denied, missing_field, names_key
from .outcome_texts import names_supplier, says_done

_NO_ACCESS = frozenset({HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN})
# For texts that say nothing known.
_STATUS_KINDS: dict[int, ErrorKind] = {
    HTTPStatus.PAYMENT_REQUIRED: ErrorKind.NOT_ENOUGH_FUNDS,
    HTTPStatus.TOO_MANY_REQUESTS: ErrorKind.RATE_LIMITED,
    HTTPStatus.SERVICE_UNAVAILABLE: ErrorKind.MAINTENANCE,
}

# What a status says even of an add whose text says nothing known. Not 402, which panels send
# with "Unknown error" too.
_BY_STATUS = frozenset({ErrorKind.AUTH, ErrorKind.RATE_LIMITED})

# Reasons that exclude a new order. `bad_order` is not one: there was no order to be wrong,
# so the panel may have failed to find the one that it has just made.
_EXCLUDE_ORDER = frozenset(
    {
        ErrorKind.AUTH,
        ErrorKind.NOT_ENOUGH_FUNDS,
        ErrorKind.BAD_SERVICE,
        ErrorKind.RATE_LIMITED,
        ErrorKind.DUPLICATE_LINK,
        ErrorKind.BAD_LINK,
        ErrorKind.BAD_QUANTITY,
        ErrorKind.BAD_REQUEST,
        ErrorKind.NOT_ELIGIBLE,
        ErrorKind.MAINTENANCE,
    }
)
# Texts about an earlier order or request say that it is processed, not this one.
_ABOUT_EARLIER = frozenset({ErrorKind.DUPLICATE_LINK, ErrorKind.NOT_ELIGIBLE})


class Request(Enum):
    """What a request is, for the meaning of an error."""

    READ = auto()
    ADD = auto()
    """Costs money, and sent again costs it twice."""

    CHANGE = auto()
    """A refill or a cancel: free, and harmless if it is sent again."""


def verdict(text: str, status: int, request: Request, *, wait: float | None) -> PanelError:
    """Return the exception for an error text in the panel's own JSON.

    `wait` is the time that the panel wants to be left alone, if it names one.
    """
    kind = kind_of(text, status)
    rejection = rejected(kind, text, retry_after=wait)
    if request is Request.ADD:
        is_refused = _excludes_order(kind, text, status, wait)
        return rejection if is_refused else _unclear(text)
    if request is Request.CHANGE:
        is_server_error = status >= HTTPStatus.INTERNAL_SERVER_ERROR
        is_done = kind not in _ABOUT_EARLIER and says_done(text)
        return _unclear(text) if is_server_error or is_done else rejection
    if kind in (ErrorKind.OTHER, ErrorKind.PANEL_FAULT) and (
        status in _NO_ACCESS or is_access_denied(text)
    ):
        return PanelAccessError(f"Access is denied: {text}")
    if kind is ErrorKind.PANEL_FAULT:
        # Nothing is wrong with the request.
        return PanelResponseError(f"The panel failed: {text}")
    return rejection


def kind_of(text: str, status: int) -> ErrorKind:
    """Return what an error is about, by its text and, where that says nothing, its status."""
    kind = error_kind(text)
    if kind is not ErrorKind.OTHER:
        return kind
    if status in _NO_ACCESS:
        return ErrorKind.AUTH if names_key(text) else kind
    return _STATUS_KINDS.get(status, kind)


def rejected(
    kind: ErrorKind, message: str, *, retry_after: float | None = None
) -> PanelRejectedError:
    """Return the exception for a kind of refusal, of the class that belongs to it."""
    if kind is ErrorKind.AUTH:
        return PanelAuthError(message, names_key=names_key(message))
    if kind is ErrorKind.RATE_LIMITED:
        return PanelRateLimitError(message, retry_after=retry_after)
    return PanelRejectedError(kind, message, retry_after=retry_after, field=missing_field(message))


def _excludes_order(kind: ErrorKind, text: str, status: int, wait: float | None) -> bool:
    """Return whether an error names a reason why the order was certainly not placed.

    An unnecessary check costs a moment, a second order costs money. So a text that names no
    reason, or says that the order was placed or charged, is no refusal, whatever the status.
    """
    if error_kind(text) is ErrorKind.OTHER and kind not in _BY_STATUS:
        return False
    if kind not in _EXCLUDE_ORDER or (kind is not ErrorKind.AUTH and names_supplier(text)):
        return False
    if kind is not ErrorKind.DUPLICATE_LINK and says_done(text):
        return False
    if kind is ErrorKind.MAINTENANCE and status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # A Retry-After shows that the panel itself answered; gateways send 503 without one.
        return status == HTTPStatus.SERVICE_UNAVAILABLE and wait is not None
    # "Service not available" with 503 may mean the whole server.
    return kind is not ErrorKind.BAD_SERVICE or status != HTTPStatus.SERVICE_UNAVAILABLE


def _unclear(text: str) -> PanelUnclearError:
    return PanelUnclearError(text, says_done=says_done(text))
