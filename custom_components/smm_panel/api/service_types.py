"""Which fields an order needs, by service type."""

from dataclasses import dataclass
import re


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceType:
    """The fields of an order of one service type.

    `lines` names the list whose number of lines is the quantity. With `per_order` the
    service's rate is the price of one order, not of 1000. A type that is not `known`
    has the fields of Default, and any other through `OrderRequest.extra`.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    lines: str | None = None
    per_order: bool = False
    known: bool = True

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields of the type, in the order of a form."""
        return self.required + self.optional

    @property
    def takes_extra_quantity(self) -> bool:
        """Whether a quantity, which the type does not have, may be sent in `extra`.

        Some panels want it for packages and for the types whose lines are counted.
        """
        return self.per_order or self.lines is not None


_COUNTED = ("link", "quantity")
_DRIP_FEED = ("runs", "interval")

# Parameters of `add` as panels document them, in the order of the choices in a form.
SERVICE_TYPES: tuple[ServiceType, ...] = (
    ServiceType(name="Default", required=_COUNTED, optional=_DRIP_FEED),
    ServiceType(name="Package", required=("link",), per_order=True),
    ServiceType(name="Custom Comments", required=("link", "comments"), lines="comments"),
    ServiceType(
        name="Custom Comments Package",
        required=("link", "comments"),
        lines="comments",
        per_order=True,
    ),
    ServiceType(name="Mentions", required=(*_COUNTED, "usernames")),
    ServiceType(name="Mentions with Hashtags", required=(*_COUNTED, "usernames", "hashtags")),
    ServiceType(name="Mentions Custom List", required=("link", "usernames"), lines="usernames"),
    ServiceType(name="Mentions Hashtag", required=(*_COUNTED, "hashtag")),
    ServiceType(name="Mentions User Followers", required=(*_COUNTED, "username")),
    ServiceType(name="Mentions Media Likers", required=(*_COUNTED, "media")),
    ServiceType(name="Comment Likes", required=(*_COUNTED, "username")),
    ServiceType(
        name="Comment Replies",
        required=("link", "username", "comments"),
        lines="comments",
    ),
    ServiceType(name="Poll", required=(*_COUNTED, "answer_number")),
    ServiceType(name="Invites from Groups", required=(*_COUNTED, "groups")),
    ServiceType(name="SEO", required=(*_COUNTED, "keywords")),
    ServiceType(
        name="Subscriptions",
        required=("username", "min", "max", "delay"),
        optional=("posts", "old_posts", "expiry"),
    ),
    ServiceType(
        name="Web Traffic",
        required=(*_COUNTED, "country", "device", "type_of_traffic"),
        optional=(*_DRIP_FEED, "google_keyword", "referring_url"),
    ),
    ServiceType(name="Likes spread", required=("username", "min", "max", "old_posts")),
)


def _fold(name: str) -> str:
    """`Custom_comments`, `custom-comments` and "Custom Comments " are one type."""
    return re.sub(r"[\s_-]+", " ", name).strip().lower()


_BY_NAME = {_fold(known.name): known for known in SERVICE_TYPES}
_DEFAULT = SERVICE_TYPES[0]


def service_type(name: str) -> ServiceType:
    """Return the type with a name in any of the spellings that panels use.

    A blank name is Default; an unknown one has the fields of Default.
    """
    folded = _fold(name)
    if not folded:
        return _DEFAULT
    return _BY_NAME.get(folded) or ServiceType(
        name=name.strip(),
        required=_DEFAULT.required,
        optional=_DEFAULT.optional,
        known=False,
    )
