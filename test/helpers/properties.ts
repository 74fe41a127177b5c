import * as fc from "fast-check";

import { testSwitch } from "./environment.ts";

// One seed for everybody, so that a change is judged by the change; `TEST_SEED` looks elsewhere.
fc.configureGlobal({ seed: Number(testSwitch("TEST_SEED") ?? 1) });

/** fast-check with the seed of this run. */
export { fc };
