import type { Channel, Identity, Person, UserGroup } from "./slack-shapes.ts";

/** The workspace's identity when the caller names none. */
export const sampleIdentity: Identity = {
  teamId: "T0FOOTLIT1",
  teamName: "Footlight",
  teamDomain: "footlight-tickets",
  appId: "A0CALLBRD1",
  botId: "B0CALLBRD1",
  botUserId: "U0CALLBRD1",
  botName: "Callboard",
  verificationToken: "playground-verification",
};

/** Five people who need different things from the bot; all but the guest are in the sample catalog. */
export const samplePeople: readonly Person[] = [
  person("U0DARIOCO1", "Dario Costa", "Engineer, Checkout"),
  person("U0THEOBLA1", "Theo Blake", "New this week, Checkout"),
  person("U0NINAKOW1", "Nina Kowalski", "On call, Platform"),
  { ...person("U0VICTORI1", "Victor Ionescu", "Approver, Platform lead"), isAdmin: true },
  { ...person("U0ROBINMA1", "Robin Marsh", "Guest, agency"), isRestricted: true },
];

function person(id: string, realName: string, title: string): Person {
  const name = realName.toLowerCase().replaceAll(" ", ".");
  return { id, name, realName, title, email: `${name}@footlight.example` };
}

const staff = ["U0DARIOCO1", "U0THEOBLA1", "U0NINAKOW1", "U0VICTORI1"];
const withBot = (...members: string[]): string[] => [sampleIdentity.botUserId, ...members];

/** Channels of the sample company; the bot was never invited to `#ledger`. */
export const sampleChannels: readonly Channel[] = [
  channel("C0GENERAL1", "general", "The whole company", withBot(...staff)),
  channel("C0ENGINEE1", "engineering", "For everyone who builds", withBot(...staff)),
  channel("C0CHECKOU1", "checkout", "Basket and orders", withBot(...staff, "U0ROBINMA1")),
  channel("C0PAYMENT1", "payments", "Cards, refunds, payouts", withBot(...staff)),
  channel("C0PLATFOR1", "platform", "Clusters, pipelines, templates", withBot(...staff)),
  channel("C0LEDGER01", "ledger", "Books and audits; the bot is not a member", [...staff]),
];

function channel(id: string, name: string, topic: string, members: string[]): Channel {
  return { id, name, kind: "public", topic, members };
}

/** User groups that the sample catalog names as on call. */
export const sampleUserGroups: readonly UserGroup[] = [
  group("S0PAYONCA1", "payments-oncall", ["U0NINAKOW1"]),
  group("S0CHKONCA1", "checkout-oncall", ["U0DARIOCO1"]),
  group("S0PLTONCA1", "platform-oncall", ["U0NINAKOW1"]),
  group("S0PLTTEAM1", "platform-team", ["U0NINAKOW1", "U0VICTORI1"]),
];

function group(id: string, handle: string, members: string[]): UserGroup {
  return { id, handle, name: handle.replaceAll("-", " "), members };
}
