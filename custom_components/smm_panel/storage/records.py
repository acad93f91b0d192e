"""Records (frozen dataclasses) as JSON data, and back."""

from collections.abc import Callable
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from enum import Enum
from functools import partial
from types import UnionType
from typing import Any, Final, get_args, get_origin, get_type_hints

type Reader = Callable[[Any], Any]

# The maximum per field: a field with more values holds ids or links, of which no two are equal.
_SHARED: Final = 1000


def as_json(value: Any) -> Any:  # noqa: ANN401 - any value of a record
    """Return a value as JSON data: amounts and times as text, a record without its unset fields."""
    match value:
        case Enum():
            return value.value
        case Decimal():
            return str(value)
        case date():
            return value.isoformat()
        case tuple():
            return [as_json(item) for item in value]
        case _ if is_dataclass(value):
            return {
                name: as_json(item)
                for name in _plan(type(value))
                if (item := getattr(value, name)) is not None and item != ()
            }
        case _:
            return value


def from_json[T](kind: type[T], data: object) -> T:
    """Return the record that `as_json` converted. Raises ValueError for any other data."""
    if type(data) is not dict:
        raise ValueError(f"This is no {kind.__name__}")
    readers = _plan(kind)
    values: dict[str, Any] = {}
    try:
        for name, value in data.items():
            values[name] = readers[name](value)
        return kind(**values)
    except (KeyError, TypeError) as err:
        # A missing or unknown field, or a value of another type.
        if missing := _required(kind) - data.keys():
            raise ValueError(f"{kind.__name__} lacks {', '.join(sorted(missing))}") from err
        raise ValueError(f"This is no {kind.__name__}") from err


_PLANS: dict[type[Any], dict[str, Reader]] = {}


def _plan(kind: type[Any]) -> dict[str, Reader]:
    """Return the reader of each field of a record, in order; created once for each class."""
    if (plan := _PLANS.get(kind)) is None:
        hints = get_type_hints(kind)
        plan = _PLANS[kind] = {field.name: _reader(hints[field.name]) for field in fields(kind)}
    return plan


def _required(kind: type[Any]) -> set[str]:
    return {
        field.name
        for field in fields(kind)
        if field.default is MISSING and field.default_factory is MISSING
    }


def _reader(hint: Any) -> Reader:  # noqa: ANN401 - any annotation of a field
    """Return the reader of a field with this annotation."""
    if get_origin(hint) is UnionType:
        # `as_json` leaves out None, so only the other type is ever stored.
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        return _tuple_reader(_reader(get_args(hint)[0]))
    kind: type[Any] = hint
    if kind in _READERS:
        return _READERS[kind]()
    if issubclass(kind, datetime):
        return _read_time
    if issubclass(kind, date):
        return _text_reader(kind.fromisoformat)
    if issubclass(kind, Enum):
        return {member.value: member for member in kind}.__getitem__
    return partial(from_json, kind) if is_dataclass(kind) else _plain_reader(kind)


def _sharing(read: Callable[[str], Any]) -> Reader:
    """Return a reader that returns the same object for equal texts, for up to `_SHARED` texts.

    The orders of an account have only a few different services, prices and users.
    """
    known: dict[str, Any] = {}

    def read_shared(value: object) -> Any:  # noqa: ANN401 - the result of `read`
        # The exact type: this also excludes values that cannot be hashed.
        if type(value) is not str:
            raise ValueError("This is no text")
        if (shared := known.get(value)) is None:
            shared = read(value)
            if len(known) < _SHARED:
                known[value] = shared
        return shared

    return read_shared


def _tuple_reader(read: Reader) -> Reader:
    def read_tuple(value: object) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError("This is no list")  # noqa: TRY004 - readers raise one error
        return tuple(map(read, value))

    return read_tuple


def _text_reader(read: Reader) -> Reader:
    def read_text(value: object) -> Any:  # noqa: ANN401 - the result of `read`
        if not isinstance(value, str):
            raise ValueError("This is no text")  # noqa: TRY004 - readers raise one error
        return read(value)

    return read_text


def _plain_reader(kind: type[Any]) -> Reader:
    def read_plain(value: object) -> Any:  # noqa: ANN401 - an instance of `kind`
        # The exact type: for isinstance, True is an int.
        if type(value) is not kind:
            raise ValueError(f"This is no {kind.__name__}")
        return value

    return read_plain


@_text_reader
def _read_time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("This time has no zone")
    return moment


def _money(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as err:
        raise ValueError("This is no number") from err
    if not amount.is_finite():
        raise ValueError("This is no number")
    return amount


# Types with a reader of their own; each field gets a new reader.
_READERS: Final[dict[type[Any], Callable[[], Reader]]] = {
    str: lambda: _sharing(str),
    Decimal: lambda: _sharing(_money),
}
