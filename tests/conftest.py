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


@pytest.hookimpl(tryfirst=True)  # before xdist looks at the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep a file's tests together, and those of the one LibreOffice, where many processes run."""
    for item in items:
        group = "office" if item.get_closest_marker("office") else item.path.name
        item.add_marker(pytest.mark.xdist_group(group))
