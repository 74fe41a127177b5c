import { describe, expect, test } from "@jest/globals";

import { fillPlaceholders, type KnownValue } from "../../src/docs/fill-placeholders.ts";
import { fc } from "../helpers/properties.ts";

const known = new Map<string, KnownValue>([
  ["namespace", { value: "payments", certainty: "sure", from: "annotation" }],
  ["pod", { value: "pay-7f9", certainty: "likely", from: "the alert" }],
  ["deployment", { value: "pay", certainty: "guess", from: "its name" }],
  ["topic", { value: "x; rm -rf /", certainty: "sure", from: "the alert" }],
]);
const fill = (text: string) => fillPlaceholders(text, known).markdown;

describe("placeholders", () => {
  test.each([
    ["kubectl -n <namespace> logs <pod>", "kubectl -n payments logs pay-7f9"],
    ["kubectl -n $NAMESPACE get pods", "kubectl -n payments get pods"],
    ["${NAMESPACE}/{{ namespace }}/{{$labels.pod}}", "payments/payments/pay-7f9"],
    ["Look at <Namespace> in the <b>board</b>", "Look at payments in the <b>board</b>"],
    // only suggested
    ["kubectl describe deploy <deployment>", "kubectl describe deploy <deployment>"],
    // what cannot be taken back is filled with what is sure alone, over all of its lines
    ["kubectl -n <namespace> delete pod <pod>", "kubectl -n payments delete pod <pod>"],
    ["kubectl delete \\\n  pod <pod>", "kubectl delete \\\n  pod <pod>"],
    ["kubectl delete ns x\nkubectl get pod <pod>", "kubectl delete ns x\nkubectl get pod pay-7f9"],
    // the text's own variable
    [
      "NAMESPACE=shop\nkubectl -n $NAMESPACE get pods",
      "NAMESPACE=shop\nkubectl -n $NAMESPACE get pods",
    ],
    // no one word of a shell
    ["kafka --topic <topic>", "kafka --topic <topic>"],
    ["<unknown> {{ .Values.x }} $HOME $(date)", "<unknown> {{ .Values.x }} $HOME $(date)"],
  ])("%s", (text, wanted) => {
    expect(fill(text)).toBe(wanted);
  });

  test("are told with what they mean and whether they were filled in everywhere", () => {
    expect(fillPlaceholders("get <pod>\ndelete <pod>\nshow <deployment>", known).filled).toEqual([
      { placeholder: "<pod>", value: "pay-7f9", from: "the alert", isFilled: false },
      { placeholder: "<deployment>", value: "pay", from: "its name", isFilled: false },
    ]);
  });

  test("never put anything but a plain word into a text, whatever is known", () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const all = new Map([["pod", { value, certainty: "sure" as const, from: "x" }]]);
        const { markdown } = fillPlaceholders("a <pod> b", all);
        expect(markdown === "a <pod> b" || /^a [\w.:/-]+ b$/.test(markdown)).toBe(true);
      }),
    );
  });
});
