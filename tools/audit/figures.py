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


def time_figures(page, address):
    """Open the address; return for each live figure its name, and both times in milliseconds.

    The start is measured by the page's own host of the figures; the answer is the median of 30.
    """
    page.goto(address, wait_until="networkidle")
    starts = page.evaluate(
        "performance.getEntriesByType('measure').map((m) => [m.name, m.duration])"
        ".filter(([name]) => name.startsWith('start '))"
    )
    figures = page.locator(".live-figure[data-live]")
    names = figures.evaluate_all("(all) => all.map((figure) => figure.dataset.figure)")
    times = []
    for i, name in enumerate(names):
        start = max(ms for entry, ms in starts if entry == f"start {name}")
        figures.nth(i).scroll_into_view_if_needed()
        times.append((name, start, figures.nth(i).evaluate(ANSWER)))
    return times
