import { createHash } from "node:crypto";
import { type Emulator, type EmulatorOptions, type SeedInput, SYSTEM, startEmulator } from "../../emulator";
import type { ActivityRow } from "../../emulator/store/entities";

/** An answer with its decoded body; the body is `null` if it is empty or not JSON. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  /** The body before decoding. */
  readonly text: string;
}

/** The parts of a request in addition to its path. */
interface RequestParts {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
}

/** Sends requests to one emulator with one set of headers. */
export class Client {
  constructor(
    private readonly emulator: Emulator,
    private readonly headers: Record<string, string>,
  ) {}

  get(path: string, parts?: RequestParts): Promise<Answer> {
    return this.send("GET", path, parts);
  }

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("POST", path, { body, headers });
  }

  put(path: string, body: unknown = {}): Promise<Answer> {
    return this.send("PUT", path, { body });
  }

  patch(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send("PATCH", path, { body, headers });
  }

  delete(path: string): Promise<Answer> {
    return this.send("DELETE", path);
  }

  async send(method: string, path: string, { body, headers }: RequestParts = {}): Promise<Answer> {
    const response = await fetch(`${this.emulator.url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
        ...this.headers,
        ...headers,
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    const isJson = response.headers.get("content-type")?.includes("json") === true && text !== "";
    return {
      status: response.status,
      headers: response.headers,
      body: isJson ? JSON.parse(text) : null,
      text,
    };
  }
}

/** A client with the seeded owner's key. */
export function asOwner(emulator: Emulator): Client {
  return withKey(emulator, emulator.apiKey);
}

/** A client with a personal API key. */
export function withKey(emulator: Emulator, key: string): Client {
  return new Client(emulator, { Authorization: `Bearer ${key}` });
}

/** A client without credentials. */
export function asNobody(emulator: Emulator): Client {
  return new Client(emulator, {});
}

/** A client with a session, signed in through the API. */
export async function asSession(emulator: Emulator, email: string, password: string): Promise<Client> {
  const answer = await asNobody(emulator).post("/api/login/", { email, password });
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
  const csrf = cookies.find((cookie) => cookie.startsWith("posthog_csrftoken="))?.split("=")[1] ?? "";
  return new Client(emulator, { Cookie: cookies.join("; "), "X-CSRFToken": csrf });
}

/** The value at a path in an answer's body. */
export function at(answer: Answer, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, step) => (typeof value === "object" && value !== null ? Reflect.get(value, step) : undefined),
    answer.body,
  );
}

/** The text at a path in an answer's body. */
export function textAt(answer: Answer, ...path: (string | number)[]): string {
  return String(at(answer, ...path));
}

/** An error's expected status and whole body. */
export function refusal(
  status: number,
  type: string,
  code: string,
  detail: string,
  attr: string | null = null,
): object {
  return { status, body: { type, code, detail, attr } };
}

/** PostHog's 403. */
export function forbidden(detail: string, code = "permission_denied"): object {
  return refusal(403, "authentication_error", code, detail);
}

/** PostHog's 400 about a value. */
export function badValue(detail: string, attr: string | null = null, code = "invalid_input"): object {
  return refusal(400, "validation_error", code, detail, attr);
}

/** PostHog's 404. */
export function missing(detail = "Not found."): object {
  return refusal(404, "invalid_request", "not_found", detail);
}

/** Ids that the test seed sets. */
export const IDS = {
  acme: "0190a000-0000-4000-8000-000000000001",
  globex: "0190a000-0000-4000-8000-000000000002",
  unknown: "0190a000-0000-4000-8000-0000000000ff",
  analystMember: "0190a000-0000-4000-8000-000000000011",
  developerMember: "0190a000-0000-4000-8000-000000000012",
  adminMember: "0190a000-0000-4000-8000-000000000013",
  globexMember: "0190a000-0000-4000-8000-000000000021",
  engineers: "0190a000-0000-4000-8000-000000000031",
  globexRole: "0190a000-0000-4000-8000-000000000032",
  ownerUser: "0190a000-0000-4000-8000-000000000041",
  secondOwnerUser: "0190a000-0000-4000-8000-000000000042",
  adminUser: "0190a000-0000-4000-8000-000000000043",
  analystUser: "0190a000-0000-4000-8000-000000000044",
  developerUser: "0190a000-0000-4000-8000-000000000045",
  globexUser: "0190a000-0000-4000-8000-000000000046",
  notebook: "0190a000-0000-4000-8000-000000000051",
  earlyAccess: "0190a000-0000-4000-8000-000000000052",
  website: 11,
  app: 12,
  globexProject: 21,
} as const;

/** People in the test seed with their own key, `phx_<name>`. */
export type Person = "owner" | "secondOwner" | "admin" | "analyst" | "developer" | "globex";

const ADDRESS: Record<Person, string> = {
  owner: "owner@acme.test",
  secondOwner: "second.owner@acme.test",
  admin: "admin@acme.test",
  analyst: "analyst@acme.test",
  developer: "developer@acme.test",
  globex: "boss@globex.test",
};

/** Two organizations, two projects, a role, objects of several kinds, and a key for everyone. */
export function twoOrganizations(acme: Partial<SeedInput["organizations"][number]> = {}): SeedInput {
  return {
    users: [
      { email: ADDRESS.owner, uuid: IDS.ownerUser, firstName: "Olivia", password: "owner-password" },
      { email: ADDRESS.secondOwner, uuid: IDS.secondOwnerUser },
      { email: ADDRESS.admin, uuid: IDS.adminUser, firstName: "Ada", lastName: "Admin" },
      { email: ADDRESS.analyst, uuid: IDS.analystUser, firstName: "Ana", password: "analyst-password" },
      { email: ADDRESS.developer, uuid: IDS.developerUser, firstName: "Devon", githubLogin: "devon" },
      { email: ADDRESS.globex, uuid: IDS.globexUser },
    ],
    organizations: [
      {
        name: "Acme",
        id: IDS.acme,
        members: [
          { email: ADDRESS.owner, level: "owner" },
          { email: ADDRESS.secondOwner, level: "owner" },
          { email: ADDRESS.admin, level: "admin", id: IDS.adminMember },
          { email: ADDRESS.analyst, id: IDS.analystMember },
          { email: ADDRESS.developer, id: IDS.developerMember },
        ],
        projects: [
          {
            name: "Website",
            id: IDS.website,
            objects: [
              { resource: "dashboard", name: "Growth", id: 1, createdBy: ADDRESS.developer },
              { resource: "insight", name: "Sign-ups", id: 2, shortId: "insight1" },
              { resource: "feature_flag", name: "New checkout", id: 3, key: "new-checkout" },
              { resource: "notebook", name: "Findings", id: IDS.notebook, shortId: "note1" },
              { resource: "action", name: "Clicked", id: 4 },
              { resource: "cohort", name: "Customers", id: 5 },
              { resource: "early_access_feature", name: "Beta", id: IDS.earlyAccess },
            ],
          },
          { name: "App", id: IDS.app },
        ],
        roles: [{ name: "Engineers", id: IDS.engineers, members: [ADDRESS.developer] }],
        ...acme,
      },
      {
        name: "Globex",
        id: IDS.globex,
        members: [{ email: ADDRESS.globex, level: "owner", id: IDS.globexMember }],
        projects: [{ name: "Reactor", id: IDS.globexProject }],
        roles: [{ name: "Operators", id: IDS.globexRole }],
      },
    ],
    keys: Object.entries(ADDRESS).map(([name, user]) => ({ user, label: name, value: `phx_${name}` })),
  };
}

/** A client with the key of a person in the test seed. */
export function as(emulator: Emulator, person: Person): Client {
  return withKey(emulator, `phx_${person}`);
}

/** A client with a new, limited key of the owner. */
export function limited(
  emulator: Emulator,
  limits: { scopes?: string[]; projects?: number[]; organizations?: string[] },
): Client {
  const { store } = emulator;
  const value = `phx_limited${store.personalApiKeys.size}`;
  const owner = store.personalApiKeys.find(({ label }) => label === "owner");
  if (owner === undefined) {
    throw new Error("The seed has no owner's key.");
  }
  store.personalApiKeys.insert(
    {
      ...owner,
      id: value,
      secure_value: `sha256$${createHash("sha256").update(value).digest("hex")}`,
      scopes: limits.scopes ?? ["*"],
      scoped_teams: limits.projects ?? [],
      scoped_organizations: limits.organizations ?? [],
    },
    SYSTEM,
  );
  return withKey(emulator, value);
}

/** The rows that requests left in the activity log, oldest first: scope, activity and the changed fields. */
export function logged(emulator: Emulator): string[] {
  return requestRows(emulator).map(({ scope, activity, detail }) =>
    [scope, activity, ...(detail.changes ?? []).map(({ field }) => field)].join(" "),
  );
}

/** Empties the activity log, for tests about what comes after the seed. */
export function forgetSeed({ store }: Emulator): void {
  for (const { id } of store.activity.all()) store.activity.delete(id, SYSTEM);
}

/** The rows that requests left in the activity log. Rows of the seed have no address. */
export function requestRows({ store }: Emulator): ActivityRow[] {
  return store.activity.all().filter(({ ip_address }) => ip_address !== null);
}

/**
 * Runs one emulator for all tests of the file or block. `use` gets it once it has started, and every test begins
 * with the seed.
 */
export function withEmulator(options: EmulatorOptions, use: (emulator: Emulator) => void): void {
  let running: Emulator;
  beforeAll(async () => {
    running = await startEmulator(options);
    use(running);
  });
  afterEach(() => running.reset());
  afterAll(() => running.close());
}

/** SCIM's answer with or without a token, to a read, or to a write with this method and body. */
export async function scim(
  { url }: Emulator,
  path: string,
  token?: string,
  write?: { readonly method: string; readonly body?: object },
) {
  const headers = new Headers({ "Content-Type": "application/scim+json", "User-Agent": "Okta SCIM Client" });
  if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
  const { method = "GET", body: sent } = write ?? {};
  const answer = await fetch(`${url}${path}`, {
    method,
    headers,
    ...(sent && { body: JSON.stringify(sent) }),
  });
  const text = await answer.text();
  const body: unknown = text === "" ? undefined : JSON.parse(text);
  return { status: answer.status, type: answer.headers.get("content-type"), body };
}
