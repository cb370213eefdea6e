"""The browser that prints what a course takes on paper."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, sync_playwright

from course.book import Refused
from tests.conftest import chromium


@contextmanager
def opened() -> Iterator[Browser]:
    """A Chromium without a window: Playwright's own, or the system's.

    Raises:
        Refused: there is none; the message says how to get one.
    """
    with sync_playwright() as playwright:
        try:
            path = chromium(playwright)
        except pytest.fail.Exception as missing:
            raise Refused(str(missing)) from None
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()
