// Talking to the playground's server.

/** Does something as a person. Resolves with what came of it; a refusal is an object with `error`. */
export async function act(name, input) {
  try {
    const response = await fetch(`/_playground/act/${name}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(input),
    });
    const body = await response.json();
    if (response.ok) return body;
    return { error: body.error, detail: [body.message, body.hint].filter(Boolean).join(" ") };
  } catch {
    return { error: "offline", detail: "The playground does not answer. Is it still running?" };
  }
}

/** Everything one person sees. */
export async function fetchState(user) {
  const response = await fetch(`/_playground/state?user=${encodeURIComponent(user ?? "")}`);
  if (!response.ok) throw new Error(`The playground answered ${response.status}.`);
  return response.json();
}

/** Planned mishaps; with a plan one more, with `DELETE` none. */
export async function planFault(method, plan) {
  const response = await fetch("/_playground/faults", {
    method,
    ...(plan === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(plan) }),
  });
  return response.ok ? response.json() : [];
}

/** Closes one of the bot's sockets, as Slack does from time to time. */
export async function disconnectBot() {
  await fetch("/_playground/disconnect", { method: "POST" });
}

/** One exchange with its bodies. */
export async function fetchExchange(id) {
  const response = await fetch(`/_playground/journal/${id}`);
  return response.ok ? response.json() : undefined;
}

/**
 * Follows what changes on a person's screen. `onLost` and `onBack` tell about the connection; after it was lost
 * everything has to be loaded again. Returns a function that stops.
 */
export function followChanges(user, { onChange, onLost, onBack }) {
  const source = new EventSource(`/_playground/changes?user=${encodeURIComponent(user)}`);
  let wasLost = false;
  source.addEventListener("message", (event) => onChange(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    wasLost = true;
    onLost();
  });
  source.addEventListener("open", () => {
    if (wasLost) onBack();
    wasLost = false;
  });
  return () => source.close();
}
