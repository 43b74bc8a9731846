import type { WorldSeed } from "./tape";

/**
 * What tapes have in place of values that differ between runs: `{{kind:tag}}`. The tag is the seed's name for the
 * value, or a number for the same value throughout a scenario.
 */
interface TapeSymbol {
  readonly kind: string;
  readonly tag: string;
}

/** The value of a symbol in a live response. */
export interface Occurrence {
  readonly kind: string;
  readonly value: string | number;
  /** The seed's name for it. */
  readonly name: string | undefined;
}

/** A value's place, which shows which numbers are ids, and of what. */
export interface Place {
  readonly key: string;
  /** The key of the object or list that contains it. */
  readonly parent: string;
  /** The path of the request. */
  readonly request: string;
}

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const WITHIN_TEXT = new RegExp(
  [
    "(?<time>\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(?:\\.\\d+)?(?:Z|[+-]\\d\\d:?\\d\\d)?)",
    `(?<uuid>${UUID})`,
    "(?<mask>ph[a-z]_\\.{3}\\w{4})",
    "(?<token>ph[a-z]_[A-Za-z0-9_]{20,})",
    "(?<=/(?:projects|environments)/)(?<project>\\d+)",
    "(?<jwt>ey[\\w-]{10,}\\.[\\w-]+\\.[\\w-]+)",
    '(?<=cursor=)(?<cursor>[^&"]+)',
  ].join("|"),
  "gi",
);
// A long one may have no digits; a short one without digits may be a word.
const RANDOM_TEXT = /^(?=.*[A-Z])(?=.*[a-z])(?:(?=.*\d)[\w-]{16,64}|[\w-]{40,64})$/;
const PEOPLE = ["user", "created_by", "last_modified_by", "rolled_by", "owner"];
const PROJECT_LISTS = ["team", "teams", "projects"];
const PROJECT_NUMBERS = ["team_id", "project_id", "team", "project", "scoped_teams"];
const PROJECT_URL = /\/(projects|environments)\/[^/]*\/?(\?.*)?$/;

/** Whether a key's whole value is a UUID, so that tapes leave it out of comparisons. */
export function isUuid(text: string): boolean {
  return new RegExp(`^${UUID}$`, "i").test(text);
}

/** The key for items of a list. */
export function itemKey(key: string): string {
  return key === "results" || PROJECT_LISTS.includes(key) ? "" : key;
}

/** The texts and symbols in a tape's text. */
export function readSymbols(text: string): (string | TapeSymbol)[] {
  const pieces: (string | TapeSymbol)[] = [];
  for (const piece of text.split(/(\{\{[^}]*\}\})/)) {
    const [, kind, tag = ""] = /^\{\{([^:}]+):?(.*)\}\}$/.exec(piece) ?? [];
    const last = pieces.at(-1);
    if (kind !== undefined && kind !== "base") {
      pieces.push({ kind, tag });
    } else if (typeof last === "string") {
      pieces[pieces.length - 1] = last + piece;
    } else if (piece !== "" || text === "") {
      pieces.push(piece);
    }
  }
  return pieces;
}

/** Finds the live values that tapes replace with symbols. */
export class SymbolFinder {
  private readonly names = new Map<string, string>();

  constructor(
    world: WorldSeed,
    private readonly url: string,
  ) {
    const name = (kind: string, value: string | number, called: string) =>
      this.names.set(`${kind} ${value}`, called);
    for (const [called, { id }] of Object.entries(world.orgs)) {
      name("uuid", id, `org.${called}`);
    }
    for (const [called, { id, uuid }] of Object.entries(world.users)) {
      name("uuid", uuid, `user.${called}`);
      name("n-user", id, called);
    }
    for (const [called, byOrganization] of Object.entries(world.memberships)) {
      for (const [slug, id] of Object.entries(byOrganization)) {
        name("uuid", id, `membership.${called}@${slug}`);
      }
    }
    for (const [called, id] of Object.entries(world.projects)) {
      name("n-project", id, called);
    }
    for (const [called, value] of Object.entries(world.keys)) {
      name("token", value, `key.${called}`);
    }
    name("uuid", world.verified_domain.id, "domain.verified");
  }

  /** The texts and symbols in a live value; undefined if the value is the same in every run. */
  find(value: unknown, place: Place): (string | Occurrence)[] | undefined {
    if (typeof value === "number") {
      const kind = numberKind(place);
      return kind !== undefined && Number.isInteger(value) ? [this.occurrence(kind, value)] : undefined;
    }
    return typeof value === "string" ? this.findInText(value, place) : undefined;
  }

  private findInText(value: string, { key }: Place): (string | Occurrence)[] {
    if (key === "short_id") {
      return [this.occurrence("short", value)];
    }
    if (["item_id", "resource_id"].includes(key) && /^\d+$/.test(value)) {
      return [this.occurrence("digits", value)];
    }
    if (RANDOM_TEXT.test(value) && !/^ph[a-z]_/.test(value)) {
      return [this.occurrence("token", value)];
    }
    const text = value.replaceAll(this.url, "{{base}}");
    const pieces: (string | Occurrence)[] = [];
    let end = 0;
    for (const match of text.matchAll(WITHIN_TEXT)) {
      if (match.index > end) {
        pieces.push(text.slice(end, match.index));
      }
      pieces.push(this.matched(match));
      end = match.index + match[0].length;
    }
    return end < text.length || pieces.length === 0 ? [...pieces, text.slice(end)] : pieces;
  }

  private matched({ 0: text, groups = {} }: RegExpExecArray): Occurrence {
    const kind = Object.keys(groups).find((name) => groups[name] !== undefined) ?? "";
    return kind === "project" ? this.occurrence("n-project", Number(text)) : this.occurrence(kind, text);
  }

  private occurrence(kind: string, value: string | number): Occurrence {
    const lower = typeof value === "string" ? value.toLowerCase() : value;
    return { kind, value, name: this.names.get(`${kind} ${lower}`) ?? this.names.get(`${kind} ${value}`) };
  }
}

function numberKind({ key, parent, request }: Place): string | undefined {
  if (key === "user_id" || (key === "id" && PEOPLE.includes(parent))) {
    return "n-user";
  }
  const isItem = key === "id" && PROJECT_LISTS.includes(parent);
  const isAnswer = key === "id" && PROJECT_URL.test(request) && ["", "results"].includes(parent);
  if (PROJECT_NUMBERS.includes(key) || isItem || isAnswer) {
    return "n-project";
  }
  return ["id", "pk", "primary_dashboard"].includes(key) ? "n-object" : undefined;
}
