"""Time the live figures: how long each takes to start, and to answer a control."""

# The work that one change causes: its handler, and the drawing and layout in the next frame.
ANSWER = """
async (figure) => {
  const inputs = [...figure.querySelectorAll('.controls :is([type=range], [type=radio])')];
  const now = () => performance.now();
  const times = [];
  for (let i = 0; i < 30 && inputs.length; i++) {
    const input = inputs[i % inputs.length];
    if (input.type === 'radio') input.checked = true;
    else input.value = Number(input.min) + Math.abs(Math.sin(i)) * (input.max - input.min);
    times.push(await new Promise((resolve) => {
      let drawing = 0;
      requestAnimationFrame(() => (drawing = now()));
      const before = now();
      input.dispatchEvent(new Event('input', { bubbles: true }));
      const handled = now() - before;
      requestAnimationFrame(() => {
        figure.getBoundingClientRect(); // asks for the layout
        resolve(handled + now() - drawing);
      });
    }));
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}
"""
START = "(name) => Math.max(...performance.getEntriesByName(name).map((m) => m.duration))"


def wake(figure):
    """Bring a figure near the screen, where it starts; return it once it lives."""
    alive = figure.and_(figure.page.locator("[data-live]"))
    for _ in range(100):  # what comes near is laid out first, and may push the figure away again
        figure.scroll_into_view_if_needed()
        if alive.count():
            break
        figure.page.wait_for_timeout(50)
    figure.scroll_into_view_if_needed()
    return figure


def time_figures(page, address):
    """Open the address; return for each live figure its name, and both times in milliseconds.

    The start is measured by the page's own host of the figures; the answer is the median of 30.
    """
    page.goto(address, wait_until="networkidle")
    times = []
    for figure in page.locator(".live-figure").all():
        name = figure.get_attribute("data-figure")
        wake(figure)
        start = page.evaluate(START, f"start {name}")
        times.append((name, start, figure.evaluate(ANSWER)))
    return times
