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

# Twenty orders fill a dashboard; a slot has eight entities, and each costs HA memory
# and recorder rows for as long as it exists, hence the upper bound.
DEFAULT_ORDER_SLOTS: Final = 20
MAX_ORDER_SLOTS: Final = 100

# A week shows a finished order to somebody who looks in only at week-ends.
DEFAULT_KEEP_DAYS: Final = 7
MAX_KEEP_DAYS: Final = 365

# No balance is so large in any currency, and up to it a float from a form keeps the cents.
MAX_AMOUNT: Final = 10**12

# The balance moves by our own writes, after which it is read at once, and by top-ups,
# which nobody follows by the second. The strictest published limit is 30 a minute.
BALANCE_INTERVAL: Final = timedelta(minutes=10)

# Nobody minds whether a finished order goes an hour sooner or later.
PRUNE_INTERVAL: Final = timedelta(hours=1)

# Panels advise status every 5 to 10 minutes; right after a write people watch.
WATCHED_INTERVAL: Final = timedelta(minutes=1)
WATCHED_FOR: Final = timedelta(minutes=10)
OPEN_INTERVAL: Final = timedelta(minutes=5)
# An order open for over a day is a slow drip or stuck: minutes no longer matter.
SLOW_AFTER: Final = timedelta(days=1)
SLOW_INTERVAL: Final = timedelta(minutes=30)

# What is learnt of thousands of orders at once is told in pieces, between which Home Assistant
# does what else there is to do. One takes a few milliseconds on a small computer.
EVENTS_IN_A_ROW: Final = 20

# Some panels allow `services` ten times an hour; rates change by the day.
CATALOG_LIFETIME: Final = timedelta(hours=6)
# An order is held against a list that is younger: its rate decides what is spent.
CATALOG_FRESH: Final = timedelta(hours=1)
# A service that is not in the list may be new; asking more often would use up the ten.
CATALOG_RENEWAL: Final = timedelta(minutes=10)

# The services of presets and open orders are watched. Eight lists a day notice a change within
# hours, and leave actions and forms nearly all of the ten an hour.
CATALOG_INTERVAL: Final = timedelta(hours=3)
# How often it is looked whether a list is due; after a failure it is tried again as often.
CATALOG_CHECK_INTERVAL: Final = timedelta(minutes=30)

# Panels take days for a refill; one that says nothing final for so long never will.
REFILL_POLLED_FOR: Final = timedelta(days=30)

# Polls change many orders in one go and none of it is lost for good when HA dies:
# the next poll reads it again. So their save may wait; writes are saved at once.
SAVE_DELAY: Final = 10


ATTR_LINK = "link"


ATTR_SERVICE = "service"
