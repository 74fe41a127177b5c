import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { silentLogger } from "../../src/base/logger.ts";
import { openStorage } from "../../src/storage/open.ts";
import { describeStorage } from "../contracts/storage.ts";

describeStorage("embedded", async () => {
  const dataDir = await mkdtemp(path.join(tmpdir(), "callboard-storage-"));
  return {
    place: { dataDir },
    canShare: false,
    open: (tuning) => openStorage({ dataDir, logger: silentLogger, tuning }),
    destroy: () => rm(dataDir, { recursive: true, force: true }),
  };
});
