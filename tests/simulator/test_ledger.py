"""Money: what was charged, less what was given back, is what is gone from the balance."""

from datetime import timedelta
from decimal import Decimal
from random import Random

from hypothesis import settings, strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
import pytest

from custom_components.smm_panel.simulator import Odds
from tests.helpers.simulated_orders import FIELDS, LINK, Panel, make_panel

FUNDS = Decimal(20)
KINDS = st.sampled_from(sorted(FIELDS))


class Account(RuleBasedStateMachine):
    """Any mixture of adds, cancels, refills and time."""

    panel: Panel
    placed: list[str]

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.panel = make_panel(
            seed=seed, balance=FUNDS, odds=Odds(partial=0.3, canceled=0.2, refill_rejected=0.5)
        )
        self.placed = []

    def _form(self, kind: str) -> dict[str, str]:
        name = f"{len(self.placed)}"
        own = {"username": name} if kind == "Subscriptions" else {"link": f"{LINK}/{name}"}
        services = self.panel.services.values()
        service = next(service for service in services if service.type == kind)
        return FIELDS[kind] | own | {"service": str(service.service)}

    def _add(self, form: dict[str, str]) -> None:
        before = self.panel.balance
        added = self.panel.ask("add", **form)
        if "error" in added:
            assert added == {"error": "Not enough funds on balance"}
            assert self.panel.balance == before
        else:
            self.placed.append(str(added["order"]))

    @rule(kind=KINDS)
    def add(self, kind: str) -> None:
        self._add(self._form(kind))

    @rule(runs=st.integers(2, 5), interval=st.integers(1, 90))
    def add_drip_feed(self, runs: int, interval: int) -> None:
        self._add(self._form("Default") | {"runs": str(runs), "interval": str(interval)})

    @rule(posts=st.integers(1, 5), old_posts=st.integers(0, 3))
    def add_subscription(self, posts: int, old_posts: int) -> None:
        fields = {"posts": str(posts), "old_posts": str(old_posts)}
        self._add(self._form("Subscriptions") | fields)

    @rule(minutes=st.floats(0, 60))
    def wait(self, minutes: float) -> None:
        self.panel.clock.now += timedelta(minutes=minutes)

    @rule(data=st.data(), action=st.sampled_from(["cancel", "refill"]))
    def ask(self, data: st.DataObject, action: str) -> None:
        everything = self._all_orders()
        if everything:
            chosen = data.draw(st.lists(st.sampled_from(everything), max_size=5))
            before = self.panel.balance
            self.panel.ask(action, orders=",".join(chosen))
            assert self.panel.balance == before  # nothing happens at once

    def _all_orders(self) -> list[str]:
        children = [
            child for order in self.placed for child in self.panel.status(order).get("orders", [])
        ]
        return self.placed + children

    @invariant()
    def what_is_gone_is_what_was_charged(self) -> None:
        charges = Decimal(0)
        for order in self._all_orders():
            status = self.panel.status(order)
            if "charge" in status:
                charges += Decimal(status["charge"])
            elif "runs" in status and status["status"] == "Active":
                runs_to_come = self._runs(order) - int(status["runs"])
                charges += runs_to_come * Decimal("0.90000")
        assert self.panel.balance == FUNDS - charges

    def _runs(self, order: str) -> int:
        return int(self.panel.orders[int(order)].as_dict()["runs"])

    @invariant()
    def a_restart_changes_nothing(self) -> None:
        restored = Panel.from_dict(
            self.panel.as_dict(),
            clock=self.panel.clock,
            random=Random(1),  # drawing fates, not keys
        )
        assert restored.balance == self.panel.balance
        orders = self._all_orders()
        for first in range(0, len(orders), 100):
            requested = ",".join(orders[first : first + 100])
            assert restored.ask("status", orders=requested) == self.panel.ask(
                "status", orders=requested
            )


TestAccount = pytest.mark.long("money in random sequences of requests")(Account.TestCase)
TestAccount.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
