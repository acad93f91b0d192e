"""Serve a simulated panel: scripts/panel."""

from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser, ArgumentTypeError, Namespace
import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
import json
from pathlib import Path
from random import Random
import signal
import sys

from custom_components.smm_panel.simulator import Odds, SimulatedAnswer, SimulatedPanel
from custom_components.smm_panel.simulator.faults import Delay
from custom_components.smm_panel.simulator.server import PanelServer

DEFAULT_KEY = "simulated-panel-key"
DEFAULT_PORT = 8480


class SavedPanel:
    """A simulated panel that saves its state before it answers a request that changed it."""

    def __init__(self, panel: SimulatedPanel, state: Path) -> None:
        self._panel = panel
        self._state = state
        self._saved = panel.revision

    def handle(self, form: Mapping[str, str]) -> SimulatedAnswer:
        """Process one request; save the state if it changed, then return the answer."""
        answer = self._panel.handle(form)
        if self._panel.revision != self._saved:
            self._save()
            self._saved = self._panel.revision
        return answer

    def _save(self) -> None:
        new = self._state.with_name(f"{self._state.name}.new")
        new.write_text(json.dumps(self._panel.as_dict()))
        new.replace(self._state)


def main() -> None:
    """Run until Ctrl-C or SIGTERM."""
    options = _options()
    try:
        asyncio.run(_serve(options))
    except (OSError, ValueError) as err:  # the port is in use, or the state file is invalid
        sys.exit(f"scripts/panel: {err}")


async def _serve(options: Namespace) -> None:
    panel = _panel(options)
    served = panel if options.state is None else SavedPanel(panel, options.state)
    async with PanelServer(served, port=options.port) as server:
        if options.latency:
            server.faults.add(Delay(seconds=options.latency), times=None)
        print(f"Simulated panel: {server.url}")
        print(f"API key:         {options.key}", flush=True)
        await _interrupted()


def _panel(options: Namespace) -> SimulatedPanel:
    random = Random()  # noqa: S311  # not for keys
    odds = Odds(partial=0, canceled=0, refill_rejected=0) if options.no_mishaps else Odds()
    if options.state is not None and options.state.exists():
        return SimulatedPanel.from_dict(
            json.loads(options.state.read_text()),
            clock=_now,
            random=random,
            speed=options.speed,
            odds=odds,
            api_key=options.key,
        )
    return SimulatedPanel(
        clock=_now,
        random=random,
        balance=options.balance,
        speed=options.speed,
        odds=odds,
        api_key=options.key,
    )


def _now() -> datetime:
    return datetime.now(UTC)


async def _interrupted() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await stop.wait()


def _options() -> Namespace:
    parser = ArgumentParser(
        prog="scripts/panel",
        description="Serve a simulated SMM panel (API v2) on 127.0.0.1.",
        formatter_class=ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--port", type=_port, default=DEFAULT_PORT, help="port to listen on, 0 for a free one")
    add("--key", default=DEFAULT_KEY, help="API key to ask for")
    add("--speed", type=_above_zero, default=1.0, help="60 makes seconds of an order's minutes")
    add("--balance", type=_money, default=Decimal(100), help="balance of a new account, in USD")
    add("--latency", type=_seconds, default=0.0, help="seconds to wait before each answer")
    add("--no-mishaps", action="store_true", help="deliver every order in full")
    add("--state", type=Path, help="file that keeps the account over restarts")
    return parser.parse_args()


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) >= 2**16:
        raise ArgumentTypeError("must be between 0 and 65535")
    return int(text)


def _above_zero(text: str) -> float:
    number = _seconds(text)
    if not number:
        raise ArgumentTypeError("must be above 0")
    return number


def _seconds(text: str) -> float:
    try:
        number = float(text)
    except ValueError as err:
        raise ArgumentTypeError(f"{text!r} is not a number") from err
    if not 0 <= number < float("inf"):
        raise ArgumentTypeError("must be 0 or more")
    return number


def _money(text: str) -> Decimal:
    try:
        amount = Decimal(text)
    except InvalidOperation as err:
        raise ArgumentTypeError(f"{text!r} is not an amount") from err
    if not amount.is_finite():
        raise ArgumentTypeError("must be a finite amount")
    return amount


if __name__ == "__main__":
    main()
