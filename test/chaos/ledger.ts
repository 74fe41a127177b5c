/** What a worker tells about a job that it works on. */
export interface JobEvent {
  kind: "job";
  id: string;
  what: "begun" | "ended" | "lost" | "given up";
  /** Of one that was given up. */
  why?: string;
}

/** What became of jobs, summed up over all workers of a campaign. */
export interface Ledger {
  /** Jobs that a worker had in work when it died: one death interrupts as many as it had. */
  interrupted: number;
  /** Locks that ran out although their worker was alive. */
  lost: number;
  /** Jobs that the queue gave up, with the reason. */
  givenUp: string[];
}

/** An empty one. */
export function createLedger(): Ledger {
  return { interrupted: 0, lost: 0, givenUp: [] };
}

/** Follows one worker; call `died` when it was killed. */
export function followWorker(ledger: Ledger): { hear(event: JobEvent): void; died(): void } {
  const inWork = new Map<string, number>();
  return {
    hear({ id, what, why = "" }) {
      if (what === "begun") inWork.set(id, (inWork.get(id) ?? 0) + 1);
      if (what === "ended") inWork.set(id, (inWork.get(id) ?? 0) - 1);
      if (what === "lost") ledger.lost += 1;
      if (what === "given up") ledger.givenUp.push(`${id}: ${why}`);
    },
    died() {
      ledger.interrupted += [...inWork.values()].filter((count) => count > 0).length;
    },
  };
}
