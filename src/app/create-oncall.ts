import { InputError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { Releaser } from "../base/releaser.ts";
import type { Catalog } from "../catalog/model.ts";
import type { Config } from "../config/load.ts";
import type { OnCallSourceConfig } from "../config/oncall-schema.ts";
import type { OnCallSource } from "../oncall/contract.ts";
import { createCalendarSource } from "../oncall/sources/calendar.ts";
import { createGrafanaSource } from "../oncall/sources/grafana.ts";
import { createJiraSource } from "../oncall/sources/jira.ts";
import { createPagerDutySource } from "../oncall/sources/pagerduty.ts";
import { placeOf } from "../oncall/sources/place.ts";
import { createRotationsSource } from "../oncall/sources/rotations.ts";
import { createZone, type Zone } from "../oncall/zone.ts";
import type { RecordStore, Storage } from "../storage/contract.ts";
import { createScheduleFinder, parseTarget } from "../usecases/oncall/find-schedule.ts";
import { createLastKnownStore, nothingKnown } from "../usecases/oncall/last-known.ts";
import { createOnCallDesk } from "../usecases/oncall/on-call-desk.ts";
import { type AddOnCall, createAddOnCall } from "../usecases/oncall/with-on-call.ts";
import { configuredWellKnown } from "./catalog-well-known.ts";

/** Who is on call, for whoever answers. */
export interface OnCall {
  /** Adds to an answer who is on call for what it is about. */
  add: AddOnCall;
  close(): Promise<void>;
}

/**
 * Wires the configured sources to the catalog.
 * @throws InputError `oncall-malformed` for schedules that make no sense, `oncall-source-unknown` for an entity whose source
 * is not configured
 */
export function createOnCall(options: {
  config: Config;
  logger: Logger;
  clock: () => number;
  catalog: () => Catalog;
  /** Absent: what was known before this process is not. */
  records?: RecordStore;
}): OnCall {
  const { config, logger, clock, catalog, records } = options;
  const { sources, entities } = config.file.oncall;
  const kinds = new Map(sources.map(({ id, type }) => [id, type]));
  for (const [ref, target] of Object.entries(entities)) {
    if (parseTarget(target, kinds) !== undefined) continue;
    throw new InputError(
      "oncall-source-unknown",
      `oncall.entities: ${ref}: no source is called “${target.split(":")[0] ?? ""}”`,
      { hint: `the ids in oncall.sources are: ${[...kinds.keys()].join(", ") || "none"}` },
    );
  }
  const desk = createOnCallDesk({
    sources: createOnCallSources(config),
    lastKnown: records === undefined ? nothingKnown : createLastKnownStore(records),
    logger,
    clock,
  });
  const add = createAddOnCall({
    desk,
    findSchedule: createScheduleFinder(kinds, entities),
    catalog,
    wellKnown: configuredWellKnown(config.file.catalog),
  });
  return { add, close: () => desk.close() };
}

/** As `createOnCall`, remembering in storage and closed with everything else. */
export function openOnCall(
  options: {
    config: Config;
    logger: Logger;
    clock: () => number;
    catalog: { snapshot(): { catalog: Catalog } };
    storage: Pick<Storage, "records">;
  },
  releaser: Releaser,
): OnCall {
  const { catalog, storage, ...rest } = options;
  const onCall = createOnCall({
    ...rest,
    catalog: () => catalog.snapshot().catalog,
    records: storage.records,
  });
  releaser.add("on-call", () => onCall.close());
  return onCall;
}

/** The configured sources. @throws InputError `oncall-malformed` for schedules that make no sense */
export function createOnCallSources(config: Config): OnCallSource[] {
  return config.file.oncall.sources.map((source) => createSource(source, config.baseDir));
}

const utc: Zone = { name: "UTC", wallOf: (ms) => ms, instantOf: (ms) => ms };

function createSource(source: OnCallSourceConfig, folder: string): OnCallSource {
  if (source.type === "pagerduty") return createPagerDutySource(source);
  if (source.type === "jira") return createJiraSource(source);
  if (source.type === "grafana") {
    const { stackUrl, ...rest } = source;
    return createGrafanaSource({ ...rest, ...(stackUrl === undefined ? {} : { stackUrl }) });
  }
  const { id, timeZone } = source;
  if (source.type === "ical")
    return createCalendarSource({
      id,
      place: placeOf(source, folder),
      zone: createZone(timeZone) ?? utc,
    });
  const { schedules } = source;
  const from =
    schedules === undefined
      ? { place: placeOf(source, folder) }
      : { schedules, file: "callboard.yaml" };
  return createRotationsSource({ id, from, timeZone });
}
