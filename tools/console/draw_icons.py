"""Draw the icons for a phone's home screen: `python -m tools.console.draw_icons`.

Owns how they look: OpenMoji's robot on the black of the page, within the inner four fifths, since a
phone may cut off the rest of an icon that says it is maskable. Chromium draws them.
"""

import base64
import os
import shutil
import sys
from zipfile import ZipFile

from playwright.sync_api import sync_playwright

from tools.console.vendor_openmoji import TARGET

SIZES = (192, 512)
_ROBOT = "1F916"


def main() -> int:
    """Draw and write them."""
    with ZipFile(TARGET / "openmoji.zip") as archive:
        drawing = base64.b64encode(archive.read(_ROBOT)).decode()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=["--no-sandbox"] if os.geteuid() == 0 else [],
        )
        for size in SIZES:
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(
                "<style>body { margin: 0; background: #000; display: grid; height: 100vh;"
                " place-items: center; } img { width: 90vw; }</style>"
                f'<img alt="" src="data:image/svg+xml;base64,{drawing}">'
            )
            page.screenshot(path=TARGET.parent / f"icon-{size}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
