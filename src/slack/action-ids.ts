/** What buttons, selects and views call themselves; a row of like buttons adds `/0`, `/1` … */
export const actionIds = {
  /** Asks the question in its value. */
  ask: "ask",
  /** Posts the answer to the question in its value for the whole channel. */
  share: "share",
  /** Answers about the one of several things in its value, in place. */
  choose: "choose",
  /** Vouches for the answer that its value names. */
  confirm: "answer-confirm",
  /** Opens a form for what is right instead. */
  wrong: "answer-wrong",
  /** Opens a form for a note on something that is missing; its value says what. */
  reportGap: "gap-report",
  /** Opens the document named in its value in a modal. */
  openDocument: "document-open",
  /** Another page of the document in the modal. */
  turnPage: "document-page",
  /** Opens the list of templates in a modal. */
  listTemplates: "templates-list",
  /** Opens the form of the template in its value. */
  openTemplate: "template-open",
  /** Somebody new knows their way now. */
  settle: "newcomer-settle",
  approve: "approval-approve",
  reject: "approval-reject",
  retryRun: "run-retry",
  cancelRun: "run-cancel",
  /** Shows what taking a run back would do. */
  undoRun: "run-undo",
  /** Opens the form of a failed run again, with its values. */
  changeRun: "run-change",
  /** One page back in a form. */
  formBack: "form-back",
  /** Accepts the reading of the source in its value that is held back. */
  acceptSource: "catalog-accept",
  /** Posts the checklist of the runbook in its value. */
  startChecklist: "checklist-start",
  /** Marks the step in its value as done. */
  finishStep: "checklist-done",
  skipStep: "checklist-skip",
  reopenStep: "checklist-undo",
  /** Opens a form for a note on the step in its value. */
  noteStep: "checklist-note",
  turnChecklist: "checklist-page",
  finishChecklist: "checklist-finish",
  /** An input of a form. */
  formInput: "form-input",
  /** Opens the page on which a secret is entered. */
  formSecret: "form-secret",
  /** Shows what a form's run would do. */
  formDryRun: "form-dry-run",
  /** Opens the window for another entry of a list. */
  formEntryAdd: "form-entry-add",
  /** Takes an entry out of a list. */
  formEntryRemove: "form-entry-remove",
  /** Takes up a form that was left. */
  formContinue: "form-continue",
  /** Chooses a secret that the operator holds. */
  formSecretReference: "form-secret-reference",
} as const;

/** Callback ids of modals. */
export const viewIds = {
  /** Asks whether a run shall be taken back. */
  undo: "undo",
  answer: "answer",
  document: "document",
  templates: "templates",
  gap: "gap",
  wrong: "wrong",
  checklistNote: "checklist-note",
  formPage: "form-page",
  formReview: "form-review",
  formEntry: "form-entry",
  /** Why somebody rejects. */
  reject: "approval-reject",
} as const;

/** Callback ids of shortcuts, as in manifest.yml. */
export const shortcutIds = {
  newService: "new_service",
  whoOwns: "who_owns_this",
  findRunbook: "find_a_runbook",
} as const;
