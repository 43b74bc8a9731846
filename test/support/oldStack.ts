import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as z from "zod";
import type { Emulator } from "../../emulator";

/** The folder with what version 0.1.0 left; its README says how it was made. */
const folder = join(__dirname, "../fixtures/oldStack");

/** PostHog's address for the old package. */
const oldHost = "http://posthog.example";

const stepsSchema = z.array(
  z.union([
    z.strictObject({ dns: z.string(), txt: z.string() }),
    z.strictObject({
      method: z.string(),
      path: z.string(),
      session: z.boolean().default(false),
      body: z.json().optional(),
      answer: z.json().optional(),
    }),
  ]),
);
const resourcesSchema = z.array(z.looseObject({ urn: z.string(), type: z.string() }));

/** The program that wrote the state. If `old:later` is true, it has other arguments. */
export const oldProgram = { folder: join(folder, "program"), main: "index.js" };

export const oldSeed = join(folder, "seed.json");

/** Sends the old package's requests. Returns its state's resources with the new ids and values. */
export async function replayOldStack(emulator: Emulator): Promise<z.infer<typeof resourcesSchema>> {
  const renewed = new Map([[oldHost, emulator.url]]);
  const session = await signIn(emulator);
  for (const step of stepsSchema.parse(JSON.parse(text("requests.json")))) {
    const now: typeof step = JSON.parse(renew(JSON.stringify(step), renewed));
    if ("dns" in now) emulator.publishDns(now.dns, now.txt);
    else {
      const headers = now.session ? session : { Authorization: `Bearer ${emulator.apiKey}` };
      const answer = await send(emulator, now.method, now.path, headers, now.body);
      if ("answer" in step) learn(step.answer, answer, renewed);
    }
  }
  return resourcesSchema.parse(JSON.parse(renew(text("state.json"), renewed)).deployment.resources);
}

/** What the server holds that the stack could have created or changed, by URL. */
export async function heldByServer(emulator: Emulator): Promise<Record<string, unknown>> {
  const organization = `/api/organizations/${emulator.organizationId}`;
  const website = "/api/projects/918273";
  const headers = await signIn(emulator);
  const read = (path: string) => send(emulator, "GET", path, headers);
  const lists = {
    projects: ["name", `${organization}/projects/`],
    members: ["level", `${organization}/members/`],
    invites: ["target_email", `${organization}/invites/`],
    roles: ["name", `${organization}/roles/`],
    domains: ["domain", `${organization}/domains/`],
    providers: ["name", `${organization}/identity_provider_configs/`],
    personalKeys: ["label", "/api/personal_api_keys/"],
    projectKeys: ["label", `${website}/project_secret_api_keys/`],
    rules: ["access_level", `${website}/access_controls/`],
    typeRules: ["access_level", `${website}/resource_access_controls/`],
    objectRules: ["access_level", `${website}/feature_flags/564738/access_controls/`],
  };
  const held: Record<string, unknown> = {};
  for (const [name, [key = "", path = ""]] of Object.entries(lists))
    held[name] = column(await read(path), key);
  const { members_can_invite, default_role_id } = row.parse(await read(`${organization}/`));
  return { ...held, members_can_invite, default_role_id };
}

const row = z.record(z.string(), z.unknown());
const list = z.union([
  z.array(row),
  z.object({ results: z.array(row) }).transform(({ results }) => results),
  z.object({ access_controls: z.array(row) }).transform(({ access_controls }) => access_controls),
]);

function column(answer: unknown, key: string): unknown[] {
  return list
    .parse(answer)
    .map((entry) => entry[key])
    .sort();
}

function text(file: string): string {
  return readFileSync(join(folder, file), "utf8");
}

/** Replaces all old values in one pass, longer ones first: an address may begin with another one. */
function renew(json: string, renewed: ReadonlyMap<string, string>): string {
  const old = [...renewed.keys()].sort((left, right) => right.length - left.length);
  const pattern = new RegExp(old.map((value) => value.replace(/[^\w]/g, "\\$&")).join("|"), "g");
  return json.replace(pattern, (value) => renewed.get(value) ?? value);
}

/** Walks an old answer and the new one together: values at the same place belong to the same object. */
function learn(old: unknown, now: unknown, renewed: Map<string, string>): void {
  if (typeof old !== "object" || old === null) renewed.set(String(old), String(now));
  else for (const [key, value] of Object.entries(old)) learn(value, Object(now)[key], renewed);
}

async function signIn(emulator: Emulator): Promise<Record<string, string>> {
  const body = JSON.stringify({ email: emulator.email, password: emulator.password });
  const headers = { "Content-Type": "application/json" };
  const answer = await fetch(`${emulator.url}/api/login/`, { method: "POST", headers, body });
  const cookies = answer.headers.getSetCookie().map((cookie) => cookie.split(";")[0] ?? "");
  const csrf = cookies.find((cookie) => cookie.startsWith("posthog_csrftoken="))?.split("=")[1] ?? "";
  return { Cookie: cookies.join("; "), "X-CSRFToken": csrf, Referer: `${emulator.url}/` };
}

async function send(
  emulator: Emulator,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<unknown> {
  const answer = await fetch(emulator.url + path, {
    method,
    headers: { ...headers, "Content-Type": "application/json" },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answered = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path} of the old stack: ${answer.status} ${answered}`);
  return JSON.parse(answered);
}
