"""What is wrong with how the page looks, as scripts that run in it: each gives a list, empty when nothing is."""

from playwright.async_api import Page

SETTLES_MS = 500

# The controls that lie over another one, and what is written in less than 4.5 times the light of its ground (WCAG 2.2, 1.4.3).
OVERLAPS = """() => {
  const sheet = document.querySelector("dialog[open]");
  const seen = [...(sheet ?? document).querySelectorAll(
    ".chat-head > *, .composer > *, .clock-buttons > *, .clock-face > output, .lesson li, .lesson > button, .begin > *, .views > *, .phones li, .brand > *, .try > *, .line, .sheet header *, .sheet h3")]
    .filter((one) => one.checkVisibility() && (sheet || !one.closest("dialog"))).map((one) => [one, one.getBoundingClientRect()]);
  return seen.flatMap(([one, a], index) => seen.slice(index + 1).filter(([other, b]) => !one.contains(other) && clips(one) === clips(other)
    && a.left + 1 < b.right && b.left + 1 < a.right && a.top + 1 < b.bottom && b.top + 1 < a.bottom)
    .map(([other]) => `${one.id || one.textContent} and ${other.id || other.textContent}`));
  function clips(one) { return one.closest(".phones, .clock, .sheet-body, .messages"); }  // what scrolls away under something is not over it
}"""
FAINT = """() => {
  const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, index) => sum + part * [0.2126, 0.7152, 0.0722][index], 0);
  const ground = (one) => {
    const own = getComputedStyle(one).backgroundColor;
    return own === "rgba(0, 0, 0, 0)" ? ground(one.parentElement) : own;
  };
  return [...document.querySelectorAll(".bubble .text, .phones .who, .chat-who strong, .lesson li, .lesson button, .clock-buttons #clock-day, .begin button, .reply-keyboard button, #text, .views button, .language, .line span, .line strong, .line time, .acts kbd, .try strong, .sheet header p, .sheet h3 .role")]
    .filter((one) => one.checkVisibility())
    .filter((one) => {
      const [low, high] = [light(getComputedStyle(one).color), light(ground(one))].sort((a, b) => a - b);
      return (high + 0.05) / (low + 0.05) < 4.5;
    }).map((one) => one.textContent);
}"""
# Buttons whose words are cut, and what is wider than the screen.
CUT = """() => [...document.querySelectorAll(".inline-button, .clock-buttons button, .lesson-button, .lesson li, .views span, .line, html")]
  .filter((one) => one.checkVisibility() && one.scrollWidth > one.clientWidth).map((one) => one.id || one.textContent || one.tagName)"""


async def wrong_looks(page: Page) -> list[str]:
    """What overlaps, is faint or cut, by day and by night; the page is by day afterwards."""
    found = await _look(page)
    if found:  # a browser that has much to do lays the page out anew a little after its window changed
        await page.wait_for_timeout(SETTLES_MS)
        found = await _look(page)
    return found


async def _look(page: Page) -> list[str]:
    found = []
    for scheme in ("dark", "light"):
        await page.emulate_media(color_scheme=scheme)
        for what, script in (("overlap", OVERLAPS), ("faint", FAINT), ("cut", CUT)):
            found += [f"{what}, {scheme}: {one}" for one in await page.evaluate(script)]
    return found
