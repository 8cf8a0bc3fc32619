"""Weigh a page: what travels before the reader scrolls, who is asked, and what moves meanwhile."""

from urllib.parse import urlsplit

from .browser import is_foreign

# A phone network on a fair day: slow enough that a late font or picture shows as a shift.
NETWORK = {"offline": False, "latency": 100, "downloadThroughput": 1e6, "uploadThroughput": 1e6}
# Gathers the layout shifts that no reader's own action caused.
WATCH_SHIFTS = """
window.shifts = [];
new PerformanceObserver((list) => {
  for (const shift of list.getEntries()) {
    if (!shift.hadRecentInput) {
      const moved = shift.sources.map(({ node }) => node?.className || node?.nodeName);
      window.shifts.push({ value: shift.value, moved: moved.join(', ') });
    }
  }
}).observe({ type: 'layout-shift', buffered: true });
"""


def visit(page, address):
    """Open the address over a slow network and wait until nothing more is asked for.

    Returns the bytes that travelled, with headers and as compressed, the number of requests, the
    foreign hosts among them, the sum of the layout shifts, and what moved. A second visit by the
    same page finds in the browser's cache what the first one brought.
    """
    answers, asked = [], []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", NETWORK)
    session.on("Network.loadingFinished", lambda event: answers.append(event["encodedDataLength"]))
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(WATCH_SHIFTS)
    page.goto(address, wait_until="networkidle", timeout=60_000)
    shifts = page.evaluate("window.shifts")
    session.detach()
    travelled = [length for length in answers if length > 0]  # the rest was in the cache
    return {
        "bytes": sum(travelled),
        "requests": len(travelled),
        "foreign": sorted({urlsplit(url).netloc for url in asked if is_foreign(url, address)}),
        "shift": sum(shift["value"] for shift in shifts),
        "moved": [f"{shift['value']:.4f} {shift['moved']}" for shift in shifts],
    }
