// Names every place at which a worker can be hit: each write to the storage and each writing request, before and after it.
import { unlinkSync } from "node:fs";

/**
 * Wraps storage and network; `mutation` breaks one rule of the protocol on purpose. With `doom` the process asks for its death a few
 * milliseconds after it has come by so many places.
 */
export function createProbe({ mutation, doom }) {
  let armed;
  let steps = 0;
  let fate = doom;
  /** Jobs, and requests: one that was sent arrives, whatever became of the job that sent it. */
  let active = 0;
  const seen = new Map();

  function cross(name) {
    process.send?.({ kind: "boundary", name, atMs: Date.now() });
    steps += 1;
    if (fate !== undefined && steps === fate.after)
      setTimeout(() => process.send?.({ kind: "fate" }), fate.delayMs);
    if (armed?.at !== name) return;
    try {
      // of all workers that were told so, one is hit, once
      unlinkSync(armed.token);
    } catch {
      return;
    }
    process.kill(process.pid, armed.signal);
  }

  async function busy(work) {
    active += 1;
    try {
      return await work();
    } finally {
      active -= 1;
    }
  }

  async function around(name, work) {
    cross(`${name}:before`);
    const result = await work();
    cross(`${name}:after`);
    return result;
  }

  const records = (inner) => ({
    ...inner,
    async put(collection, id, value, options) {
      const key = `${collection}/${id}`;
      const name =
        collection === "runs" ? runWrite(seen.get(key), value, options) : `${collection}.put`;
      const version = await around(name, () => inner.put(collection, id, value, options));
      if (collection === "runs" && version !== undefined) seen.set(key, value);
      return version;
    },
    async get(collection, id) {
      const found = await inner.get(collection, id);
      if (collection === "runs" && found !== undefined)
        seen.set(`${collection}/${id}`, found.value);
      return found;
    },
    delete: (collection, id, options) =>
      around(`${collection}.delete`, () => inner.delete(collection, id, options)),
  });

  return {
    arm(wanted) {
      armed = wanted;
    },
    doom(wanted) {
      steps = 0;
      fate = wanted;
    },
    isIdle: () => active === 0,
    storage: (inner) => ({
      ...inner,
      records: records(inner.records),
      jobs: {
        ...inner.jobs,
        add: (...given) => around("job.add", () => inner.jobs.add(...given)),
        process: (processor, options) =>
          inner.jobs.process((job, context) => busy(() => followed(processor, job, context)), {
            ...options,
            onGiveUp: (job, error) => givenUp(options, job, error),
          }),
      },
    }),
    runs: (inner) => (mutation === "no-fence" ? withoutFence(inner) : inner),
    fetch: (inner, githubUrl) => async (url, init) => {
      const name = requestName(String(url), init, githubUrl);
      const send = () => inner(url, mutation === "no-marker" ? withoutMarker(init) : init);
      if (name === undefined) return await send();
      const sendOnce = mutation === "retry" ? () => sendAgain(send) : send;
      return await busy(() => around(name, sendOnce));
    },
  };
}

const messageFacts = {
  isIntended: "message.intended",
  ts: "message.noted",
  isResultPosted: "result.noted",
};

/** What a write to a run's record is about, by what it changes. */
function runWrite(before, after, options) {
  if (before === undefined) return "run.accepted";
  if (options?.ttlMs !== undefined) return "run.kept";
  if (before.fence !== after.fence) return "run.claimed";
  if (before.status !== after.status) return `run.${after.status}`;
  const { message: told = {} } = before;
  const changed = Object.entries(messageFacts).find(([key]) => told[key] !== after.message?.[key]);
  if (changed !== undefined) return changed[1];
  const note = Object.keys(after.notes).find((key) => before.notes[key] !== after.notes[key]);
  if (note !== undefined) return `note.${note}`;
  const step = after.steps.find((each, index) => each.status !== before.steps[index]?.status);
  if (step !== undefined) return `step.${step.id}.${step.status}`;
  return "run.other";
}

/** Requests that change something: `github POST /orgs/acme/repos`, `slack chat.postMessage`; undefined for the others. */
function requestName(url, init, githubUrl) {
  const method = init?.method ?? "GET";
  const { pathname } = new URL(url);
  if (githubUrl !== undefined && url.startsWith(githubUrl)) {
    if (method === "GET") return undefined;
    // owner and repository are left out: each run has its own
    const route = pathname.replace(/\/repos\/[^/]+\/[^/]+/, "/repos/:repo");
    return `github ${method} ${route.replaceAll(/[0-9a-f]{40}|\/\d+/g, "…")}`;
  }
  const slack = /\/api\/(chat\.(?:postMessage|update))$/.exec(pathname);
  if (slack === null) return undefined;
  const isReply = /thread_ts/.test(String(init?.body));
  return `slack ${slack[1]}${isReply ? " (result)" : ""}`;
}

/** What libraries do by default: a lost answer is taken for a failure, and the request goes out again. */
async function sendAgain(send) {
  for (let tries = 0; ; tries += 1) {
    try {
      const response = await send();
      if (response.status < 500 || tries >= 3) return response;
    } catch (thrown) {
      if (tries >= 3) throw thrown;
    }
  }
}

/** The creating request without the mark by which it is recognised. */
function withoutMarker(init) {
  if (typeof init?.body !== "string") return init;
  return { ...init, body: init.body.replaceAll(/ ?\[run:[0-9a-f]+\]/g, "") };
}

/**
 * A store that lets a worker write and go on although another one has taken its run over: whoever asks whether it still has the run
 * is told what it saw last.
 */
function withoutFence(inner) {
  const held = new Map();
  const hold = (run, fence) => {
    held.set(run.id, { ...run, fence });
    return run;
  };
  return {
    ...inner,
    async claim(id) {
      const run = await inner.claim(id);
      return hold(run, run.fence);
    },
    get: async (id) => held.get(id) ?? (await inner.get(id)),
    async updateClaimed(id, fence, change) {
      const { fence: present = fence } = (await inner.get(id)) ?? {};
      return hold(await inner.updateClaimed(id, present, change), fence);
    },
  };
}

function tell(id, what, why) {
  process.send?.({ kind: "job", id, what, why });
}

async function followed(processor, job, context) {
  tell(job.id, "begun");
  context.signal.addEventListener("abort", () => {
    if (context.signal.reason === "lock lost") tell(job.id, "lost");
  });
  try {
    await processor(job, context);
  } finally {
    tell(job.id, "ended");
  }
}

async function givenUp(options, job, error) {
  tell(job.id, "given up", `${error.code}: ${error.message}`);
  await options.onGiveUp?.(job, error);
}
