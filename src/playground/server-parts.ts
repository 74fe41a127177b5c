import type { RequestHandler } from "express";

import type { ActContext } from "./acts/context.ts";
import type { Driver } from "./driver.ts";
import type { Faults } from "./faults.ts";
import type { Journal } from "./journal.ts";
import type { Recorder } from "./recorder.ts";
import type { Transport } from "./transport/contract.ts";
import type { ApiContext } from "./web-api/context.ts";

/** What the server serves from. */
export interface ServerParts {
  api: ApiContext;
  acts: ActContext;
  driver: Driver;
  faults: Faults;
  journal: Journal;
  recorder: Recorder;
  transport: Transport;
  /** Answer before the page does. */
  handlers: readonly RequestHandler[];
}
