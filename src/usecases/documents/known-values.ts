import type { CatalogEntity } from "../../catalog/model.ts";
import type { KnownValue } from "../../docs/fill-placeholders.ts";

/** Labels of alerts that runbooks ask for. */
const labels = new Set(
  "namespace pod container node instance job cluster deployment statefulset daemonset service alertname region topic queue".split(
    " ",
  ),
);

/** What placeholders of a runbook can be filled with: from its entity, and from the labels of an alert in the question. */
export function knownValues(
  entity: CatalogEntity | undefined,
  question = "",
): Map<string, KnownValue> {
  const known = new Map<string, KnownValue>();
  // namespace="payments", namespace=payments or namespace: payments
  for (const [, label = "", quoted, bare] of question
    .slice(0, 20_000)
    .matchAll(/\b([a-z]{3,20})\s?(?:=|:)\s?(?:"([^"\n]{1,253})"|([\w./:-]{1,253}))/g)) {
    const value = quoted ?? bare ?? "";
    if (labels.has(label) && !known.has(label))
      known.set(label, { value, certainty: "likely", from: "the alert" });
  }
  if (entity !== undefined) addEntity(known, entity);
  return known;
}

const nameKeys = ["service", "service-name", "app", "app-name", "application", "component"];
const workloadKeys = ["deployment", "deployment-name", "workload"];

function addEntity(known: Map<string, KnownValue>, { entity }: CatalogEntity): void {
  const annotations = entity.metadata.annotations ?? {};
  const written = (key: string): KnownValue | undefined => {
    const value = annotations[key];
    return typeof value === "string" ? { value, certainty: "sure", from: key } : undefined;
  };
  const { name } = entity.metadata;
  const own: KnownValue = { value: name, certainty: "likely", from: "its name in the catalog" };
  const guess: KnownValue = { value: name, certainty: "guess", from: "its name in the catalog" };
  const namespace = written("backstage.io/kubernetes-namespace");
  const id = written("backstage.io/kubernetes-id");
  addNamespace(known, namespace ?? guess);
  for (const key of nameKeys) addNew(known, key, own);
  for (const key of workloadKeys)
    addNew(known, key, id === undefined ? guess : { ...id, certainty: "guess" });
  if (id !== undefined) known.set("kubernetes-id", id);
}

function addNew(known: Map<string, KnownValue>, key: string, value: KnownValue): void {
  if (!known.has(key)) known.set(key, value);
}

/** An alert is about one namespace; where the annotation names another, what the alert says is not sure. */
function addNamespace(known: Map<string, KnownValue>, written: KnownValue): void {
  const alerted = known.get("namespace");
  if (alerted === undefined || (written.certainty === "sure" && alerted.value === written.value))
    known.set("namespace", written);
}
