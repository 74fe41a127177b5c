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

function undoOf(
  { undo, undoPlan }: RunService,
  noting: Noting,
): Pick<RunService, "undo" | "undoPlan"> {
  return {
    ...(undo === undefined
      ? {}
      : {
          undo: async (run, by) =>
            await noting("undo", by, { run }, async () => await undo(run, by)),
        }),
    ...(undoPlan === undefined
      ? {}
      : {
          undoPlan: async (run, by) =>
            await noting("undo", by, { run }, async () => await undoPlan(run, by)),
        }),
  };
}
