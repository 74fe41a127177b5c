import {
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
} from "@slack/web-api";

import {
  CallboardError,
  ConflictError,
  ForbiddenError,
  toError,
  UpstreamError,
} from "../base/errors.ts";
import type { MessageContent } from "./views/blocks.ts";
import { renderError } from "./views/error-view.ts";

/** Slack's answers that mean: the bot may not write there. */
const closedChannelErrors = new Set([
  "not_in_channel",
  "channel_not_found",
  "is_archived",
  "restricted_action",
  "restricted_action_read_only_channel",
  "restricted_action_thread_only_channel",
  "restricted_action_non_threadable_channel",
  "user_is_restricted",
  "messages_tab_disabled",
  "access_denied",
  "no_permission",
]);

/** True when Slack said that the bot cannot write in this channel at all, so that repeating is no use. */
export function isClosedChannel(thrown: unknown): boolean {
  return thrown instanceof WebAPIPlatformError && closedChannelErrors.has(thrown.data.error);
}

/** Slack's own error code, such as `not_in_channel`, where there is one. */
export function slackErrorCode(thrown: unknown): string | undefined {
  return thrown instanceof WebAPIPlatformError ? thrown.data.error : undefined;
}

/**
 * True when nobody knows whether Slack did what we asked: no reply, or one that says nothing (5xx).
 * A refusal (`ok: false`, 429, other 4xx) is certain: nothing happened.
 */
export function isOutcomeUnknown(thrown: unknown): boolean {
  if (thrown instanceof WebAPIRequestError) return true;
  if (thrown instanceof WebAPIHTTPError) return thrown.statusCode >= 500;
  return (
    thrown instanceof WebAPIPlatformError &&
    ["internal_error", "fatal_error", "request_timeout"].includes(thrown.data.error)
  );
}

/** An error of Slack's libraries as one of ours; ours and unknown ones stay as they are. */
export function toExpected(thrown: unknown): Error {
  if (thrown instanceof WebAPIRateLimitedError) {
    return new UpstreamError("slack-rate-limited", "Slack asks us to slow down", {
      isRetryable: true,
      retryAfterMs: thrown.retryAfter * 1000,
      hint: `try again in ${thrown.retryAfter} seconds`,
      cause: thrown,
    });
  }
  if (isClosedChannel(thrown)) {
    return new ForbiddenError("slack-channel-closed", "I cannot write in this channel", {
      hint: "invite me with `/invite @Callboard`, or ask me in a direct message",
      cause: thrown,
    });
  }
  const code = slackErrorCode(thrown);
  if (code === "expired_trigger_id" || code === "exchanged_trigger_id") {
    return new ConflictError(
      "slack-too-late",
      "Slack let this click expire before I could open the form",
      {
        hint: "try it again; it works within three seconds",
        cause: thrown,
      },
    );
  }
  if (isOutcomeUnknown(thrown)) {
    return new UpstreamError("slack-unreachable", "Slack did not answer me", {
      isRetryable: true,
      hint: "try again in a moment",
      cause: thrown,
    });
  }
  return toError(thrown);
}

/** How an error is shown in Slack, and whether it is a bug of ours that belongs into the log with its id. */
export interface ShownError {
  content: MessageContent;
  isBug: boolean;
  error: Error;
}

/**
 * Maps what was thrown to a message: the person's own mistakes with their hint, failures of others with “try again”,
 * and our bugs with an apology. The last two carry `id`, which stands in the log beside the cause.
 */
export function showError(thrown: unknown, id: string): ShownError {
  const error = toExpected(thrown);
  if (error instanceof UpstreamError) {
    return {
      error,
      isBug: false,
      content: renderError({
        message: error.message,
        hint: error.hint ?? "try again in a moment",
        id,
      }),
    };
  }
  if (error instanceof CallboardError) {
    return {
      error,
      isBug: false,
      content: renderError({
        message: error.message,
        ...(error.hint === undefined ? {} : { hint: error.hint }),
      }),
    };
  }
  return {
    error,
    isBug: true,
    content: renderError({
      message: "Sorry, something went wrong on my side",
      hint: "try again; if it happens again, tell whoever runs Callboard this id",
      id,
    }),
  };
}
