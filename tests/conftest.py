"""What all tests share."""

# First of all imports: Home Assistant's test plugin brings a package of this name too,
# and the loader looks for integrations in the one that was imported first.
import custom_components  # noqa: F401, I001 (imported for its effect, before the rest)

import pytest


@pytest.fixture(autouse=True)
def custom_integrations(request: pytest.FixtureRequest) -> None:
    """Let Home Assistant find our integration in every test that runs one.

    Tests without Home Assistant (the API client, the simulator) are left alone:
    starting one for them would only cost time.
    """
    if "hass" not in request.fixturenames:
        return
    if "recorder_mock" in request.fixturenames:
        request.getfixturevalue("recorder_mock")  # must exist before hass does
    request.getfixturevalue("enable_custom_integrations")
