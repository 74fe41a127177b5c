import { basename } from "node:path";

import { z } from "zod";

import { InputError } from "../../base/errors.ts";
import { defineAction } from "../action.ts";
import { assertNoClashes, checkRelativePath } from "../file-path.ts";
import { readRegularFile, readTree } from "./file-tree.ts";

/** Copies a folder as it is. */
export const fetchPlain = defineAction({
  id: "fetch:plain",
  description: "Copies a folder into the workspace as it is.",
  input: z.object({
    url: z.string(),
    targetPath: z.string().optional(),
    token: z.string().optional(),
  }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const fetched = await context.fetch.fetch(input.url, context.templateBase, context.signal);
    const files = fetched.isFolder
      ? await readTree(fetched.path, context.signal)
      : [
          {
            path: basename(fetched.path),
            content: await readRegularFile(fetched.path, input.url),
            isExecutable: false,
          },
        ];
    const target = checkRelativePath(input.targetPath ?? "");
    const paths = files.map((file) => (target === "" ? file.path : `${target}/${file.path}`));
    assertNoClashes(paths);
    await context.files.write(
      files.map((file, index) => ({ ...file, path: paths[index] ?? file.path })),
    );
    context.log(`copied ${files.length} file${files.length === 1 ? "" : "s"}`);
    return {};
  },
});

/** Copies one file as it is. */
export const fetchPlainFile = defineAction({
  id: "fetch:plain:file",
  description: "Copies one file into the workspace as it is.",
  input: z.object({ url: z.string(), targetPath: z.string(), token: z.string().optional() }),
  supportsDryRun: true,
  changesWorkspace: true,
  async run(input, context) {
    const fetched = await context.fetch.fetch(input.url, context.templateBase, context.signal);
    if (fetched.isFolder) {
      throw new InputError("step-input-invalid", `“${input.url}” is a folder, not a file`, {
        hint: "use fetch:plain for folders",
      });
    }
    const content = await readRegularFile(fetched.path, input.url);
    await context.files.write([{ path: input.targetPath, content, isExecutable: false }]);
    return {};
  },
});
