/** What a request must say, and how. */
const rules = {
  person: { isRequired: true, expected: "a user, such as user:default/dario.costa", fits: (v) => /^user:[^/]+\/.+$/.test(v) },
  target: {
    isRequired: true,
    expected: "a resource or system, such as resource:default/orders-db",
    fits: (v) => /^(resource|system):[^/]+\/.+$/.test(v),
  },
  level: { isRequired: true, expected: "read, write or admin", fits: (v) => ["read", "write", "admin"].includes(v) },
  days: { isRequired: true, expected: "a whole number from 1 to 90", fits: (v) => Number.isInteger(v) && v >= 1 && v <= 90 },
  reason: { isRequired: true, expected: "at least 20 characters", fits: (v) => typeof v === "string" && v.trim().length >= 20 },
  ticket: { isRequired: false, expected: "a key such as INC-87", fits: (v) => /^[A-Z]{2,10}-[0-9]{1,6}$/.test(v) },
  requestedBy: { isRequired: false, expected: "a user or nothing", fits: (v) => v === "" || /^user:[^/]+\/.+$/.test(v) },
};

/** The faults of one request, as sentences; `path` is relative to the repository, with forward slashes. */
export function checkRequest(path, text) {
  const { values, faults } = parse(text);
  for (const [key, rule] of Object.entries(rules)) {
    if (!values.has(key)) {
      if (rule.isRequired) faults.push(`${key} is missing, expected ${rule.expected}`);
    } else if (!rule.fits(values.get(key))) {
      faults.push(`${key} is ${JSON.stringify(values.get(key))}, expected ${rule.expected}`);
    }
  }
  for (const key of values.keys()) {
    if (!Object.hasOwn(rules, key)) faults.push(`${key} is not known`);
  }
  if (values.get("level") !== "read" && !values.has("ticket")) faults.push("ticket is missing, expected one for anything but read");
  if (faults.length === 0) faults.push(...checkPath(path, values));
  return faults;
}

function checkPath(path, values) {
  const nameOf = (ref) => ref.slice(ref.indexOf("/") + 1);
  const expected = `access/${nameOf(values.get("target"))}/${nameOf(values.get("person"))}.yaml`;
  return path === expected ? [] : [`the file is ${path}, expected ${expected}`];
}

/** Reads the small part of YAML that requests use: comments, and `key: value` with the value as JSON. */
function parse(text) {
  const values = new Map();
  const faults = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (line.trim() === "" || line.startsWith("#")) continue;
    const at = line.indexOf(": ");
    try {
      if (at <= 0) throw new SyntaxError("no key");
      values.set(line.slice(0, at), JSON.parse(line.slice(at + 2)));
    } catch {
      faults.push(`line ${index + 1} is not “key: value” with a quoted text or a number`);
    }
  }
  return { values, faults };
}
