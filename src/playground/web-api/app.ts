import { checkBlocks } from "../checks/blocks.ts";
import { SlackRefusal } from "../refusal.ts";
import { findVisibleChannel } from "./access.ts";
import type { MethodArguments } from "./arguments.ts";
import type { ApiContext, Method } from "./context.ts";

function authTest(_args: MethodArguments, { workspace, settings }: ApiContext) {
  const { identity } = workspace;
  return {
    url: `${settings.url}/`,
    team: identity.teamName,
    user: identity.botName.toLowerCase(),
    team_id: identity.teamId,
    user_id: identity.botUserId,
    bot_id: identity.botId,
    is_enterprise_install: false,
  };
}

function botInfo(args: MethodArguments, { workspace }: ApiContext) {
  const { identity } = workspace;
  if (args.has("bot") && args.text("bot") !== identity.botId) {
    throw new SlackRefusal("bot_not_found");
  }
  return {
    bot: {
      id: identity.botId,
      app_id: identity.appId,
      user_id: identity.botUserId,
      name: identity.botName.toLowerCase(),
      deleted: false,
      updated: 1_700_000_000,
      icons: {},
    },
  };
}

function teamInfo(_args: MethodArguments, { workspace, settings }: ApiContext) {
  const { teamId, teamName, teamDomain } = workspace.identity;
  return {
    team: {
      id: teamId,
      name: teamName,
      domain: teamDomain,
      url: `${settings.url}/`,
      email_domain: "",
      icon: {},
    },
  };
}

function addReaction(args: MethodArguments, context: ApiContext) {
  const { channel, message } = reactedTo(args, context);
  const { botUserId } = context.workspace.identity;
  const name = args.required("name");
  const reactions = (message.reactions ??= []);
  const reaction = reactions.find((entry) => entry.name === name);
  if (reaction?.users.includes(botUserId) === true) throw new SlackRefusal("already_reacted");
  if (reaction === undefined) {
    reactions.push({ name, count: 1, users: [botUserId] });
  } else {
    reaction.users.push(botUserId);
    reaction.count += 1;
  }
  context.workspace.touched(channel.id, message.ts);
  return {};
}

function removeReaction(args: MethodArguments, context: ApiContext) {
  const { channel, message } = reactedTo(args, context);
  const { botUserId } = context.workspace.identity;
  const reaction = message.reactions?.find(
    (entry) => entry.name === args.text("name") && entry.users.includes(botUserId),
  );
  if (reaction === undefined) throw new SlackRefusal("no_reaction");
  reaction.users = reaction.users.filter((user) => user !== botUserId);
  reaction.count = reaction.users.length;
  message.reactions = (message.reactions ?? []).filter((entry) => entry.count > 0);
  context.workspace.touched(channel.id, message.ts);
  return {};
}

function reactedTo(args: MethodArguments, context: ApiContext) {
  const channel = findVisibleChannel(args.required("channel"), context);
  const message = context.workspace.find(channel.id, args.required("timestamp"));
  if (message === undefined) throw new SlackRefusal("message_not_found");
  if (!/^[a-z0-9_+:'-]{1,100}$/.test(args.required("name"))) throw new SlackRefusal("invalid_name");
  return { channel, message };
}

function listUserGroups(args: MethodArguments, { workspace }: ApiContext) {
  const hasUsers = args.flag("include_users") === true;
  return {
    usergroups: [...workspace.userGroups.values()].map((group) => ({
      id: group.id,
      team_id: workspace.identity.teamId,
      is_usergroup: true,
      handle: group.handle,
      name: group.name,
      description: "",
      date_delete: 0,
      user_count: group.members.length,
      ...(hasUsers ? { users: group.members } : {}),
    })),
  };
}

function listGroupMembers(args: MethodArguments, { workspace }: ApiContext) {
  const group = workspace.userGroups.get(args.required("usergroup"));
  if (group === undefined) throw new SlackRefusal("no_such_subteam");
  return { users: group.members };
}

function validateBlocks(args: MethodArguments) {
  const problems = checkBlocks(args.list("blocks") ?? [], "message");
  if (problems.length === 0) return {};
  throw new SlackRefusal("invalid_blocks", [], {
    errors: problems.map(({ pointer, message }) => ({ pointer, code: "invalid_value", message })),
  });
}

/** Methods about the app itself, the workspace, reactions and groups. */
export const appMethods: Record<string, Method> = {
  "api.test": () => ({}),
  "auth.test": authTest,
  "apps.connections.open": (_args, context) => ({ url: context.openConnectionUrl() }),
  "bots.info": botInfo,
  "team.info": teamInfo,
  "reactions.add": addReaction,
  "reactions.remove": removeReaction,
  "usergroups.list": listUserGroups,
  "usergroups.users.list": listGroupMembers,
  "blocks.validate": validateBlocks,
};
