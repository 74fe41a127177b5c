/** Enough to keep the few threads that do file work busy, few enough to hold in memory. */
const chunkSize = 16;

/** Maps with several at a time, in order; the first failure is thrown once its chunk has ended. */
export async function mapInChunks<T, R>(
  items: readonly T[],
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (let at = 0; at < items.length; at += chunkSize) {
    const settled = await Promise.allSettled(items.slice(at, at + chunkSize).map(work));
    for (const one of settled) {
      if (one.status === "rejected") throw one.reason;
      results.push(one.value);
    }
  }
  return results;
}
