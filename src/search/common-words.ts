/**
 * Words about search that are data, in English. Another language is another file of this shape.
 */

/** Words that name no thing; they are left out of what is looked for. */
export const stopWords: ReadonlySet<string> = new Set(
  (
    "a about all am an and any are as at be been being but by can could did do does for from get give had has have he her hey hi " +
    "him his how i if in into is it its just know let like me my need of on one or our ours out over please s she should show " +
    "so some such tell than thanks that the their them then there these they thing this those to too up use want was " +
    "we were dont doesnt didnt cant cannot not wont isnt arent im ive youre thats lets something anything what whats when where which while who whom whos whose why will with would you your"
  ).split(" "),
);

/** Words for a kind of thing: what kinds they wish for. They help to choose but are weak as part of a name. */
export const kindWords: ReadonlyMap<string, readonly string[]> = new Map<string, readonly string[]>(
  Object.entries({
    service: ["component"],
    services: ["component"],
    component: ["component"],
    components: ["component"],
    app: ["component"],
    application: ["component"],
    website: ["component"],
    library: ["component"],
    repo: ["component"],
    repository: ["component"],
    api: ["api"],
    apis: ["api"],
    endpoint: ["api"],
    team: ["group"],
    teams: ["group"],
    squad: ["group"],
    group: ["group"],
    tribe: ["group"],
    guild: ["group"],
    person: ["user"],
    people: ["user"],
    user: ["user"],
    database: ["resource"],
    db: ["resource"],
    bucket: ["resource"],
    queue: ["resource"],
    topic: ["resource"],
    cluster: ["resource"],
    resource: ["resource"],
    system: ["system"],
    domain: ["domain"],
    template: ["template"],
  }),
);

/** Usual short forms that are neither a beginning nor a skeleton of the long one. */
export const shortForms: ReadonlyMap<string, readonly string[]> = new Map<
  string,
  readonly string[]
>(
  Object.entries({
    k8s: ["kubernetes"],
    svc: ["service"],
    srv: ["service", "server"],
    serv: ["service"],
    i18n: ["internationalization"],
    l10n: ["localization"],
    db: ["database"],
    ui: ["frontend", "web"],
    fe: ["frontend"],
    be: ["backend"],
    gw: ["gateway"],
    lb: ["loadbalancer", "balancer"],
    mq: ["queue"],
    ml: ["machine"],
    pg: ["postgres", "postgresql"],
    tx: ["transaction", "transactions"],
    txn: ["transaction", "transactions"],
    acct: ["account", "accounts"],
    mgmt: ["management"],
    mgr: ["manager"],
    cust: ["customer", "customers"],
    infra: ["infrastructure"],
    prod: ["production"],
    env: ["environment"],
  }),
);

/** Words that say that something is wrong, and not what. */
export const vagueTroubles: ReadonlySet<string> = new Set(
  "up healthy ok okay working fine back down dead broken failing fails failed unavailable offline unresponsive degraded wrong weird flaky fire red problem problems issue issues trouble".split(
    " ",
  ),
);

/** Words that people use for the same trouble. Each group is looked for as a whole, at a lower weight. */
export const symptomGroups: readonly (readonly string[])[] = [
  ["oom", "memory", "oomkilled", "heap", "leak", "rss"],
  [
    "5xx",
    "500",
    "502",
    "503",
    "504",
    "error",
    "errors",
    "failing",
    "failures",
    "fails",
    "exceptions",
  ],
  ["4xx", "400", "401", "403", "404", "rejected", "denied", "forbidden", "unauthorized"],
  [
    "lag",
    "lagging",
    "backlog",
    "behind",
    "delayed",
    "delay",
    "stuck",
    "piling",
    "growing",
    "stale",
  ],
  [
    "dlq",
    "deadletter",
    "dead",
    "letter",
    "letters",
    "parked",
    "poison",
    "redrive",
    "undeliverable",
  ],
  ["queue", "backlog", "messages", "events"],
  ["consumer", "kafka", "topic", "partition"],
  [
    "cert",
    "certs",
    "certificate",
    "certificates",
    "tls",
    "ssl",
    "expired",
    "expires",
    "expiry",
    "expiring",
    "renewal",
  ],
  [
    "slow",
    "latency",
    "slowness",
    "timeout",
    "timeouts",
    "p99",
    "p95",
    "hanging",
    "hangs",
    "sluggish",
    "degraded",
  ],
  ["down", "outage", "unavailable", "unreachable", "dead", "offline", "unresponsive"],
  ["disk", "space", "full", "filling", "filesystem", "storage", "volume", "inode"],
  [
    "crash",
    "crashes",
    "crashing",
    "crashloop",
    "crashlooping",
    "restarts",
    "restarting",
    "crashloopbackoff",
    "panic",
  ],
  ["cpu", "throttled", "throttling", "saturated", "saturation", "load"],
  ["deploy", "deployment", "rollout", "release", "shipped"],
  ["rollback", "revert", "undo", "roll"],
  ["login", "signin", "sign", "401", "403", "auth", "authentication", "sso", "token", "password"],
  ["failover", "replica", "replication", "primary", "standby", "switchover"],
  ["restore", "backup", "recovery", "recover", "backups"],
  ["connection", "connections", "pool", "exhausted", "refused", "sockets"],
  ["duplicate", "duplicates", "double", "twice", "duplicated"],
  ["missing", "lost", "disappeared", "absent"],
  ["reconcile", "reconciliation", "mismatch", "imbalance", "unbalanced", "drift", "difference"],
  ["rotate", "rotation", "secret", "secrets", "key", "credentials"],
  ["scale", "scaling", "capacity", "autoscaling", "replicas"],
  ["webhook", "webhooks", "callback", "callbacks"],
  ["network", "dns", "resolve", "packet", "lookup", "servfail", "hostname", "nameserver"],
  ["quota", "limit", "limits", "ratelimit", "429"],
];

/** Every word of `symptomGroups`. */
export const symptomWords: ReadonlySet<string> = new Set(symptomGroups.flat());

/** What people write in several words, or glued, and the words it is looked for with. In lower case. */
export const symptomPhrases: readonly (readonly [RegExp, string])[] = [
  // log in, log-in, logging on
  [/\blog(?:ging)?[ -](?:in|on)\b/g, "login"],
  [/\bsign(?:ing)?[ -](?:in|on)\b/g, "login"],
  [/\bout of memory\b/g, "oom"],
  [/\boom[ -]?kill(?:ed|s)?\b/g, "oom"],
  [/\bcrash[ -]?loop(?:s|ing)?(?:[ -]?back[ -]?off)?\b/g, "crash restarting"],
  [/\bdead[ -]letters?(?: queue)?\b/g, "dlq"],
  [/\b(?:no|out of)(?: disk)? space(?: left)?\b/g, "disk full"],
  [/\bout of disk\b/g, "disk full"],
  [/\broll(?:ed|ing)?[ -]back\b/g, "rollback"],
  [/\bfail(?:ed|ing)?[ -]over\b/g, "failover"],
  [/\btim(?:e|ed|ing|es)[ -]out\b/g, "timeout"],
  [/\bkeeps? (?:re)?starting\b/g, "restarting"],
  [/\bnot responding\b/g, "unresponsive"],
  [/\bout of date\b/g, "stale"],
  [/\b(?:does not|do not|dont|doesnt|don't|doesn't) work\b/g, "broken"],
  [/\btoo many connections\b/g, "connections exhausted"],
  [/\bfail(?:ing|ed) requests\b|\brequests (?:are )?fail(?:ing)?\b/g, "5xx requests"],
  // what fails says more than that it fails
  [
    /\b(dns|disk|disks|login|logins|backups?|restores?|deploys?|deployments?|replication|webhooks?|certs?|certificates?) (?:is |are |keeps? )?(?:failing|fails|failed)\b/g,
    "$1",
  ],
];
