from __future__ import annotations

import gc
import os
from collections.abc import Iterator

import pytest
from office import Office, missing

# Workbooks opened in the tests are trees of many small objects that live long: looked through as
# often as by default, the search for cycles among them is an eighth of all the time.
gc.set_threshold(100_000, 50, 100)

#: The files that take longest are begun first: a worker that comes to one last works alone.
LONGEST = (
    "test_faults",
    "test_deciding",
    "test_desk_bad_input",
    "test_check_examples",
    "test_bounds",
    "test_wheel",
    "test_second_run",
    "test_verify",
    "test_desk_refresh",
    "test_choices",
    "test_desk_office",
    "test_rules_office",
    "test_templates_command",
    "test_office_round",
    "test_summary",
    "test_hostile_text",
    "test_papers_office",
    "test_summary_pages",
    "test_garbled_forms",
)


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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest files first; within a file nothing changes its place."""
    place = {name: at for at, name in enumerate(LONGEST)}
    items.sort(key=lambda item: place.get(item.path.stem, len(place)))


def pytest_collection_finish() -> None:
    """Never look for cycles again among what collecting the tests has left."""
    gc.collect()
    gc.freeze()
