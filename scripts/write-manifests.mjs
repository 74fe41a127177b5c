// Writes manifest.http.yml and manifest.json from manifest.yml, so that the three cannot drift apart.
import { readFileSync, writeFileSync } from "node:fs";

import { parse, stringify } from "yaml";

const root = new URL("../", import.meta.url);
// where the bot is reached: replaced by whoever installs it
const requestUrl = "https://callboard.example.com/slack/events";

/** The same app over HTTP: no socket, and an address wherever Slack wants one. */
export function toHttpManifest(manifest) {
  const { features, settings } = manifest;
  return {
    ...manifest,
    features: {
      ...features,
      slash_commands: features.slash_commands.map((command) => ({ ...command, url: requestUrl })),
    },
    settings: {
      ...settings,
      event_subscriptions: { request_url: requestUrl, ...settings.event_subscriptions },
      interactivity: {
        ...settings.interactivity,
        request_url: requestUrl,
        message_menu_options_url: requestUrl,
      },
      socket_mode_enabled: false,
    },
  };
}

/** The three texts, by file name. */
export function renderManifests() {
  const manifest = parse(readFileSync(new URL("manifest.yml", root), "utf8"));
  const head = `# Slack app manifest for HTTP, written from manifest.yml by \`npm run manifests\`.\n# Replace ${new URL(requestUrl).host} by your own address.\n`;
  return {
    "manifest.http.yml": head + stringify(toHttpManifest(manifest), { lineWidth: 0 }),
    "manifest.json": `${JSON.stringify(manifest, undefined, 2)}\n`,
  };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  for (const [name, text] of Object.entries(renderManifests()))
    writeFileSync(new URL(name, root), text);
}
