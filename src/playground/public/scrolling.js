// Keeping the newest message in sight while nobody scrolls up.

/** How near to the end, in pixels, counts as being there. */
const nearPx = 80;

/**
 * Follows the end of a scrolled list: when messages come, when the pane gets narrower, until the person scrolls up.
 * A last message that is taller than the pane is shown from its beginning.
 */
export function keepAtEnd(scroller) {
  let isFollowing = true;
  let target = 0;
  const settle = () => {
    if (!isFollowing) return;
    target = endOf(scroller);
    scroller.scrollTop = target;
  };
  scroller.addEventListener("scroll", () => {
    isFollowing = scroller.scrollTop >= Math.min(target, endOf(scroller)) - nearPx;
  });
  new ResizeObserver(settle).observe(scroller);
  return {
    settle,
    follow() {
      isFollowing = true;
    },
  };
}

function endOf(scroller) {
  const bottom = scroller.scrollHeight - scroller.clientHeight;
  const last = scroller.querySelector(".messages > :last-child");
  if (last === null) return bottom;
  const lastTop = last.offsetTop - scroller.offsetTop - 8;
  return Math.max(0, Math.min(bottom, lastTop));
}
