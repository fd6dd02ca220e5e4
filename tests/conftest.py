from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from office import Office, missing

# Workbooks opened in the tests are trees of many small objects that live long: looked through as
# often as by default, the search for cycles among them is an eighth of all the time.
gc.set_threshold(100_000, 50, 100)


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


def pytest_collection_finish() -> None:
    """Never look for cycles again among what collecting the tests has left."""
    gc.collect()
    gc.freeze()
