import { Router } from "express";

import type { ServerParts } from "./server-parts.ts";

/** The API behind the page. */
export function createPageApi(_parts: ServerParts): Router {
  return Router();
}
