import { ForbiddenError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import type { RunRequester } from "../runs/run-record.ts";
import type { RunService } from "../services.ts";
import type { AuditService } from "./audit-service.ts";

type Noting = <T>(
  what: string,
  by: RunRequester,
  about: JsonObject,
  work: () => Promise<T>,
) => Promise<T>;

/** A run service that takes into the audit log what people wanted and may not do. */
export function withRefusals(service: RunService, audit: AuditService): RunService {
  const noting: Noting = async (what, by, about, work) => {
    try {
      return await work();
    } catch (thrown) {
      if (thrown instanceof ForbiddenError) {
        const details = { what, code: thrown.code, why: thrown.message };
        await audit.note({ type: "refused", by, about, details });
      }
      throw thrown;
    }
  };
  return {
    ...service,
    start: async (request) =>
      await noting(
        "start",
        request.requester,
        { template: request.templateRef },
        async () => await service.start(request),
      ),
    retry: async (run, by, secrets) =>
      await noting("retry", by, { run }, async () => await service.retry(run, by, secrets)),
    cancel: async (run, by) =>
      await noting("cancel", by, { run }, async () => await service.cancel(run, by)),
    ...undoOf(service, noting),
    ...(service.decide === undefined
      ? {}
      : {
          decide: async (request) =>
            await noting(request.verdict, request.by, { run: request.runId }, async () => {
              if (service.decide === undefined) throw new Error("approvals are not decided here");
              return await service.decide(request);
            }),
        }),
  };
}

/** Taking back, where the service can. */
function undoOf(service: RunService, noting: Noting): Pick<RunService, "undo" | "undoPlan"> {
  if (service.undo === undefined || service.undoPlan === undefined) return {};
  return {
    undo: async (run, by) =>
      await noting("undo", by, { run }, async () => await required(service.undo?.(run, by))),
    undoPlan: async (run, by) =>
      await noting("undo", by, { run }, async () => (await service.undoPlan?.(run, by)) ?? []),
  };
}

async function required<T>(work: Promise<T> | undefined): Promise<T> {
  if (work === undefined) throw new Error("nothing is taken back here");
  return await work;
}
