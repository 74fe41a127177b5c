import { parentPort, workerData } from "node:worker_threads";

import { checkText, namedTargets } from "../../catalog/check-text.ts";
import { createEntityRules } from "../../catalog/rules.ts";
import type { ThreadOrder, ThreadReply, ThreadSetup } from "./check-threads.ts";

/** The thread that parses and checks catalog files: orders come in portions, and so do the replies. */
const setup: ThreadSetup = workerData;
const rules = createEntityRules({ allow: setup.allow });
const current = new Int32Array(setup.current);
const port = parentPort;

/** Replies in one message are about as long; a longer one would hold up whoever receives it. */
const portionLength = 64 * 1024;

port?.on("message", (orders: ThreadOrder[]) => {
  let replies: ThreadReply[] = [];
  let length = 0;
  for (const order of orders) {
    // who sent it looks here for what takes too long
    Atomics.store(current, 0, order.id);
    replies.push(replyTo(order));
    length += order.kind === "check" ? order.check.file.text.length : 0;
    if (length < portionLength) continue;
    port.postMessage(replies);
    replies = [];
    length = 0;
  }
  Atomics.store(current, 0, 0);
  port.postMessage(replies);
});
port?.postMessage([]);

function replyTo(order: ThreadOrder): ThreadReply {
  return order.kind === "check"
    ? { id: order.id, result: checkText(order.check, rules) }
    : { id: order.id, named: namedTargets(order.file) };
}
