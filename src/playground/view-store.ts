import type { IdSource } from "./ids.ts";
import type { Journal } from "./journal.ts";
import { SlackRefusal } from "./refusal.ts";
import type { Identity, PlainText, SlackBlock, SlackView } from "./slack-shapes.ts";
import { buildState } from "./view-state.ts";

/** A view as the bot sends it, after the checks. */
export interface ViewDraft {
  type: "modal" | "home";
  blocks: SlackBlock[];
  title?: PlainText;
  submit?: PlainText;
  close?: PlainText;
  private_metadata?: string;
  callback_id?: string;
  external_id?: string;
  clear_on_close?: boolean;
  notify_on_close?: boolean;
}

/** What a view has when the bot says nothing about it. */
const viewDefaults = {
  private_metadata: "",
  callback_id: "",
  title: { type: "plain_text", text: "View Title", emoji: true },
  clear_on_close: false,
  notify_on_close: false,
  close: null,
  submit: null,
} as const;

/** How many modals may lie on top of each other. */
const stackDepth = 3;

/** The modals on each person's screen, and the Home tabs. */
export class ViewStore {
  readonly #identity: Identity;
  readonly #ids: IdSource;
  readonly #journal: Journal;
  readonly #stacks = new Map<string, SlackView[]>();
  readonly #homes = new Map<string, SlackView>();

  constructor(identity: Identity, ids: IdSource, journal: Journal) {
    this.#identity = identity;
    this.#ids = ids;
    this.#journal = journal;
  }

  /** The modal on top of the person's screen. */
  current(userId: string): SlackView | undefined {
    return this.#stacks.get(userId)?.at(-1);
  }

  /** All modals of the person, the topmost last. */
  stackOf(userId: string): readonly SlackView[] {
    return this.#stacks.get(userId) ?? [];
  }

  home(userId: string): SlackView | undefined {
    return this.#homes.get(userId);
  }

  /** Opens the first modal; those that were open are gone. */
  open(userId: string, draft: ViewDraft): SlackView {
    const view = this.#create(draft);
    this.#stacks.set(userId, [view]);
    this.#journal.emit({ type: "modal", user: userId });
    return view;
  }

  /** Lays a modal on top. @throws SlackRefusal `push_limit_reached`, `not_found`. */
  push(userId: string, draft: ViewDraft): SlackView {
    const stack = this.#stacks.get(userId) ?? [];
    const [root] = stack;
    const top = stack.at(-1);
    if (root === undefined || top === undefined) throw new SlackRefusal("not_found");
    if (stack.length >= stackDepth) throw new SlackRefusal("push_limit_reached");
    const view = this.#create(draft);
    view.root_view_id = root.id;
    view.previous_view_id = top.id;
    stack.push(view);
    this.#journal.emit({ type: "modal", user: userId });
    return view;
  }

  /** Changes a modal or a Home tab in place. @throws SlackRefusal `not_found`, `hash_conflict`. */
  update(
    target: { viewId?: string; externalId?: string },
    draft: ViewDraft,
    hash?: string,
  ): SlackView {
    const found = this.#find(target);
    if (found === undefined) throw new SlackRefusal("not_found");
    const { view, userId } = found;
    if (hash !== undefined && hash !== view.hash) throw new SlackRefusal("hash_conflict");
    const next = this.#create(draft, view);
    Object.assign(view, next, {
      id: view.id,
      root_view_id: view.root_view_id,
      previous_view_id: view.previous_view_id,
    });
    this.#journal.emit({ type: view.type === "home" ? "home" : "modal", user: userId });
    return view;
  }

  /** Sets the person's Home tab. @throws SlackRefusal `hash_conflict`. */
  publish(userId: string, draft: ViewDraft, hash?: string): SlackView {
    const old = this.#homes.get(userId);
    if (old !== undefined) return this.update({ viewId: old.id }, draft, hash);
    if (hash !== undefined) throw new SlackRefusal("hash_conflict");
    const view = this.#create(draft);
    this.#homes.set(userId, view);
    this.#journal.emit({ type: "home", user: userId });
    return view;
  }

  /** Takes the topmost modal away; with `isCleared` all of them. Returns those that are gone, the topmost first. */
  close(userId: string, isCleared: boolean): SlackView[] {
    const stack = this.#stacks.get(userId) ?? [];
    const gone = isCleared ? stack.splice(0) : stack.splice(-1);
    this.#journal.emit({ type: "modal", user: userId });
    return gone.toReversed();
  }

  /** Any view by its id, with the person who sees it. */
  findById(viewId: string): { userId: string; view: SlackView } | undefined {
    return this.#find({ viewId });
  }

  #find(target: {
    viewId?: string;
    externalId?: string;
  }): { userId: string; view: SlackView } | undefined {
    return this.#all().find(({ view }) =>
      target.viewId === undefined
        ? view.external_id !== "" && view.external_id === target.externalId
        : view.id === target.viewId,
    );
  }

  #all(): { userId: string; view: SlackView }[] {
    const modals = [...this.#stacks].flatMap(([userId, stack]) =>
      stack.map((view) => ({ userId, view })),
    );
    return [...modals, ...[...this.#homes].map(([userId, view]) => ({ userId, view }))];
  }

  #create(draft: ViewDraft, old?: SlackView): SlackView {
    const { external_id: externalId = "" } = draft;
    const holder = externalId === "" ? undefined : this.#find({ externalId });
    if (holder !== undefined && holder.view.id !== old?.id) {
      throw new SlackRefusal("duplicate_external_id");
    }
    const id = old?.id ?? this.#ids.next("V");
    const blocks = nameBlocks(draft.blocks, this.#ids);
    return {
      ...viewDefaults,
      ...definedOf(draft),
      id,
      team_id: this.#identity.teamId,
      blocks,
      state: { values: buildState(blocks, old?.state.values) },
      hash: this.#ids.hash(),
      previous_view_id: null,
      root_view_id: id,
      app_id: this.#identity.appId,
      external_id: externalId,
      app_installed_team_id: this.#identity.teamId,
      bot_id: this.#identity.botId,
    };
  }
}

/** The draft without fields that are absent or null. */
function definedOf(draft: ViewDraft): ViewDraft {
  const entries = Object.entries(draft).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return { type: draft.type, blocks: draft.blocks, ...Object.fromEntries(entries) };
}

/** Gives every block a `block_id` and every element an `action_id`, as Slack does for those without. */
export function nameBlocks(blocks: readonly SlackBlock[], ids: IdSource): SlackBlock[] {
  return blocks.map((block) => {
    const named: SlackBlock = { ...block, block_id: block.block_id ?? ids.next("").slice(0, 5) };
    for (const field of ["accessory", "element"]) {
      if (named[field] !== undefined) named[field] = nameElement(named[field], ids);
    }
    if (Array.isArray(named["elements"]) && named.type !== "carousel") {
      named["elements"] = named["elements"].map((element) => nameElement(element, ids));
    }
    return named;
  });
}

const withoutActionId = new Set(["image", "plain_text", "mrkdwn"]);

function nameElement(element: unknown, ids: IdSource): unknown {
  if (typeof element !== "object" || element === null || !("type" in element)) return element;
  if ("action_id" in element || typeof element.type !== "string") return element;
  if (withoutActionId.has(element.type) || element.type.startsWith("rich_text")) return element;
  return { ...element, action_id: ids.next("").slice(0, 5) };
}
