import type { WebClient } from "@slack/web-api";

import { ForbiddenError, toError, UpstreamError } from "../base/errors.ts";
import type { Logger } from "../base/logger.ts";
import type { EntityService } from "../usecases/services.ts";
import type { SlackIdentity } from "./identity.ts";
import { within } from "./within.ts";

/** A person as Slack knows them. */
interface SlackPerson {
  id: string;
  /** As shown in Slack. */
  name: string;
  email?: string;
  /** Set for people who may ask but not change anything, with the reason. */
  limit?: "guest" | "external" | "bot" | "deactivated";
}

/** Looks people up, at most once in ten minutes each. */
export interface People {
  /** @throws UpstreamError `slack-unreachable` when Slack does not say. */
  find(userId: string): Promise<SlackPerson>;
  /** A full member of our workspace. @throws ForbiddenError `slack-not-a-member`, UpstreamError `slack-unreachable`. */
  requireMember(userId: string): Promise<SlackPerson>;
  /** The person's User in the catalog; undefined when there is none or Slack is slow: no answer waits for it. */
  userRef(userId: string): Promise<string | undefined>;
}

export interface PeopleOptions {
  web: WebClient;
  entities: Pick<EntityService, "userOf">;
  logger: Logger;
  now: () => number;
  /** Of the workspace that is worked for: two workspaces may know different people by one id. */
  identity: () => Pick<SlackIdentity, "teamId" | "enterpriseId">;
}

const keptMs = 10 * 60_000;
/** Bounds memory; a workspace's active people fit many times over. */
const keptPeople = 20_000;
const lookupLimitMs = 400;
/** Finding a User means looking through the catalog, which every question must not do again. */
const refKeptMs = 30_000;

/** Creates the directory; its cache lives as long as it does. */
export function createPeople(options: PeopleOptions): People {
  const { web, entities, logger, now, identity } = options;
  const keyOf = (userId: string) => `${identity().teamId}/${userId}`;
  const known = new Map<string, { person: Promise<SlackPerson>; readAtMs: number }>();
  const refs = new Map<string, { ref: string | undefined; readAtMs: number }>();
  const find = async (userId: string): Promise<SlackPerson> => {
    const key = keyOf(userId);
    const cached = known.get(key);
    if (cached !== undefined && now() - cached.readAtMs < keptMs) return await cached.person;
    const person = readPerson(web, userId, identity());
    if (known.size >= keptPeople) known.clear();
    known.set(key, { person, readAtMs: now() });
    person.catch((thrown: unknown) => {
      known.delete(key);
      logger.warn({ error: toError(thrown).message }, "slack person could not be looked up");
    });
    return await person;
  };
  return {
    find,
    async requireMember(userId) {
      const person = await find(userId);
      if (person.limit === undefined) return person;
      throw new ForbiddenError("slack-not-a-member", reasons[person.limit], {
        hint: "ask a member of this workspace to do it",
      });
    },
    async userRef(userId) {
      const key = keyOf(userId);
      const cached = refs.get(key);
      if (cached !== undefined && now() - cached.readAtMs < refKeptMs) return cached.ref;
      const person = await within(find(userId), lookupLimitMs).catch(() => undefined);
      const ref = entities.userOf(catalogPerson(userId, person));
      if (refs.size >= keptPeople) refs.clear();
      // what was found without knowing the person may be wrong in a moment
      if (person !== undefined) refs.set(key, { ref, readAtMs: now() });
      return ref;
    },
  };
}

/** What the catalog may know a person by; the address of somebody from outside proves nothing. */
function catalogPerson(
  slackUserId: string,
  person: SlackPerson | undefined,
): Parameters<EntityService["userOf"]>[0] {
  if (person === undefined) return { slackUserId };
  const isOneOfUs = person.limit === undefined;
  return {
    slackUserId,
    name: person.name,
    ...(isOneOfUs && person.email !== undefined ? { email: person.email } : {}),
  };
}

const reasons: Record<NonNullable<SlackPerson["limit"]>, string> = {
  guest: "guests cannot start or change anything here",
  external: "people from another workspace cannot start or change anything here",
  bot: "bots cannot start or change anything here",
  deactivated: "this account is deactivated",
};

async function readPerson(
  web: WebClient,
  userId: string,
  identity: ReturnType<PeopleOptions["identity"]>,
): Promise<SlackPerson> {
  const { user } = await web.users.info({ user: userId }).catch((thrown: unknown) => {
    throw new UpstreamError("slack-unreachable", "Slack did not tell me who you are", {
      isRetryable: true,
      hint: "try again in a moment",
      cause: thrown,
    });
  });
  const profile = user?.profile;
  const limit = limitOf(user ?? {}, identity);
  return {
    id: userId,
    name:
      [profile?.display_name, profile?.real_name, user?.real_name, user?.name].find(isText) ??
      userId,
    ...(isText(profile?.email) ? { email: profile.email } : {}),
    ...(limit === undefined ? {} : { limit }),
  };
}

function isText(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

/** What `users.info` says of a person, as far as it limits them. */
interface SlackUser {
  team_id?: string;
  enterprise_user?: { enterprise_id?: string };
  deleted?: boolean;
  is_bot?: boolean;
  is_stranger?: boolean;
  is_restricted?: boolean;
  is_ultra_restricted?: boolean;
}

function limitOf(
  user: SlackUser,
  identity: ReturnType<PeopleOptions["identity"]>,
): SlackPerson["limit"] {
  if (user.deleted === true) return "deactivated";
  if (user.is_stranger === true || isFromElsewhere(user, identity)) return "external";
  if (user.is_restricted === true || user.is_ultra_restricted === true) return "guest";
  return user.is_bot === true ? "bot" : undefined;
}

/**
 * True for a person of another company. Strangers are to Slack only those with whom no channel is shared; whoever can press a button of ours
 * shares one, and has an address that their own company vouches for, not ours. The workspaces of one organisation are one company.
 */
function isFromElsewhere(
  { team_id: home, enterprise_user: member }: SlackUser,
  { teamId, enterpriseId }: ReturnType<PeopleOptions["identity"]>,
): boolean {
  if (home === undefined || home === teamId) return false;
  return (
    enterpriseId === undefined || (home !== enterpriseId && member?.enterprise_id !== enterpriseId)
  );
}
