/** How long we work before others get their turn. */
const sliceMs = 10;

/** A function that lets the event loop turn when we have worked for a while, and else returns at once. */
export function createPause(): () => Promise<void> {
  let startedMs = performance.now();
  return async () => {
    if (performance.now() - startedMs < sliceMs) return;
    await new Promise((resolve) => setImmediate(resolve));
    startedMs = performance.now();
  };
}
