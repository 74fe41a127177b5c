/** What a worker tells about a job that it works on. */
export interface JobEvent {
  kind: "job";
  id: string;
  what: "begun" | "ended" | "lost" | "given up";
  /** Of one that was given up. */
  why?: string;
}

/** Random deaths spare a worker while it works on a job that was hit this often: a run that never gets a moment of peace proves nothing. */
const mostDeaths = 4;

/** What became of jobs, summed up over all workers of a campaign. */
export interface Ledger {
  /** Jobs that a worker had in work when it died: one death interrupts as many as it had. */
  interrupted: number;
  /** The same for each of them. */
  deathsOf: Map<string, number>;
  /** Locks that ran out although their worker was alive. */
  lost: number;
  /** Jobs that the queue gave up, with the reason. */
  givenUp: string[];
}

/** An empty one. */
export function createLedger(): Ledger {
  return { interrupted: 0, deathsOf: new Map(), lost: 0, givenUp: [] };
}

/** Follows one worker; call `died` when it was killed. */
export function followWorker(ledger: Ledger): {
  hear(event: JobEvent): void;
  died(): void;
  /** True while it works on a job that was hit often enough. */
  isSpared(): boolean;
} {
  const inWork = new Map<string, number>();
  const working = (): string[] => [...inWork].filter(([, count]) => count > 0).map(([job]) => job);
  const deathsOf = (job: string): number => ledger.deathsOf.get(job) ?? 0;
  return {
    isSpared: () => working().some((job) => deathsOf(job) >= mostDeaths),
    hear({ id, what, why = "" }) {
      if (what === "begun") inWork.set(id, (inWork.get(id) ?? 0) + 1);
      if (what === "ended") inWork.set(id, (inWork.get(id) ?? 0) - 1);
      if (what === "lost") ledger.lost += 1;
      if (what === "given up") ledger.givenUp.push(`${id}: ${why}`);
    },
    died() {
      const jobs = working();
      ledger.interrupted += jobs.length;
      for (const job of jobs) ledger.deathsOf.set(job, deathsOf(job) + 1);
    },
  };
}
