/**
 * Finds groups of nodes that reach each other (strongly connected components of two or more, or a node that names itself),
 * each once. Iterative, linear in nodes and edges (Tarjan's algorithm). Yields now and then, so that the caller can let
 * others work.
 */
export function* findCycles(
  nodes: Iterable<string>,
  targetsOf: (node: string) => readonly string[],
): Generator<undefined, string[][]> {
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const onStack = new Set<string>();
  const stack: string[] = [];
  const cycles: string[][] = [];

  const enter = (node: string) => {
    order.set(node, order.size);
    lowest.set(node, order.size - 1);
    stack.push(node);
    onStack.add(node);
    return { node, targets: targetsOf(node), next: 0 };
  };
  const lower = (node: string, value: number | undefined) => {
    lowest.set(node, Math.min(lowest.get(node) ?? 0, value ?? 0));
  };
  const leave = (node: string) => {
    if (lowest.get(node) !== order.get(node)) return;
    const members = stack.splice(stack.lastIndexOf(node));
    for (const member of members) onStack.delete(member);
    if (members.length > 1 || targetsOf(node).includes(node)) cycles.push(members);
  };

  let steps = 0;
  for (const start of nodes) {
    if (order.has(start)) continue;
    const work = [enter(start)];
    for (let frame = work.at(-1); frame !== undefined; frame = work.at(-1)) {
      const target = frame.targets[frame.next];
      frame.next += 1;
      steps += 1;
      if (steps % 500 === 0) yield;
      if (target === undefined) {
        leave(frame.node);
        work.pop();
        const parent = work.at(-1);
        if (parent !== undefined) lower(parent.node, lowest.get(frame.node));
      } else if (!order.has(target)) work.push(enter(target));
      else if (onStack.has(target)) lower(frame.node, order.get(target));
    }
  }
  return cycles;
}

/** The shortest way from a member of a cycle back to itself, the first node repeated at the end. */
export function shortestCycle(
  start: string,
  members: ReadonlySet<string>,
  targetsOf: (node: string) => readonly string[],
): string[] {
  const cameFrom = new Map<string, string>();
  const queue = [start];
  for (const node of queue) {
    for (const target of targetsOf(node)) {
      if (target === start) {
        const way = [start];
        for (let at: string | undefined = node; at !== undefined && at !== start;) {
          way.push(at);
          at = cameFrom.get(at);
        }
        return [...way, start].toReversed();
      }
      if (members.has(target) && !cameFrom.has(target)) {
        cameFrom.set(target, node);
        queue.push(target);
      }
    }
  }
  return [start, start];
}
