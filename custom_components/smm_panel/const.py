"""Constants of the SMM Panel integration."""

from datetime import timedelta
import logging
from typing import Final

DOMAIN: Final = "smm_panel"
LOGGER = logging.getLogger(__package__)

DEFAULT_URL: Final = "https://smmprovider.co/api/v2"

CONF_PRACTICE: Final = "practice"
CONF_ORDER_SLOTS: Final = "order_slots"
CONF_KEEP_DAYS: Final = "keep_days"
CONF_MAX_CHARGE: Final = "max_charge"
CONF_DAILY_BUDGET: Final = "daily_budget"
CONF_KEEP_BALANCE: Final = "keep_balance"

# Twenty orders fill a dashboard. The maximum is there because a slot has eight entities, and each
# takes memory and recorder rows for as long as it exists.
DEFAULT_ORDER_SLOTS: Final = 20
MAX_ORDER_SLOTS: Final = 100

# A week, so that a user who looks only at weekends sees a finished order. The maximum is there
# because every kept order takes memory.
DEFAULT_KEEP_DAYS: Final = 7
MAX_KEEP_DAYS: Final = 365

# More than any balance in any currency; up to this amount a float from a form keeps the cents.
MAX_AMOUNT: Final = 10**12

# The balance changes by our own operations, after which it is read at once, and by top-ups, which
# need not be shown within seconds. The strictest published limit is 30 requests a minute.
BALANCE_INTERVAL: Final = timedelta(minutes=10)

# A finished order may be removed up to an hour late.
PRUNE_INTERVAL: Final = timedelta(hours=1)

# Users watch their orders right after an operation.
WATCHED_INTERVAL: Final = timedelta(minutes=1)
WATCHED_FOR: Final = timedelta(minutes=10)
# Panels advise reading the status every 5 to 10 minutes.
OPEN_INTERVAL: Final = timedelta(minutes=5)
# An order that is open for over a day is delivered slowly or stuck: minutes do not matter.
SLOW_AFTER: Final = timedelta(days=1)
SLOW_INTERVAL: Final = timedelta(minutes=30)

# Fire at most this many order events in a row, then yield to the event loop: a poll may change
# thousands of orders. Twenty events take a few milliseconds on a small computer.
EVENTS_IN_A_ROW: Final = 20

# The age up to which the service list is reused: rates change daily, and some panels allow
# `services` only ten times an hour.
CATALOG_LIFETIME: Final = timedelta(hours=6)
# The same for placing an order, because the rate decides what is spent.
CATALOG_FRESH: Final = timedelta(hours=1)
# The same for a service that is not in the list, because it may be new. Reading the list more
# often would use up the ten requests.
CATALOG_RENEWAL: Final = timedelta(minutes=10)

# How often the list is read to watch the services of presets and open orders: eight lists a day
# show a change within hours, and leave nearly all of the ten requests an hour to actions and forms.
CATALOG_INTERVAL: Final = timedelta(hours=3)
# How often the age of the list is checked, and how long after a failure it is read again.
CATALOG_CHECK_INTERVAL: Final = timedelta(minutes=30)

# Panels take days for a refill; one without a final status for so long never gets one.
REFILL_POLLED_FOR: Final = timedelta(days=30)

# In seconds. A poll may change many orders at once, and after a crash the next poll reads them
# again, so their save may wait. Changes by operations are saved at once.
SAVE_DELAY: Final = 10

ATTR_LINK = "link"
ATTR_SERVICE = "service"
