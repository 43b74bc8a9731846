/** What is said beside the entries: what they leave out, each thing once. */
export class Notes {
  private readonly said = new Set<string>();
  private missing = false;

  constructor(private readonly print: (line: string) => void) {}

  /** Whether entries are known to be missing that this run should have told. */
  get hasGap(): boolean {
    return this.missing;
  }

  /** Says something that is always so. */
  note(text: string): void {
    this.say("note", text);
  }

  /** Says that entries are missing. */
  gap(text: string): void {
    this.missing = true;
    this.say("gap", text);
  }

  /** Says something that may happen again. */
  warn(text: string): void {
    this.print(`warning: ${text}`);
  }

  private say(kind: "note" | "gap", text: string): void {
    if (this.said.has(text)) return;
    this.said.add(text);
    this.print(`${kind}: ${text}`);
  }
}

/** Entries of the organization that a project's log leaves out. */
export const organizationPart = "members, roles, domains, keys of people, settings of the organization";

/** What PostHog keeps to itself, whoever asks (`posthog/models/activity_logging`: visibility restrictions). */
export const staffOnly =
  "PostHog shows some entries to its own staff only: changes of accounts (User), sign-ins of its staff, and what SCIM does to people and roles.";
