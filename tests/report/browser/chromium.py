"""A real headless Chromium that opens a page from a file, and says what it met."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from axe_core_python.selenium import Axe
from selenium.webdriver import Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.wait import WebDriverWait

BROWSER, DRIVER = "/usr/bin/chromium", "/usr/bin/chromedriver"
SECONDS = 60
"""That something in the page may take before the test gives up."""
_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], "resultTypes": ["violations"]}
_CONTEXT = {"include": [["html"]], "exclude": [[".still"]]}
_SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
)
_DRAW = """
const done = arguments[arguments.length - 1];
for (const details of document.querySelectorAll("details")) details.open = true;
const plates = [...document.querySelectorAll("[data-figure]")];
const next = () => {
  const plate = plates.find((each) => !each.dataset.drawn);
  if (!plate) return done(plates.map((each) => each.dataset.figure));
  plate.scrollIntoView();
  setTimeout(next, 50);
};
next();
"""


class Page:
    """An open page."""

    def __init__(self, driver: Chrome, path: Path) -> None:
        self.driver, self.path = driver, path

    def run(self, script: str, *arguments: Any) -> Any:
        """What a script of the page returns."""
        return self.driver.execute_script(script, *arguments)

    def draw_all(self) -> list[str]:
        """The names of the figures, once all are drawn: each is scrolled to, as a reader would."""
        found: list[str] = self.driver.execute_async_script(_DRAW)
        return found

    def wait(self, condition: str) -> None:
        """Until an expression of the page's language is true."""
        WebDriverWait(self.driver, SECONDS).until(lambda _: self.run(f"return Boolean({condition})"))

    def text(self, selector: str) -> str:
        """The text of the first element that matches."""
        return str(self.run("return document.querySelector(arguments[0]).textContent", selector))

    def texts(self, selector: str) -> list[str]:
        """The texts of all elements that match."""
        script = "return [...document.querySelectorAll(arguments[0])].map((each) => each.textContent)"
        return [str(text) for text in self.run(script, selector)]

    def click(self, selector: str) -> None:
        """A click on the first element that matches, as a pointer makes it."""
        element = self.driver.find_element(By.CSS_SELECTOR, selector)
        self.run("arguments[0].scrollIntoView({ block: 'center' })", element)
        element.click()

    def type(self, selector: str, text: str) -> None:
        """Type into an empty field."""
        element = self.driver.find_element(By.CSS_SELECTOR, selector)
        element.clear()
        element.send_keys(text)

    def complaints(self) -> list[str]:
        """What stands in the console: warnings and errors."""
        return [entry["message"] for entry in self.driver.get_log("browser")]  # type: ignore[no-untyped-call]

    def requests(self) -> list[str]:
        """Every address that was asked for but the page's own."""
        entries = self.driver.get_log("performance")  # type: ignore[no-untyped-call]
        found = [json.loads(entry["message"])["message"] for entry in entries]
        asked = [e["params"]["request"]["url"] for e in found if e["method"] == "Network.requestWillBeSent"]
        return [url for url in asked if url.partition("#")[0] != self.path.as_uri() and url[:5] != "data:"]

    def violations(self) -> list[str]:
        """The serious and critical ones that axe-core finds, with the elements."""
        found = Axe().run(self.driver, context=_CONTEXT, options=_RULES)["violations"]
        return [
            f"{each['id']}: {each['help']}: {[node['html'][:200] for node in each['nodes'][:3]]}"
            for each in found
            if each["impact"] in ("serious", "critical")
        ]


@contextmanager
def opened(path: Path, width: int = 1400, *, dark: bool = False) -> Iterator[Page]:
    """The page of a file in a window of this width, in the reader's colours."""
    options = ChromeOptions()
    options.binary_location = BROWSER
    for switch in (*_SWITCHES, f"--window-size={width},900"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "WARNING", "performance": "ALL"})
    driver = Chrome(options=options, service=Service(DRIVER))
    try:
        driver.set_script_timeout(SECONDS)
        size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        media = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": media})
        driver.get(path.as_uri())
        yield Page(driver, path)
    finally:
        driver.quit()
