"""Which fields an order needs, by service type (wire notes, section 2: parameters of `add`)."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceType:
    """What an order of one service type takes.

    `lines` names the list whose number of lines is the quantity; `per_order` means `Service.rate` is the price of one order,
    not of 1000. A type that is not `known` takes the fields of Default, and any further field through `OrderRequest.extra`.
    """

    name: str
    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    lines: str | None = None
    per_order: bool = False
    known: bool = True

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields the type takes, in the order of a form."""
        return self.required + self.optional


_DRIP_FEED = ("runs", "interval")

SERVICE_TYPES: tuple[ServiceType, ...] = (
    ServiceType(name="Default", required=("link", "quantity"), optional=_DRIP_FEED),
    ServiceType(name="Package", required=("link",), per_order=True),
    ServiceType(name="Custom Comments", required=("link", "comments"), lines="comments"),
    ServiceType(name="Custom Comments Package", required=("link", "comments"), lines="comments", per_order=True),
    ServiceType(name="Mentions", required=("link", "quantity", "usernames")),
    ServiceType(name="Mentions with Hashtags", required=("link", "quantity", "usernames", "hashtags")),
    ServiceType(name="Mentions Custom List", required=("link", "usernames"), lines="usernames"),
    ServiceType(name="Mentions Hashtag", required=("link", "quantity", "hashtag")),
    ServiceType(name="Mentions User Followers", required=("link", "quantity", "username")),
    ServiceType(name="Mentions Media Likers", required=("link", "quantity", "media")),
    ServiceType(name="Comment Likes", required=("link", "quantity", "username")),
    ServiceType(name="Comment Replies", required=("link", "username", "comments"), lines="comments"),
    ServiceType(name="Poll", required=("link", "quantity", "answer_number")),
    ServiceType(name="Invites from Groups", required=("link", "quantity", "groups")),
    ServiceType(name="SEO", required=("link", "quantity", "keywords")),
    ServiceType(
        name="Subscriptions",
        required=("username", "min", "max", "delay"),
        optional=("posts", "old_posts", "expiry"),
    ),
    ServiceType(
        name="Web Traffic",
        required=("link", "quantity", "country", "device", "type_of_traffic"),
        optional=(*_DRIP_FEED, "google_keyword", "referring_url"),
    ),
    ServiceType(name="Likes spread", required=("username", "min", "max", "old_posts")),
)


def _fold(name: str) -> str:
    """`Custom_comments`, `custom-comments` and "Custom Comments " are one type."""
    return re.sub(r"[\s_-]+", " ", name).strip().lower()


_BY_NAME = {_fold(service_type.name): service_type for service_type in SERVICE_TYPES}
_DEFAULT = _BY_NAME["default"]


def service_type(name: str) -> ServiceType:
    """Find a type by its name however the panel spells it; a blank name is Default, an unknown one takes Default's fields."""
    folded = _fold(name)
    if not folded:
        return _DEFAULT
    return _BY_NAME.get(folded) or ServiceType(
        name=name.strip(),
        required=_DEFAULT.required,
        optional=_DEFAULT.optional,
        known=False,
    )
