import type { Random } from "../random.ts";
import type { SprawlComponent } from "./generate-catalog.ts";
import { type Fold, half } from "./words.ts";

/** A whole alert as some tool writes it into a channel. */
export function pastedAlert(
  random: Random,
  fold: Fold,
  one: SprawlComponent,
  book: SprawlComponent["runbooks"][number],
): string {
  const label = one.name.toLowerCase().replaceAll(/[._]/g, "-");
  const { alert, symptom } = book;
  return random.pick(
    half(
      [
        `[FIRING:2] ${alert} (prod critical)\nalertname = ${alert}\nservice = ${one.name}\nseverity = critical\npod = ${label}-6f7c9d5b8-kq2zx\ndescription = ${symptom.meaning}\nSource: https://prometheus.northwind.example/graph?g0.expr=up`,
        `:rotating_light: *Triggered #48213*: ${alert} on ${one.name}\n*Urgency:* High   *Service:* ${one.name}\n*Assigned to:* someone\n<https://northwind.pagerduty.com/incidents/Q2X8|View incident>`,
        `[P1] [Triggered on {host:ip-10-2-3-4,service:${one.name}}] ${alert}\n${symptom.meaning}\n@slack-ops\n\nThe monitor was last triggered at Mon Nov 16 2026 03:12:44 UTC.\n[Monitor Status](https://app.datadoghq.eu/monitors/123456) · [Edit Monitor](https://app.datadoghq.eu/monitors#123456/edit)`,
        `New alert *${alert}* from Grafana\nValue: A=0.97, C=1\nLabels:\n - alertname = ${alert}\n - app = ${one.name}\n - namespace = production\nAnnotations:\n - summary = ${symptom.meaning}`,
        `{"status":"firing","labels":{"alertname":"${alert}","service":"${one.name}","severity":"page"},"annotations":{"summary":"${symptom.title}"},"startsAt":"2026-11-16T03:12:44Z"}`,
        `ALARM: "${alert}" in EU (Ireland)\nThreshold Crossed: 1 datapoint [97.2 (16/11/26 03:08:00)] was greater than the threshold (90.0).\nAlarm Description: ${symptom.meaning}\nDimensions: [ServiceName=${one.name}]`,
      ],
      fold,
    ),
  );
}
