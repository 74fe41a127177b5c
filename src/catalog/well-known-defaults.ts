/** One way of naming a thing: an annotation key, and what to call the value when it is shown. */
interface NamedAnnotation {
  annotation: string;
  /** Such as `PagerDuty service`; the value follows it. */
  label: string;
}

/**
 * Which annotations and links mean what. Backstage fixes hardly any of this, so that companies invent their own:
 * every list can be replaced. Within a list the first that is set wins.
 */
export interface WellKnownOptions {
  /** A channel: `#payments`, `payments`, `C024BE91L`, or a link to it. */
  slackChannelAnnotations: readonly string[];
  /** A user group: `@payments-oncall`, `S0615G0KT`. */
  slackUserGroupAnnotations: readonly string[];
  /** A person's Slack id, `U024BE7LH`. */
  slackUserAnnotations: readonly string[];
  /** Files, folders or URLs of runbooks, parted by commas. */
  runbookAnnotations: readonly string[];
  /** URLs of dashboards, parted by commas. */
  dashboardAnnotations: readonly string[];
  /** Where documentation stands. */
  docsAnnotations: readonly string[];
  /** Who is called when it breaks. Keys that carry secrets (integration keys) do not belong here. */
  onCallAnnotations: readonly NamedAnnotation[];
  /** Other names, parted by commas. */
  aliasAnnotations: readonly string[];
  /** An address to write to. */
  emailAnnotations: readonly string[];
  /** Words that make a link (by type, icon or title) a runbook, dashboard and so on. Lower case. */
  runbookWords: readonly string[];
  dashboardWords: readonly string[];
  docsWords: readonly string[];
  onCallWords: readonly string[];
  repositoryWords: readonly string[];
}

/** What we recognise without being told. */
export const wellKnownDefaults: WellKnownOptions = {
  slackChannelAnnotations: [
    "callboard.dev/slack-channel",
    "slack.com/channel",
    "slack.com/channel-id",
    "slack.com/channel-name",
    "slack.com/bot-notify",
    "slack/channel",
    "slack-channel",
  ],
  slackUserGroupAnnotations: [
    "callboard.dev/slack-user-group",
    "slack.com/user-group",
    "slack.com/usergroup",
    "slack.com/user-group-id",
    "slack.com/group",
  ],
  slackUserAnnotations: [
    "callboard.dev/slack-user",
    "slack.com/user-id",
    "slack.com/user_id",
    "slack.com/user",
  ],
  runbookAnnotations: [
    "callboard.dev/runbooks",
    "callboard.dev/runbook",
    "backstage.io/runbook",
    "runbook-url",
    "runbook",
  ],
  dashboardAnnotations: [
    "callboard.dev/dashboards",
    "callboard.dev/dashboard",
    "grafana/overview-dashboard",
    "datadoghq.com/dashboard-url",
    "dashboard-url",
  ],
  docsAnnotations: ["callboard.dev/docs", "backstage.io/techdocs-ref", "backstage.io/adr-location"],
  onCallAnnotations: [
    { annotation: "callboard.dev/on-call", label: "" },
    { annotation: "pagerduty.com/service-id", label: "PagerDuty service" },
    { annotation: "pagerduty.com/escalation-policy-id", label: "PagerDuty escalation policy" },
    { annotation: "opsgenie.com/team", label: "Opsgenie team" },
    { annotation: "opsgenie.com/component-selector", label: "Opsgenie" },
    { annotation: "victorops.com/team", label: "Splunk On-Call team" },
    { annotation: "splunk.com/on-call-team", label: "Splunk On-Call team" },
    { annotation: "splunk.com/on-call-routing-key", label: "Splunk On-Call routing key" },
    { annotation: "firehydrant.com/service-id", label: "FireHydrant service" },
    { annotation: "incident.io/team", label: "incident.io team" },
    { annotation: "rootly.com/service-slug", label: "Rootly service" },
  ],
  aliasAnnotations: ["callboard.dev/aliases", "callboard.dev/alias"],
  emailAnnotations: ["callboard.dev/email", "email", "contact-email"],
  runbookWords: ["runbook", "run book", "playbook", "on-call guide", "incident guide"],
  dashboardWords: [
    "dashboard",
    "grafana",
    "datadog",
    "kibana",
    "monitoring",
    "metrics",
    "observability",
  ],
  docsWords: [
    "docs",
    "doc",
    "documentation",
    "wiki",
    "confluence",
    "readme",
    "guide",
    "handbook",
    "techdocs",
  ],
  onCallWords: [
    "on-call",
    "oncall",
    "on call",
    "pagerduty",
    "opsgenie",
    "rota",
    "escalation",
    "victorops",
  ],
  repositoryWords: [
    "repository",
    "repo",
    "source",
    "source code",
    "code",
    "github",
    "gitlab",
    "bitbucket",
  ],
};
