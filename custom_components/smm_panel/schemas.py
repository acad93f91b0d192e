"""The schemas of the actions, which normalize what users enter.

An invalid field of an order passes unchanged: `OrderRequest` then reports which field is wrong
and why, in a translated error. The messages of a schema are not translated.
"""

from typing import Any

from homeassistant.const import ATTR_CONFIG_ENTRY_ID
from homeassistant.helpers import config_validation as cv
import voluptuous as vol

from .const import ATTR_SERVICE
from .validation import ORDER_FIELDS, as_whole_number, ids, price, service_id

ATTR_ALLOW_DUPLICATE = "allow_duplicate"
ATTR_CATEGORY = "category"
ATTR_DRY_RUN = "dry_run"
ATTR_LIMIT = "limit"
ATTR_MAX_CHARGE = "max_charge"
ATTR_MAX_RATE = "max_rate"
ATTR_ORDERS = "orders"
ATTR_PRESET = "preset"
ATTR_REFILLS = "refills"
ATTR_SEARCH = "search"
ATTR_STATUS = "status"
ATTR_TYPE = "type"

# The default fills a screen; the maximum is what a user can read and a template can process.
DEFAULT_LIMIT = 50
MAX_LIMIT = 500

# The boolean fields of an order in an answer by which orders can be selected.
STATUS_FILTERS = ("open", "final", "needs_attention")


ACCOUNT_FIELD: dict[vol.Marker, Any] = {vol.Optional(ATTR_CONFIG_ENTRY_ID): cv.string}

GET_BALANCE_SCHEMA = vol.Schema(ACCOUNT_FIELD)

GET_SERVICES_SCHEMA = vol.Schema(
    {
        **ACCOUNT_FIELD,
        vol.Optional(ATTR_SEARCH, default=""): cv.string,
        vol.Optional(ATTR_CATEGORY, default=""): cv.string,
        vol.Optional(ATTR_TYPE, default=""): cv.string,
        vol.Optional(ATTR_MAX_RATE): price,
        vol.Optional(ATTR_LIMIT, default=DEFAULT_LIMIT): vol.All(
            as_whole_number, int, vol.Range(min=1, max=MAX_LIMIT)
        ),
    }
)


PLACE_ORDER_SCHEMA = vol.Schema(
    {
        **ACCOUNT_FIELD,
        vol.Optional(ATTR_SERVICE, default=""): service_id,
        vol.Optional(ATTR_PRESET): cv.string,
        **ORDER_FIELDS,
        vol.Optional(ATTR_MAX_CHARGE): price,
        vol.Optional(ATTR_MAX_RATE): price,
        vol.Optional(ATTR_ALLOW_DUPLICATE, default=False): cv.boolean,
        vol.Optional(ATTR_DRY_RUN, default=False): cv.boolean,
    }
)

ORDERS_SCHEMA = vol.Schema({**ACCOUNT_FIELD, vol.Required(ATTR_ORDERS): ids})

GET_ORDERS_SCHEMA = vol.Schema(
    {
        **ACCOUNT_FIELD,
        vol.Optional(ATTR_ORDERS): ids,
        vol.Optional(ATTR_STATUS): vol.All(cv.ensure_list, [vol.In(STATUS_FILTERS)]),
    }
)

GET_REFILL_STATUS_SCHEMA = vol.Schema(
    {
        **ACCOUNT_FIELD,
        vol.Optional(ATTR_REFILLS, default=list): ids,
        vol.Optional(ATTR_ORDERS, default=list): ids,
    }
)
