import { createWellKnown, type WellKnown } from "../catalog/well-known.ts";
import type { CatalogConfig } from "../config/catalog-schema.ts";

/** What annotations and links mean, as configured; lists that are left out keep their defaults. */
export function configuredWellKnown({ annotations, linkWords }: CatalogConfig): WellKnown {
  const lists = {
    slackChannelAnnotations: annotations.slackChannel,
    slackUserGroupAnnotations: annotations.slackUserGroup,
    slackUserAnnotations: annotations.slackUser,
    runbookAnnotations: annotations.runbooks,
    dashboardAnnotations: annotations.dashboards,
    docsAnnotations: annotations.docs,
    onCallAnnotations: annotations.onCall,
    aliasAnnotations: annotations.aliases,
    emailAnnotations: annotations.email,
    runbookWords: linkWords.runbooks,
    dashboardWords: linkWords.dashboards,
    docsWords: linkWords.docs,
    onCallWords: linkWords.onCall,
    repositoryWords: linkWords.repository,
  };
  const given = Object.entries(lists).filter(([, list]) => list !== undefined);
  return createWellKnown(Object.fromEntries(given));
}
