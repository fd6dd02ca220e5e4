from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from office import Office, missing


@pytest.fixture(scope="session")
def office() -> Iterator[Office]:
    """Give one LibreOffice to all tests; without it they are skipped, on CI they fail."""
    reason = missing()
    if reason and os.environ.get("CI"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    running = Office()
    yield running
    running.close()
