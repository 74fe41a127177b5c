/**
 * Milliseconds of processor time that the cheapest of five rounds took: what else the machine does, a garbage
 * collection and the first compilation do not count.
 */
export function leastCpuMs(work: () => unknown): number {
  let least = Infinity;
  for (let round = 0; round < 5; round += 1) {
    const before = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
