import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

import { afterEach, describe, expect, test } from "@jest/globals";

import type { JsonObject } from "../../../src/base/json.ts";
import type { ActionContext, AnyAction, Notification } from "../../../src/scaffold/action.ts";
import { builtinActions } from "../../../src/scaffold/actions/builtin-actions.ts";
import { createHttpAccess } from "../../../src/scaffold/fetching/http-access.ts";
import { checkInput } from "../../../src/scaffold/step-input.ts";
import { actionContext, withFolder } from "../../helpers/scaffold.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Handler = (request: IncomingMessage, body: string, response: ServerResponse) => void;

/** A server on this machine; its `host:port`. */
async function serve(handle: Handler): Promise<string> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => handle(request, Buffer.concat(chunks).toString("utf8"), response));
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `127.0.0.1:${address.port}`;
}

async function run(
  actionId: string,
  input: JsonObject,
  over: Partial<ActionContext> = {},
): Promise<{ output: JsonObject; lines: string[] }> {
  const context = actionContext("/nowhere", over);
  const action: AnyAction | undefined = builtinActions.get(actionId);
  if (action === undefined) throw new Error(`no action ${actionId}`);
  return {
    output: await action.run(checkInput(action, input).input, context),
    lines: context.lines,
  };
}

describe("http:backstage:request", () => {
  test("sends method, headers, parameters and body to the operator's host, with its token", async () => {
    const seen: unknown[] = [];
    const host = await serve((request, body, response) => {
      seen.push([
        request.method,
        request.url,
        request.headers["x-a"],
        request.headers.authorization,
        request.headers["content-type"],
        body,
      ]);
      response.setHeader("content-type", "application/json; charset=utf-8").end('{"ok":[1]}');
    });
    const http = createHttpAccess({
      baseUrl: `http://${host}/api/`,
      allowedHosts: [],
      headers: { authorization: "Bearer t" },
    });

    const { output, lines } = await run(
      "http:backstage:request",
      {
        path: "/proxy/x",
        method: "POST",
        headers: { "x-a": 1 },
        params: { q: "a b" },
        body: { n: 1 },
      },
      { http },
    );

    expect(seen).toEqual([
      ["POST", "/api/proxy/x?q=a+b", "1", "Bearer t", "application/json", '{"n":1}'],
    ]);
    expect(output).toMatchObject({ code: 200, body: { ok: [1] } });
    expect(lines).toEqual(["POST /proxy/x"]);
  });

  test("a bad answer fails the step unless it is expected", async () => {
    const host = await serve(
      (_request, _body, response) => void response.writeHead(404).end("nope"),
    );
    const http = createHttpAccess({ allowedHosts: [host] });
    const input = { path: `http://${host}/x`, method: "GET" };

    await expect(run("http:backstage:request", input, { http })).rejects.toMatchObject({
      code: "http-refused",
    });
    expect(
      (await run("http:backstage:request", { ...input, continueOnBadResponse: true }, { http }))
        .output,
    ).toMatchObject({ code: 404, body: "nope" });
  });

  test("only allowed hosts are asked, and redirects are not followed", async () => {
    let asked = 0;
    const inner = await serve((_request, _body, response) => {
      asked += 1;
      response.end("secret");
    });
    const outer = await serve(
      (_request, _body, response) =>
        void response.writeHead(302, { location: `http://${inner}/` }).end(),
    );
    const http = createHttpAccess({ allowedHosts: [outer] });
    const ask = (path: string): ReturnType<typeof run> =>
      run("http:backstage:request", { path, method: "GET" }, { http });

    for (const path of [
      `http://${inner}/`,
      "http://169.254.169.254/latest",
      "http://localhost/",
      "http://[::1]/",
      "http://2130706433/",
      "http://127.1/",
      "http://0x7f000001/",
      "http://[::ffff:127.0.0.1]/",
      `http://allowed@${inner}/`,
      `http://${outer}@evil.example/`,
      `http://user@${outer}/`,
    ]) {
      await expect(ask(path)).rejects.toMatchObject({ code: "http-host-not-allowed" });
    }
    for (const path of ["file:///etc/passwd", "gopher://x", "/relative", "http://"]) {
      await expect(ask(path)).rejects.toMatchObject({ code: "http-url-invalid" });
    }
    expect((await ask(`http://${outer}/`)).output).toMatchObject({ code: 302 });
    expect(asked).toBe(0);
    await expect(
      run("http:backstage:request", { path: "/x", method: "GET" }),
    ).rejects.toMatchObject({ code: "http-host-not-allowed" });
  });

  test("too much, too slow and nobody there are failures in words", async () => {
    const much = await serve(
      (_request, _body, response) => void response.end(Buffer.alloc(11 * 1024 * 1024)),
    );
    const slow = await serve((_request, _body, response) => void response.write("x"));
    const http = createHttpAccess({ allowedHosts: [much, slow, "127.0.0.1:1"] });
    const ask = (host: string, rest: JsonObject = {}): ReturnType<typeof run> =>
      run("http:backstage:request", { path: `http://${host}/`, method: "GET", ...rest }, { http });

    await expect(ask(much)).rejects.toMatchObject({ code: "http-too-large" });
    await expect(ask(slow, { timeout: 50 })).rejects.toMatchObject({ code: "http-failed" });
    await expect(ask("127.0.0.1:1")).rejects.toMatchObject({ code: "http-failed" });
  });

  test("an answer that unpacks to more than 10 MB, or never says how long it is, is cut off", async () => {
    const bomb = await serve((_request, _body, response) => {
      response.writeHead(200, { "content-encoding": "gzip" });
      response.end(gzipSync(Buffer.alloc(200 * 1024 * 1024)));
    });
    const piece = Buffer.alloc(1024 * 1024);
    const endless = await serve((_request, _body, response) => {
      const more = (): void => {
        while (!response.destroyed && response.write(piece));
      };
      response.on("drain", more);
      more();
    });
    const http = createHttpAccess({ allowedHosts: [bomb, endless] });

    for (const host of [bomb, endless]) {
      await expect(
        run("http:backstage:request", { path: `http://${host}/`, method: "GET" }, { http }),
      ).rejects.toMatchObject({ code: "http-too-large" });
    }
  });
});

async function tellNobody(): Promise<void> {
  throw new Error("told");
}

describe("notification:send", () => {
  test("tells people once, and the log always", async () => {
    const sent: Notification[] = [];
    const context = actionContext("/nowhere", { notify: async (one) => void sent.push(one) });
    const input = {
      recipients: "entity",
      entityRefs: ["Team-A", "user:default/robin"],
      title: "Ready",
      info: "It is up.",
      link: "https://x.io",
    };
    const action = builtinActions.get("notification:send");

    await action?.run(input, context);
    await action?.run(input, context);

    expect(sent).toEqual([
      {
        entityRefs: ["group:default/team-a", "user:default/robin"],
        title: "Ready",
        description: "It is up.",
        link: "https://x.io",
        severity: "normal",
      },
    ]);
    expect(context.lines[0]).toBe(
      "notification (to group:default/team-a, user:default/robin): Ready – It is up. – https://x.io",
    );
  });

  test("works where nobody can be told, and tells nobody in a dry run", async () => {
    expect(
      (await run("notification:send", { recipients: "broadcast", title: "Hi" })).lines,
    ).toEqual(["notification: Hi"]);
    expect(
      (
        await run(
          "notification:send",
          { recipients: "broadcast", title: "Hi" },
          { isDryRun: true, notify: tellNobody },
        )
      ).lines,
    ).toHaveLength(1);
    await expect(
      run("notification:send", { recipients: "entity", title: "Hi" }),
    ).rejects.toMatchObject({ code: "step-input-invalid" });
    expect(
      (await run("notification:send", { recipients: "entity", title: "Hi", optional: true })).lines,
    ).toEqual([]);
  });
});

test("fetch:cookiecutter renders with the defaults of cookiecutter.json", async () => {
  await withFolder(async (folder) => {
    const context = actionContext(folder);
    const skeleton = join(folder, "template", "skeleton");
    await mkdir(join(skeleton, "hooks"), { recursive: true });
    await mkdir(join(skeleton, "raw"));
    await mkdir(context.workspace);
    const settings = {
      name: "x",
      slug: "{{ cookiecutter.name | lower }}-svc",
      kind: ["api", "job"],
      _copy_without_render: ["raw/*"],
    };
    await writeFile(join(skeleton, "cookiecutter.json"), JSON.stringify(settings));
    await writeFile(
      join(skeleton, "{{ cookiecutter.slug }}.md"),
      "{{ cookiecutter.kind }} of {{ cookiecutter.name }}",
    );
    await writeFile(join(skeleton, "raw", "a"), "{{ stays }}");
    await writeFile(join(skeleton, "hooks", "post_gen_project.py"), "raise SystemExit(1)");

    await builtinActions
      .get("fetch:cookiecutter")
      ?.run({ url: "./skeleton", values: { name: "Ledger" } }, context);

    expect(await readFile(join(context.workspace, "ledger-svc.md"), "utf8")).toBe("api of Ledger");
    expect(await readFile(join(context.workspace, "raw", "a"), "utf8")).toBe("{{ stays }}");
    await expect(readFile(join(context.workspace, "cookiecutter.json"))).rejects.toMatchObject({
      code: "ENOENT",
    });
    await expect(
      readFile(join(context.workspace, "hooks", "post_gen_project.py")),
    ).rejects.toMatchObject({ code: "ENOENT" });
  });
});
