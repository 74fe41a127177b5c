import { ConflictError, NotFoundError } from "../base/errors.ts";
import { displayName } from "../catalog/model.ts";
import type { Config } from "../config/load.ts";
import type { CatalogAccess } from "../scaffold/action.ts";
import { requiredApprovals } from "../usecases/approvals/required-approval.ts";
import type { PolicyService } from "../usecases/policy/policy-service.ts";
import { createRepositoryService } from "../usecases/runs/check-repository.ts";
import { type PreviewDeps, previewRun } from "../usecases/runs/preview-run.ts";
import type { Services } from "../usecases/services.ts";
import { configuredApprovals } from "./configured-policy.ts";
import type { CatalogState } from "./create-catalog.ts";
import { userOf } from "./user-of.ts";

/** More at a time would hold up real runs. */
const mostAtOnce = 3;

type FormHelpOptions = Omit<PreviewDeps, "catalog" | "environment" | "environmentSecrets"> & {
  config: Config;
  catalog: CatalogState;
  policy: PolicyService;
};

/** What forms show before anything is started: dry runs, and whether a repository is there. */
export function createFormHelp(
  options: FormHelpOptions,
): Pick<Services, "previewRun" | "repositories" | "approvalsNeeded"> {
  const allowedOwners = options.config.file.scaffolder.owners;
  return {
    previewRun: createPreview(options),
    approvalsNeeded: createApprovalsNeeded(options),
    repositories: createRepositoryService({ ...options, allowedOwners }),
  };
}

function createApprovalsNeeded({
  config,
  catalog,
}: FormHelpOptions): NonNullable<Services["approvalsNeeded"]> {
  const rules = configuredApprovals(config.file);
  const titleOf = (ref: string): string => {
    const group = catalog.snapshot().catalog.entities.get(ref);
    return group === undefined ? ref : displayName(group);
  };
  return (run) =>
    requiredApprovals(run, rules).map(({ stepId, requirement }) => {
      const step = run.template.steps.find(({ id }) => id === stepId);
      const { groups, count } = requirement;
      const needed = { groups: groups.map(titleOf), count };
      return step === undefined ? needed : { ...needed, stepName: step.name };
    });
}

/** Dry runs with the real sources and the real renderer, and nothing that writes. */
function createPreview(options: FormHelpOptions): NonNullable<Services["previewRun"]> {
  const { config, catalog, policy } = options;
  let active = 0;
  return async ({ templateRef, requester, channel, ...request }) => {
    const found = catalog.templates().get(templateRef);
    if (found === undefined) {
      throw new NotFoundError("template-unknown", `there is no template ${templateRef}`);
    }
    const { values: parameters } = request;
    const { template: wanted } = found;
    const where = channel === undefined ? {} : { channel };
    policy.assert({ action: "start", by: requester, template: wanted, parameters, ...where });
    if (active >= mostAtOnce) {
      throw new ConflictError("preview-busy", "Too many dry runs are under way.", {
        hint: "try again in a moment",
      });
    }
    active += 1;
    try {
      const { template, form } = policy.partsFor(found, requester);
      const user = userOf(requester, catalog);
      const { environment, environmentSecrets } = config.file.scaffolder;
      const deps: PreviewDeps = {
        ...options,
        catalog: readOnly(catalog),
        environment,
        environmentSecrets,
      };
      return await previewRun({ ...request, template, form, user }, deps);
    } finally {
      active -= 1;
    }
  };
}

function readOnly(catalog: CatalogState): CatalogAccess {
  return {
    get: (ref) => catalog.snapshot().catalog.entities.get(ref),
    register: async () => [],
  };
}
