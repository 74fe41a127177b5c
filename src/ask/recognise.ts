/** What a clue is, from the most telling to the least. */
export type ClueKind =
  | "alert"
  | "service"
  | "repository"
  | "image"
  | "workload"
  | "channel"
  | "person"
  | "path"
  | "host"
  | "team"
  | "place";

/** A piece of a pasted text that may name something in the catalog. */
export interface Clue {
  kind: ClueKind;
  /** The name proper, such as `payments` for the pod `payments-7d9f8b6c5-x2x9z`. */
  value: string;
  /** 0 to 1: how surely such a piece names what the text is about. */
  weight: number;
  /** For a path: the repository it was given with, `owner/name`. */
  repository?: string;
}

/** What is read of a pasted text, and how many clues are taken from it. */
const maxLength = 4_000;
const maxClues = 40;

/** How much each kind of clue is believed. */
const weights: Record<ClueKind, number> = {
  alert: 1,
  service: 0.97,
  repository: 0.95,
  image: 0.9,
  workload: 0.88,
  channel: 0.8,
  person: 0.8,
  path: 0.7,
  host: 0.6,
  team: 0.55,
  place: 0.5,
};

/** Keys of labels and fields, in lower case, by what their value is. */
const labelKinds: ReadonlyMap<string, ClueKind> = new Map<string, ClueKind>(
  Object.entries({
    alertname: "alert",
    alert: "alert",
    monitor: "alert",
    rule: "alert",
    service: "service",
    service_name: "service",
    "service.name": "service",
    servicename: "service",
    app: "service",
    application: "service",
    app_name: "service",
    component: "service",
    "app.kubernetes.io/name": "service",
    "backstage.io/kubernetes-id": "service",
    deployment: "workload",
    statefulset: "workload",
    daemonset: "workload",
    cronjob: "workload",
    job_name: "workload",
    workload: "workload",
    pod: "workload",
    pod_name: "workload",
    container: "workload",
    function: "workload",
    lambda: "workload",
    consumer_group: "workload",
    consumergroup: "workload",
    job: "workload",
    image: "image",
    repo: "repository",
    repository: "repository",
    project: "repository",
    channel: "channel",
    team: "team",
    owner: "team",
    squad: "team",
    namespace: "place",
    kubernetes_namespace: "place",
    database: "place",
    queue: "place",
    topic: "place",
    host: "host",
    hostname: "host",
    instance: "host",
    url: "host",
    endpoint: "host",
  }),
);

/** Finds what may name something in a text that somebody pasted: an alert, a log, a stack trace, a link, a path. Pure and linear. */
export function recogniseClues(text: string): Clue[] {
  const clues: Clue[] = [];
  const seen = new Set<string>();
  const add = (kind: ClueKind, value: string, repository?: string): void => {
    const clean = value.trim();
    const key = `${kind} ${clean.toLowerCase()}`;
    if (clean === "" || clean.length > 300 || seen.has(key) || clues.length >= maxClues) return;
    seen.add(key);
    const clue = { kind, value: clean, weight: weights[kind] };
    clues.push(repository === undefined ? clue : { ...clue, repository });
  };
  const head = text.slice(0, maxLength);
  addLabels(head, add);
  addAlertTitles(head, add);
  addPods(head, add);
  addUrls(head, add);
  addImages(head, add);
  addSlackNames(head, add);
  addPaths(head, add);
  return clues.toSorted((a, b) => b.weight - a.weight);
}

type Add = (kind: ClueKind, value: string, repository?: string) => void;

/** `service=payments`, `"pod": "payments-7d9f8b6c5-x2x9z"`, `*Service:* payments`. */
function addLabels(text: string, add: Add): void {
  // a key, a colon or equals sign with marks around it, a value up to white space, comma or quote
  // the value is only looked at, because it may itself be the next key: *Labels:* pod = …
  const label =
    /([a-z][a-z0-9_./-]{1,40})["'`*_]{0,3}\s{0,3}[:=]["'`*_]{0,3}\s{0,3}["'`]?(?=([\w@#][\w./:@#-]{0,200}))/gi;
  for (const [, key = "", value = ""] of text.matchAll(label)) {
    const kind = labelKinds.get(key.toLowerCase());
    if (kind === undefined || value.startsWith("//")) continue;
    if (kind === "image") addImage(value, add);
    else if (kind === "host") addHost(value, add);
    else if (kind === "repository") add(kind, value.replace(/\.git$/, ""));
    else if (kind === "workload") add(kind, workloadOf(value));
    else add(kind, value.replace(/[.:]$/, ""));
  }
}

/**
 * The workload of a pod: `payments-7d9f8b6c5-x2x9z` and `payments-0` give `payments`; a timestamped job
 * `settlement-28391234` gives `settlement`.
 */
export function workloadOf(pod: string): string {
  return (
    pod
      // replica set and pod hash, as Kubernetes writes them: no vowels, so that words stay
      .replace(/-[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}$/, "")
      // hash of a daemon set's or job's pod
      .replace(/-\d{6,10}(?:-[bcdfghjklmnpqrstvwxz2456789]{5})?$/, "")
      // place in a stateful set
      .replace(/-\d{1,3}$/, "")
  );
}

/** `payments-7d9f8b6c5-x2x9z`, wherever it stands. */
function addPods(text: string, add: Add): void {
  // a name, the hash of its replica set and that of the pod, without vowels as Kubernetes writes them
  const pod =
    /\b[a-z][a-z0-9-]{1,60}-[bcdfghjklmnpqrstvwxz2456789]{8,10}-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;
  for (const [found] of text.matchAll(pod)) add("workload", workloadOf(found));
}

/** `[FIRING:1] LedgerConsumerLag (ledger …)`, `LedgerConsumerLag is firing`. */
function addAlertTitles(text: string, add: Add): void {
  for (const [, name = ""] of text.matchAll(
    /\[(?:FIRING|RESOLVED|ALERT|CRITICAL|WARNING)[^\]]{0,20}\]\s{0,3}([\w-]{3,100})/gi,
  ))
    add("alert", name);
  // two or more capitalised pieces in one word, as alert names are written
  for (const [name] of text.matchAll(/\b[A-Z][a-z0-9]+(?:[A-Z][A-Za-z0-9]+){1,10}\b/g))
    add("alert", name);
}

// a web address without surrounding signs
const address = /https?:\/\/[^\s<>|"'`)\]]{3,500}/g;

function addUrls(text: string, add: Add): void {
  for (const [found] of text.matchAll(address)) {
    const url = found.replace(/[.,;:!?]+$/, "");
    if (!URL.canParse(url)) continue;
    const { hostname, pathname } = new URL(url);
    const parts = pathname.split("/").filter((part) => part !== "");
    if (isCodeHost(hostname)) addCodeUrl(parts, add);
    else {
      addHost(hostname, add);
      for (const part of parts.slice(0, 5))
        if (/^[a-z][\w.-]{2,60}$/i.test(part)) add("host", part);
    }
  }
}

function isCodeHost(hostname: string): boolean {
  return /(?:^|\.)(?:github|gitlab|bitbucket|gitea|codeberg)\b/.test(hostname);
}

/** `/<owner>/<repo>`, with a file behind it in `blob`, `tree` or `edit`. */
function addCodeUrl(parts: readonly string[], add: Add): void {
  const marker = parts.indexOf("-");
  const slug = (marker > 1 ? parts.slice(0, marker) : parts.slice(0, 2))
    .join("/")
    .replace(/\.git$/, "");
  if (!slug.includes("/")) return;
  const rest = marker > 1 ? parts.slice(marker + 1) : parts.slice(2);
  const [view = "", ...place] = rest;
  const path = place.slice(branchLength(place));
  if (["blob", "tree", "edit", "raw", "blame"].includes(view) && path.length > 0)
    add("path", decoded(path.join("/")), slug);
  add("repository", slug);
}

/** How branches with a slash in them begin; an address does not say where the branch ends. */
const branchFamilies: ReadonlySet<string> = new Set(
  "feature feat fix bugfix hotfix release releases chore refactor docs test ci user users wip task renovate revert".split(
    " ",
  ),
);

/** How many parts of an address behind \`blob\` are the branch: \`feature/new-login/src/main.ts\` has two. */
function branchLength([first = "", ...others]: readonly string[]): number {
  // dependabot/npm_and_yarn/zod-4.1.0
  if (first === "dependabot" && others.length > 2) return 3;
  return branchFamilies.has(first.toLowerCase()) && others.length > 1 ? 2 : 1;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The first parts of a host name: `payments.internal.acme.example:8080` gives `payments`. */
function addHost(text: string, add: Add): void {
  const host = text.replace(/^https?:\/\//, "").split(/[/:]/, 1)[0] ?? "";
  const [first = ""] = host.split(".");
  // an address in numbers names nothing
  if (
    /[a-z]/i.test(first) &&
    !["www", "api", "localhost", "grafana", "docs", "status"].includes(first)
  )
    add("host", workloadOf(first));
}

/** `registry.example/acme/payments-api:1.4.2@sha256:…`. */
function addImages(text: string, add: Add): void {
  // at least one slash, then a name with a tag or digest
  const image =
    /\b[\w.-]{1,100}(?::\d{1,5})?(?:\/[\w.-]{1,100}){1,6}(?::[\w][\w.-]{0,127}|@sha256:[0-9a-f]{8,64})/g;
  for (const [found] of text.replaceAll(address, " ").matchAll(image))
    // file.ts:12 is a line of a file
    if (!/\.\w{1,5}:\d+$/.test(found)) addImage(found, add);
}

function addImage(text: string, add: Add): void {
  const withoutDigest = text.split("@", 1)[0] ?? "";
  const name = withoutDigest.split("/").at(-1) ?? "";
  add("image", name.split(":", 1)[0] ?? "");
}

function addSlackNames(text: string, add: Add): void {
  for (const [, name = ""] of text.matchAll(/(?:^|[\s(])#([\p{L}\p{N}][\p{L}\p{N}_-]{1,79})/gu))
    add("channel", name);
  for (const [, name = ""] of text.matchAll(/(?:^|[\s(])@([\w][\w.-]{1,79})/g)) add("person", name);
}

/** `acme/pay:src/main.ts`, `services/payments/main.py:12`, `at com.acme.payments.Charge.run(Charge.java:12)`. */
function addPaths(text: string, add: Add): void {
  const plain = text.replaceAll(address, " ");
  for (const [, slug = "", path = ""] of plain.matchAll(
    /\b([\w.-]{1,60}\/[\w.-]{1,80}):([\w.-]{1,80}(?:\/[\w.@-]{1,80}){0,12})/g,
  ))
    if (!/^\d/.test(path)) add("path", path, slug);
  // at least one slash and a file ending, or a folder given with a slash at its end
  for (const [found] of plain.matchAll(
    /(?:\.{0,2}\/)?(?:[\w@.-]{1,80}\/){1,14}(?:[\w@-][\w@.-]{0,80}\.[A-Za-z]\w{0,9})?/g,
  ))
    addPath(found, add);
  // a frame of a Java stack trace: package, class, method
  for (const [, name = ""] of plain.matchAll(/\bat ([a-z][\w$]{0,60}(?:\.[\w$<>]{1,80}){2,12})\(/g))
    add("path", withoutDomain(name.split(".").slice(0, -2)).join("/"));
}

/** A package without the reversed domain of whoever wrote it, which all of their packages share: `com.acme.payments`. */
function withoutDomain(packages: readonly string[]): readonly string[] {
  const isDomain = ["com", "org", "net", "io", "dev", "co", "eu"].includes(packages[0] ?? "");
  return isDomain && packages.length > 2 ? packages.slice(2) : packages;
}

function addPath(found: string, add: Add): void {
  // places where containers and machines keep code, in front of what the repository knows
  const path = found
    .replace(/^(?:\.{0,2}\/)+/, "")
    .replace(/^(?:app|srv|usr\/src\/app|workspace|home\/[\w.-]+|opt)\//, "");
  if (path.length > 2 && /[a-z]/i.test(path)) add("path", path.replace(/\/$/, ""));
}
