"""Whether the API key is in the log after an order was answered with an HTTP error."""

from collections.abc import AsyncIterator
from http import HTTPStatus
from pathlib import Path
from typing import Final

from .panel import PanelControl
from .plan import Plan
from .results import Row
from .subject_process import running_subject
from .subjects import REST_COMMAND, SMM_PANEL

KEY_LOG: Final = "API key in the log"
HTTP_ERROR: Final = "order answered with an HTTP error"


async def measure_key_log(folder: Path, panel: PanelControl, _plan: Plan) -> AsyncIterator[Row]:
    """Place an order with our integration and with `rest_command`."""
    await panel.control(services=1)
    for name in (SMM_PANEL, REST_COMMAND):
        async with running_subject(name, folder / f"key-{name}", panel.url) as subject:
            if name == SMM_PANEL:
                await subject.do("connect")
                # Read the service list now, so that the order fails and not this read.
                await subject.do("search", text="followers")
            await panel.control(http_status=HTTPStatus.BAD_REQUEST)
            is_there: bool = await subject.do("order")
            await panel.control(http_status=HTTPStatus.OK)
        yield Row(
            part=KEY_LOG,
            subject=name,
            case=HTTP_ERROR,
            orders=1,
            figures={"key_in_log": float(is_there)},
        )
