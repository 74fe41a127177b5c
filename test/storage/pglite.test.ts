import { rm } from "node:fs/promises";

import { silentLogger } from "../../src/base/logger.ts";
import { openStorage } from "../../src/storage/open.ts";
import { describeStorage } from "../contracts/storage.ts";
import { newDataDir } from "../helpers/embedded.ts";

describeStorage("embedded", async () => {
  const dataDir = await newDataDir();
  return {
    place: { dataDir },
    canShare: false,
    open: (tuning) => openStorage({ dataDir, logger: silentLogger, tuning }),
    destroy: () => rm(dataDir, { recursive: true, force: true }),
  };
});
