import { createHash } from "node:crypto";

import { ConflictError, InputError, NotFoundError } from "../../base/errors.ts";
import type { JsonValue } from "../../base/json.ts";
import type { ChecklistStep } from "../../docs/checklist-steps.ts";
import type { RecordStore } from "../../storage/contract.ts";
import { updateRecord } from "../../storage/update.ts";
import { type Actor, type Checklist, firstOpenStep, type StepMark } from "./checklist.ts";

/** What a checklist is made from. */
export interface ChecklistSource {
  title: string;
  heading?: string;
  ref?: string;
  steps: ChecklistStep[];
}

/** Where a runbook is, and which part of it; absent: all of it. */
export interface ChecklistPlace {
  path: string;
  anchor?: string;
}

/** Walks through runbooks as checklists; every change is written before anybody sees it, and none overwrites another. */
export interface ChecklistService {
  /**
   * Starts one; the same `requestKey` gives the same one again.
   * @throws NotFoundError `document-gone` when the runbook is not there any more, InputError `checklist-empty` when it has no steps
   */
  start(request: {
    requestKey: string;
    place: ChecklistPlace;
    channel: string;
    threadTs?: string;
    by: Actor;
  }): Promise<{ checklist: Checklist; isNew: boolean }>;
  get(id: string): Promise<Checklist | undefined>;
  /** Remembers where it was posted. */
  posted(id: string, message: { channel: string; ts: string }): Promise<Checklist>;
  /** A step that is marked already keeps its mark. @throws as `turn` */
  mark(id: string, step: number, status: StepMark["status"], by: Actor): Promise<Checklist>;
  /** Opens a step again. @throws as `turn` */
  reopen(id: string, step: number): Promise<Checklist>;
  note(id: string, step: number, text: string, by: Actor): Promise<Checklist>;
  /** @throws NotFoundError `checklist-unknown`, ConflictError `checklist-ended` */
  turn(id: string, page: number): Promise<Checklist>;
  /** Ends it; only the first to do so gets `isFirst`. @throws NotFoundError `checklist-unknown` */
  finish(id: string, by: Actor): Promise<{ checklist: Checklist; isFirst: boolean }>;
}

const collection = "checklists";
/** Long enough to write the report of an incident. */
const keptMs = 90 * 24 * 3_600_000;
/** Many people may click at once. */
const attempts = 40;
const longestNote = 1_000;
const mostNotes = 300;

/** Creates the service; `read` gives the steps of a runbook as it is now. */
export function createChecklistService(options: {
  records: RecordStore;
  read: (place: ChecklistPlace) => ChecklistSource | undefined;
  clock: () => number;
}): ChecklistService {
  const { records, clock } = options;
  const load = async (id: string): Promise<Checklist | undefined> => {
    const stored = await records.get(collection, id);
    return stored === undefined ? undefined : fromJson(stored.value);
  };
  const change = async (id: string, edit: (checklist: Checklist) => Checklist) =>
    await update(records, id, edit);
  const changeOpen = async (id: string, edit: (checklist: Checklist) => Checklist) =>
    await change(id, (checklist) => edit(requireOpen(checklist)));
  return {
    get: load,
    async start(request) {
      const checklist = build(request, options.read(request.place), clock());
      const written = await records.put(collection, checklist.id, toJson(checklist), {
        ifVersion: 0,
        ttlMs: keptMs,
      });
      if (written !== undefined) return { checklist, isNew: true };
      return { checklist: (await load(checklist.id)) ?? checklist, isNew: false };
    },
    posted: async (id, message) => await change(id, (checklist) => ({ ...checklist, message })),
    mark: async (id, step, status, by) =>
      await changeOpen(id, (checklist) => {
        requireStep(checklist, step);
        if (checklist.marks[step] !== undefined) return checklist;
        const marks = { ...checklist.marks, [step]: { status, by, atMs: clock() } };
        return goOn({ ...checklist, marks });
      }),
    reopen: async (id, step) =>
      await changeOpen(id, (checklist) => {
        requireStep(checklist, step);
        const { [step]: _mark, ...marks } = checklist.marks;
        return { ...checklist, marks };
      }),
    note: async (id, step, text, by) =>
      await changeOpen(id, (checklist) => {
        requireStep(checklist, step);
        const note = { step, text: text.slice(0, longestNote), by, atMs: clock() };
        return { ...checklist, notes: [...checklist.notes, note].slice(-mostNotes) };
      }),
    turn: async (id, page) =>
      await changeOpen(id, (checklist) => ({ ...checklist, page: Math.max(0, page) })),
    finish: async (id, by) => {
      let isFirst = false;
      const checklist = await change(id, (current) => {
        // asked again whenever somebody else wrote in between: the last answer counts
        isFirst = current.endedAtMs === undefined;
        return isFirst ? { ...current, endedBy: by, endedAtMs: clock() } : current;
      });
      return { checklist, isFirst };
    },
  };
}

/** Whoever works on a page that is finished sees the next one by itself. */
function goOn(checklist: Checklist): Checklist {
  const { page: _page, ...following } = checklist;
  return firstOpenStep(checklist) === undefined ? checklist : following;
}

function build(
  request: Parameters<ChecklistService["start"]>[0],
  source: ChecklistSource | undefined,
  nowMs: number,
): Checklist {
  const { place, channel, threadTs, by } = request;
  if (source === undefined)
    throw new NotFoundError("document-gone", `${place.path} is not in the catalog any more`, {
      hint: "ask again to find what took its place",
    });
  if (source.steps.length === 0)
    throw new InputError("checklist-empty", `“${source.title}” has no steps to walk through`, {
      hint: "write what is to be done as a list",
    });
  return {
    id: createHash("sha256").update(request.requestKey).digest("hex").slice(0, 24),
    path: place.path,
    ...source,
    marks: {},
    notes: [],
    startedBy: by,
    startedAtMs: nowMs,
    channel,
    ...(threadTs === undefined ? {} : { threadTs }),
  };
}

function requireOpen(checklist: Checklist): Checklist {
  if (checklist.endedAtMs === undefined) return checklist;
  throw new ConflictError("checklist-ended", "this checklist is finished", {
    hint: "start a new one from the runbook",
  });
}

function requireStep({ steps }: Checklist, step: number): void {
  if (steps[step] === undefined)
    throw new NotFoundError("checklist-unknown", `this checklist has no step ${step + 1}`);
}

async function update(
  records: RecordStore,
  id: string,
  edit: (checklist: Checklist) => Checklist,
): Promise<Checklist> {
  const unknown = new NotFoundError("checklist-unknown", "I do not keep this checklist any more", {
    hint: "checklists are kept for 90 days; start a new one from the runbook",
  });
  const written = await updateRecord<JsonValue>(
    records,
    collection,
    id,
    (value) => {
      if (value === undefined) throw unknown;
      const before = fromJson(value);
      const after = edit(before);
      return after === before ? undefined : toJson(after);
    },
    { attempts, ttlMs: keptMs },
  );
  if (written === undefined) throw unknown;
  return fromJson(written.value);
}

/** A checklist is JSON by construction; going through text drops `undefined` and proves it. */
function toJson(checklist: Checklist): JsonValue {
  const value: JsonValue = JSON.parse(JSON.stringify(checklist));
  return value;
}

function fromJson(value: JsonValue): Checklist {
  const checklist: Checklist = JSON.parse(JSON.stringify(value));
  return checklist;
}
