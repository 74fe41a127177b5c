import type { RunRecord } from "../usecases/runs/run-record.ts";
import type { SlackNotifier } from "./notifier.ts";
import type { Workspaces } from "./workspaces.ts";

/** A notifier that reports each run in the workspace where it was asked for, with that workspace's token. */
export function notifyWithin(
  notifier: SlackNotifier,
  workspaces: Pick<Workspaces, "find" | "within">,
): SlackNotifier {
  // in the order they came in, so that no older state is shown after a newer one
  let updates: Promise<void> = Promise.resolve();
  const within = async <T>(run: RunRecord, work: () => Promise<T>): Promise<T> =>
    await workspaces.within(await workspaces.find(run.requester.workspace), work);
  return {
    open: async (run, reporting) =>
      await within(run, async () => await notifier.open(run, reporting)),
    update(run, assertCurrent) {
      updates = updates
        .then(async () => await within(run, async () => notifier.update(run, assertCurrent)))
        // the end of the run is told by `finish`, which says why nobody could be told
        .catch(() => undefined);
    },
    async finish(run, reporting) {
      await updates;
      await within(run, async () => await notifier.finish(run, reporting));
    },
    ask: async (run, approval, reporting) =>
      await within(run, async () => await notifier.ask(run, approval, reporting)),
    showApproval: async (run, approval) =>
      await within(run, async () => await notifier.showApproval(run, approval)),
    remind: async (run, approval, reporting) =>
      await within(run, async () => await notifier.remind(run, approval, reporting)),
    async reportUndo(run, reporting) {
      await updates;
      await within(run, async () => await notifier.reportUndo?.(run, reporting));
    },
    stop: async () => await notifier.stop(),
  };
}
