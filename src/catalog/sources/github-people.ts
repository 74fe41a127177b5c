import { isRecord } from "../../base/json.ts";
import type { SourceFile } from "./contract.ts";
import { brokenAnswer } from "./github-objects.ts";
import type { GithubReader } from "./github-reader.ts";

/** A team of an organisation. */
interface Team {
  slug: string;
  name: string;
  description: string;
  url: string;
  avatarUrl: string;
  parent: string | undefined;
  /** Logins. */
  members: string[];
}

interface Member {
  login: string;
  name: string;
  email: string;
  avatarUrl: string;
  url: string;
}

const teamsPerQuery = 50;
const membersPerQuery = 100;
/** Ends a GitHub that hands out pages for ever. */
const maxPages = 1_000;

const page = "pageInfo { hasNextPage endCursor }";
const teamMembers = `members(first: 100, after: $members, membership: IMMEDIATE) { nodes { login } ${page} }`;
const teamFields = "slug name description url avatarUrl parentTeam { slug }";

const teamsQuery = `query($org: String!, $first: Int!, $after: String, $members: String) {
  organization(login: $org) { teams(first: $first, after: $after) {
    nodes { ${teamFields} ${teamMembers} } ${page} } } }`;
const teamQuery = `query($org: String!, $slug: String!, $members: String) {
  organization(login: $org) { team(slug: $slug) { ${teamMembers} } } }`;
const membersQuery = `query($org: String!, $first: Int!, $after: String) {
  organization(login: $org) { membersWithRole(first: $first, after: $after) {
    nodes { login name email avatarUrl url organizationVerifiedDomainEmails(login: $org) } ${page} } } }`;

/**
 * Reads teams and members of an organisation as Groups and Users, one file each, as Backstage's own provider makes them.
 * An e-mail address in a domain that the organisation has verified comes before the one that the person shows.
 */
export async function readGithubPeople(
  reader: GithubReader,
  org: string,
  signal: AbortSignal,
): Promise<SourceFile[]> {
  const teams = await readTeams(reader, org, signal);
  const members = await readMembers(reader, org, signal);
  const groups = teams.map((team) => toGroup(org, team, teams));
  const teamsOf = new Map<string, string[]>();
  for (const { slug, members: logins } of teams) {
    for (const login of logins) teamsOf.set(login, [...(teamsOf.get(login) ?? []), slug]);
  }
  const users = members.map((member) => toUser(member, teamsOf.get(member.login) ?? []));
  return [...groups, ...users].toSorted((a, b) => (a.base < b.base ? -1 : 1));
}

async function readTeams(reader: GithubReader, org: string, signal: AbortSignal): Promise<Team[]> {
  const doing = `reading the teams of ${org}`;
  const teams: Team[] = [];
  const ask = async (after: string | null) => {
    const variables = { org, first: teamsPerQuery, after, members: null };
    const { data } = await reader.query({
      owner: org,
      query: teamsQuery,
      variables,
      doing,
      signal,
    });
    return connectionAt(data, ["organization", "teams"], doing);
  };
  for await (const node of allNodes(ask)) {
    const team = toTeam(node);
    const first = connectionAt(node, ["members"], doing);
    team.members.push(...first.nodes.map((each) => textOf(each["login"])));
    // few teams have more than a hundred members
    if (first.next !== undefined) {
      const { slug } = team;
      const more = async (members: string | null) => {
        const variables = { org, slug, members };
        const { data } = await reader.query({
          owner: org,
          query: teamQuery,
          variables,
          doing,
          signal,
        });
        return connectionAt(data, ["organization", "team", "members"], doing);
      };
      for await (const each of allNodes(more, first.next)) team.members.push(textOf(each["login"]));
    }
    teams.push(team);
  }
  return teams;
}

async function readMembers(
  reader: GithubReader,
  org: string,
  signal: AbortSignal,
): Promise<Member[]> {
  const doing = `reading the members of ${org}`;
  const members: Member[] = [];
  const ask = async (after: string | null) => {
    const variables = { org, first: membersPerQuery, after };
    // who may not see e-mail addresses sees the rest all the same
    const request = {
      owner: org,
      query: membersQuery,
      variables,
      doing,
      canBePartial: true,
      signal,
    };
    const { data } = await reader.query(request);
    return connectionAt(data, ["organization", "membersWithRole"], doing);
  };
  for await (const node of allNodes(ask)) {
    const verified = node["organizationVerifiedDomainEmails"];
    const [first] = Array.isArray(verified) ? verified.map(textOf) : [];
    members.push({
      login: textOf(node["login"]),
      name: textOf(node["name"]),
      email: first ?? textOf(node["email"]),
      avatarUrl: textOf(node["avatarUrl"]),
      url: textOf(node["url"]),
    });
  }
  return members;
}

interface Connection {
  nodes: Record<string, unknown>[];
  next: string | undefined;
}

async function* allNodes(
  ask: (after: string | null) => Promise<Connection>,
  start: string | null = null,
): AsyncGenerator<Record<string, unknown>> {
  let after = start;
  for (let count = 0; count < maxPages; count += 1) {
    const { nodes, next } = await ask(after);
    yield* nodes;
    if (next === undefined) return;
    after = next;
  }
}

function connectionAt(
  data: Record<string, unknown>,
  path: readonly string[],
  doing: string,
): Connection {
  let value: unknown = data;
  for (const key of path) value = isRecord(value) ? value[key] : undefined;
  const nodes = isRecord(value) ? value["nodes"] : undefined;
  if (!isRecord(value) || !Array.isArray(nodes)) throw brokenAnswer(doing);
  const info = value["pageInfo"];
  const hasNext = isRecord(info) && info["hasNextPage"] === true;
  const cursor = hasNext ? textOf(info["endCursor"]) : "";
  return { nodes: nodes.filter(isRecord), next: cursor === "" ? undefined : cursor };
}

function toTeam(node: Record<string, unknown>): Team {
  const parent = isRecord(node["parentTeam"]) ? textOf(node["parentTeam"]["slug"]) : "";
  return {
    slug: textOf(node["slug"]),
    name: textOf(node["name"]),
    description: textOf(node["description"]),
    url: textOf(node["url"]),
    avatarUrl: textOf(node["avatarUrl"]),
    parent: parent === "" ? undefined : parent,
    members: [],
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function toGroup(org: string, team: Team, all: readonly Team[]): SourceFile {
  const { slug, name, description, url, avatarUrl, parent, members } = team;
  return toFile(url, {
    kind: "Group",
    metadata: {
      name: slug,
      ...(description === "" ? {} : { description }),
      annotations: { "github.com/team-slug": `${org}/${slug}`, ...placesOf(url) },
    },
    spec: {
      type: "team",
      profile: { ...named(name), ...(avatarUrl === "" ? {} : { picture: avatarUrl }) },
      ...(parent === undefined ? {} : { parent }),
      children: all.filter((each) => each.parent === slug).map((each) => each.slug),
      members,
    },
  });
}

function toUser(
  { login, name, email, avatarUrl, url }: Member,
  memberOf: readonly string[],
): SourceFile {
  const picture = avatarUrl === "" ? {} : { picture: avatarUrl };
  return toFile(url, {
    kind: "User",
    metadata: {
      name: login,
      annotations: { "github.com/user-login": login, ...placesOf(url) },
    },
    spec: {
      profile: { ...named(name), ...(email === "" ? {} : { email }), ...picture },
      memberOf,
    },
  });
}

function named(displayName: string): { displayName?: string } {
  return displayName === "" ? {} : { displayName };
}

function placesOf(url: string): Record<string, string> {
  return {
    "backstage.io/managed-by-location": `url:${url}`,
    "backstage.io/managed-by-origin-location": `url:${url}`,
    "backstage.io/view-url": url,
  };
}

function toFile(url: string, entity: Record<string, unknown>): SourceFile {
  const whole = { apiVersion: "backstage.io/v1alpha1", ...entity };
  const text = JSON.stringify(whole, undefined, 2);
  return { file: url, base: url, text, isResolved: true, isDerived: true };
}
