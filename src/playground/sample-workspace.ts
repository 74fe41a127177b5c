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

/** Everybody else in the sample catalog: they are mentioned and on call, but nobody acts as them on the page. */
export const sampleColleagues: readonly Person[] = [
  colleague("U0AMARA0K1", "Amara Okafor", "Director of engineering"),
  colleague("U0JONASWE1", "Jonas Weber", "Engineering manager, Payments"),
  colleague("U0PRIYARA1", "Priya Raman", "Staff engineer, Payments"),
  colleague("U0LUCAFER1", "Luca Ferri", "Engineer, Ledger"),
  colleague("U0MEITANA1", "Mei Tanaka", "Tech lead, Ledger"),
  colleague("U0SOFIALI1", "Sofia Lindqvist", "Engineering manager, Checkout"),
  colleague("U0HANNAHA1", "Hannah Adler", "Tech lead, Seating"),
  colleague("U0TOMASZN1", "Tomasz Nowak", "Engineer, Seating"),
  colleague("U0NOORHAD1", "Noor Haddad", "Tech lead, Pricing"),
  colleague("U0ELLISWA1", "Ellis Ward", "Data scientist, Pricing"),
  colleague("U0GRACEMB1", "Grace Mbeki", "Engineering manager, Web and Apps"),
  colleague("U0FINNOCO1", "Finn O'Connor", "Front-end engineer, Web and Apps"),
  colleague("U0YUKISAT1", "Yuki Sato", "Tech lead, Discovery"),
  colleague("U0KOFIMEN1", "Kofi Mensah", "Tech lead, Messaging"),
  colleague("U0ROSADEL1", "Rosa Delgado", "Engineer, Messaging"),
  colleague("U0BENHART1", "Ben Hartley", "Engineering manager, Venues"),
  colleague("U0LEILAFA1", "Leila Farsi", "Engineer, Venues"),
  colleague("U0OSKARBE1", "Oskar Berg", "Tech lead, Front of House"),
  colleague("U0ZOEMART1", "Zoe Martin", "Mobile engineer, Front of House"),
  colleague("U0SAMREYE1", "Sam Reyes", "Site reliability engineer, Platform"),
  colleague("U0IRISVAN1", "Iris van der Meer", "Tech lead, Data"),
  colleague("U0ARJUNME1", "Arjun Mehta", "Data engineer, Data"),
  colleague("U0CLAIRED1", "Claire Dubois", "Security engineer"),
  colleague("U0RAFAELS1", "Rafael Stone", "Head of Customer Care"),
];

function colleague(id: string, realName: string, title: string): Person {
  return { ...person(id, realName, title), isColleague: true };
}

function person(id: string, realName: string, title: string): Person {
  // `Iris van der Meer` is iris.vandermeer, `Finn O'Connor` finn.oconnor
  const [first = "", ...rest] = realName.toLowerCase().replaceAll("'", "").split(" ");
  const name = `${first}.${rest.join("")}`;
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
