import { checklistSteps } from "../docs/checklist-steps.ts";
import { fillPlaceholders } from "../docs/fill-placeholders.ts";
import type { RecordStore } from "../storage/contract.ts";
import type { Snapshot } from "../usecases/catalog/snapshot.ts";
import {
  type ChecklistService,
  createChecklistService,
} from "../usecases/checklists/checklist-service.ts";
import { knownValues } from "../usecases/documents/known-values.ts";

/** Checklists over the documents of the present catalog. */
export function createChecklists(
  records: RecordStore,
  clock: () => number,
  catalog: { snapshot(): Snapshot },
): ChecklistService {
  return createChecklistService({
    records,
    clock,
    read({ path, anchor }) {
      const document = catalog.snapshot().library.byPath(path);
      if (document === undefined) return undefined;
      const { title, sections, refs } = document;
      const heading = sections.find((section) => section.anchor === anchor)?.heading;
      const [ref] = refs;
      const known = knownValues(catalog.snapshot().catalog.entities.get(ref ?? ""));
      return {
        title,
        ...(heading === undefined || anchor === undefined ? {} : { heading }),
        ...(ref === undefined ? {} : { ref }),
        steps: checklistSteps(sections, anchor).map((step) => ({
          ...step,
          title: fillPlaceholders(step.title, known).markdown,
          details: fillPlaceholders(step.details, known).markdown,
        })),
      };
    },
  });
}
