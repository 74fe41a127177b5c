import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

import { startApp } from "../../app/create-app.ts";
import { toError } from "../../base/errors.ts";
import { silentLogger } from "../../base/logger.ts";
import { parseConfig } from "../../config/load.ts";
import { packageRoot, readSampleConfig, type CliContext } from "../context.ts";
import { scenes } from "../demo/scenes.ts";
import { createTranscript } from "../demo/transcript.ts";

/** `callboard demo`: plays every scene on the sample company in a folder of its own; 0 when all of it worked. */
export async function runDemo(context: CliContext): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "callboard-demo-"));
  const dataDir = join(folder, "data");
  const transcript = createTranscript(context.stdout);
  try {
    const { config } = parseConfig({
      // nothing of the surroundings: the demo never touches a real Slack or GitHub
      env: { PORT: "0", CALLBOARD_DATA_DIR: dataDir },
      cwd: packageRoot,
      file: readSampleConfig(),
    });
    if (config === undefined) throw new Error("the sample configuration is broken");
    const app = await startApp({ config, logger: silentLogger });
    try {
      if (app.playground === undefined) throw new Error("the playground did not open");
      const stage = { dataDir, driver: app.playground.driver, transcript, folder: resolve(folder) };
      for (const scene of scenes) {
        transcript.scene(scene.title);
        await scene.play(stage);
      }
    } finally {
      await app.stop();
    }
    transcript.scene("That was all of it");
    transcript.aside(
      "Everything above ran for real: Bolt, the queue, the templates, git. `npm start` lets you try it by hand.",
    );
    return 0;
  } catch (thrown) {
    context.stderr.write(`callboard demo: ${toError(thrown).message}\n`);
    return 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
