"""The only map from panel errors to Home Assistant errors."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from math import ceil

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import (
    ConfigEntryAuthFailed,
    HomeAssistantError,
    ServiceValidationError,
)
from homeassistant.helpers.update_coordinator import UpdateFailed

from .api import (
    ErrorKind,
    InvalidOrderError,
    PanelAuthError,
    PanelConnectionError,
    PanelError,
    PanelRejectedError,
    PanelUnreachableError,
)
from .const import DOMAIN
from .money import LimitExceededError, price_text

# Refusals that are no fault of the caller: the same call may succeed later.
_NOT_THE_CALLER = frozenset(
    {ErrorKind.AUTH, ErrorKind.RATE_LIMITED, ErrorKind.MAINTENANCE, ErrorKind.PANEL_FAULT}
)


@dataclass(frozen=True, slots=True)
class Translation:
    """The translated text for an error: its key and the values it names."""

    key: str
    placeholders: dict[str, str]


def translation(err: PanelError) -> Translation:
    """Return the text for an error of a read, or of an operation that was certainly refused."""
    match err:
        case PanelRejectedError():
            return _refusal(err)
        case PanelConnectionError():
            return Translation("cannot_connect", {"reason": str(err)})
        case _:
            return Translation("invalid_response", {"reason": str(err)})


def _refusal(err: PanelRejectedError) -> Translation:
    """Return the text for a refusal of the panel."""
    reason = {"reason": err.message}
    match err.kind:
        case ErrorKind.AUTH:
            return Translation("invalid_auth", reason)
        case ErrorKind.RATE_LIMITED if err.retry_after is not None:
            return Translation("rate_limited_until", {"seconds": f"{ceil(err.retry_after)}"})
        case ErrorKind.RATE_LIMITED:
            return Translation("rate_limited", reason)
        case ErrorKind.MAINTENANCE:
            return Translation("maintenance", reason)
        case ErrorKind.PANEL_FAULT:
            return Translation("panel_failed", reason)
        case _:
            return Translation("rejected", reason)


def is_outcome_unknown(err: BaseException) -> bool:
    """Return whether the panel may have carried out the operation that raised the error."""
    return not isinstance(err, PanelRejectedError | PanelUnreachableError)


def update_failed(
    err: PanelError, interval: timedelta | None
) -> UpdateFailed | ConfigEntryAuthFailed:
    """Return what a coordinator raises for a panel error.

    The next poll is after the interval, or later if the panel says so.
    """
    text = translation(err)
    if isinstance(err, PanelAuthError):
        return ConfigEntryAuthFailed(
            translation_domain=DOMAIN,
            translation_key=text.key,
            translation_placeholders=text.placeholders,
        )
    return UpdateFailed(
        translation_domain=DOMAIN,
        translation_key=text.key,
        translation_placeholders=text.placeholders,
        retry_after=_retry_after(err, interval),
    )


def _retry_after(err: PanelError, interval: timedelta | None) -> float | None:
    wait = err.retry_after if isinstance(err, PanelRejectedError) else None
    if wait is None or interval is None:
        return wait
    return max(wait, interval.total_seconds())


@contextmanager
def panel_errors(
    hass: HomeAssistant, entry: ConfigEntry, *, operation: bool = False
) -> Iterator[None]:
    """Raise panel errors as Home Assistant errors; a rejected key starts reauthentication.

    With `operation`, a lost answer is raised as `outcome_unknown`: the caller must not repeat
    the operation.
    """
    try:
        yield
    except PanelError as err:
        if isinstance(err, PanelAuthError):
            entry.async_start_reauth(hass)
        text = translation(err)
        if operation and is_outcome_unknown(err):
            text = Translation("outcome_unknown", text.placeholders)
        refused = isinstance(err, PanelRejectedError) and err.kind not in _NOT_THE_CALLER
        raise (ServiceValidationError if refused else HomeAssistantError)(
            translation_domain=DOMAIN,
            translation_key=text.key,
            translation_placeholders=text.placeholders,
        ) from err


def refused(key: str, **placeholders: str) -> ServiceValidationError:
    """Return the error, with the text of a key, of a call that the caller has to change."""
    return ServiceValidationError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def failed(key: str, **placeholders: str) -> HomeAssistantError:
    """Return the error, with the text of a key, of a valid call that could not be carried out."""
    return HomeAssistantError(
        translation_domain=DOMAIN, translation_key=key, translation_placeholders=placeholders
    )


def invalid_order(err: InvalidOrderError) -> ServiceValidationError:
    """Return what an action raises for an order that does not fit its service."""
    return refused(f"invalid_order_{err.reason}", field=err.field, limit=str(err.limit))


def limit_exceeded(err: LimitExceededError, currency: str | None) -> ServiceValidationError:
    """Return what an action raises for an order that a limit forbids."""
    return refused(
        f"over_{err.limit}",
        price=price_text(err.price, currency),
        allowed=price_text(err.allowed, currency),
        left=price_text(err.left, currency),
    )


def price_unknown() -> ServiceValidationError:
    """Return what an action raises for an order that cannot be checked against the limits."""
    return refused("price_unknown")
