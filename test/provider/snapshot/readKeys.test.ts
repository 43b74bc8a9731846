import * as z from "zod";
import { type Emulator, type SeedInput, startEmulator } from "../../../emulator";
import type { LiveKey } from "../../../provider/access/liveOrganization";
import { Connections } from "../../../provider/posthog/connection";
import { reviewOrganization } from "../../../provider/review/reviewOrganization";
import { readOrganization } from "../../../provider/snapshot/readOrganization";
import { password } from "../../support/seeds";

type OrganizationSeed = SeedInput["organizations"][number];
type KeySeed = NonNullable<SeedInput["keys"]>[number];

const people = ["owner@acme.test", "admin@acme.test", "analyst@acme.test"];
const acmeId = "018f0000-0000-4000-8000-000000000001";
const otherId = "018f0000-0000-4000-8000-000000000002";
const banned = { members_can_use_personal_api_keys: false };

/** Acme and another organization with the same owner; everyone has a key, and Acme has more options. */
function seedOf(over: Partial<OrganizationSeed> = {}, keys: readonly KeySeed[] = []): SeedInput {
  return {
    users: people.map((email) => ({ email, password })),
    organizations: [
      {
        name: "Acme",
        id: acmeId,
        members: [
          { email: "owner@acme.test", level: "owner" },
          { email: "admin@acme.test", level: "admin" },
          { email: "analyst@acme.test" },
        ],
        projects: [{ name: "Web", id: 1 }],
        ...over,
      },
      { name: "Other", id: otherId, members: [{ email: "owner@acme.test", level: "owner" }] },
    ],
    keys: [...people.map((user) => ({ user, label: user, value: keyOf(user) })), ...keys],
  };
}

const keyOf = (user: string): string => `phx_${user.slice(0, user.indexOf("@"))}0key`;

interface Reader {
  readonly as?: string;
  readonly generation?: "old" | "mid" | "new";
  readonly before?: (emulator: Emulator) => Promise<void>;
}

/** Reads Acme's keys as someone with a session, and reviews them. */
async function read(seed: SeedInput, { as = "owner@acme.test", generation, before }: Reader = {}) {
  const emulator = await startEmulator({ seed, generation });
  try {
    await before?.(emulator);
    const connection = new Connections().for({
      host: emulator.url,
      apiKey: keyOf(as),
      organizationId: acmeId,
      email: as,
      password,
      preflight: true,
      requestsPerMinute: false,
    });
    const live = await readOrganization(connection, { keys: true });
    return { keys: live.keys ?? [], review: reviewOrganization(live) };
  } finally {
    await emulator.close();
  }
}

async function send(emulator: Emulator, as: string, method: string, path: string, body?: object) {
  const answer = await fetch(`${emulator.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${keyOf(as)}`, "content-type": "application/json" },
    body: body && JSON.stringify(body),
  });
  expect(answer.ok).toBe(true);
  return answer;
}

const memberList = z.object({
  results: z.array(z.object({ level: z.number(), user: z.object({ uuid: z.string() }) })),
});

/** Creates a secret project key as the admin, then removes the admin from the organization. */
async function leave(emulator: Emulator): Promise<void> {
  const key = { label: "flags", scopes: ["feature_flag:read"] };
  await send(emulator, "admin@acme.test", "POST", "/api/projects/1/project_secret_api_keys/", key);
  const path = `/api/organizations/${acmeId}/members/`;
  const members = await send(emulator, "owner@acme.test", "GET", path);
  const { results } = memberList.parse(await members.json());
  const admin = results.find(({ level }) => level === 8);
  await send(emulator, "owner@acme.test", "DELETE", `${path}${admin?.user.uuid}/`);
}

const refusals = (keys: readonly LiveKey[]) =>
  Object.fromEntries(keys.map(({ owner, label, refused }) => [label ?? owner, refused]));

describe("an organization that lets no member use personal keys", () => {
  test("refuses members' keys, and accepts those of admins", async () => {
    const { keys, review } = await read(seedOf({ settings: banned }));
    const refused = "members of the organization may not use personal API keys";
    expect(refusals(keys)).toEqual({
      "owner@acme.test": undefined,
      "admin@acme.test": undefined,
      "analyst@acme.test": refused,
    });
    const ofAnalyst = review.keys?.find(({ owner }) => owner === "analyst@acme.test");
    expect(ofAnalyst).toMatchObject({ scopes: ["*"], access: [], withoutAccess: refused });
  });

  test("accepts every key if the plan lacks the feature", async () => {
    const seed = seedOf({ settings: banned, features: ["access_control", "role_based_access"] });
    const { keys, review } = await read(seed, { as: "analyst@acme.test" });
    expect(refusals(keys)).toEqual({ "analyst@acme.test": undefined });
    expect(review.keys?.[0]?.access).toHaveLength(1);
  });
});

test("a key for another organization has no access here, and no findings", async () => {
  const keys = [
    { user: "owner@acme.test", label: "there", organizations: [otherId] },
    { user: "owner@acme.test", label: "here", organizations: [acmeId], scopes: ["insight:read"] },
  ];
  const { keys: live, review } = await read(seedOf({ features: ["access_control"] }, keys));
  expect(refusals(live)).toEqual({
    "owner@acme.test": undefined,
    there: "it is restricted to other organizations",
    here: undefined,
  });
  const at = review.keys?.findIndex(({ label }) => label === "there");
  expect(review.keys?.[at ?? -1]).toMatchObject({ access: [], scopes: ["*"] });
  expect(review.findings.filter(({ subject }) => subject.key === at)).toEqual([]);
});

describe.each(["mid", "new"] as const)("on a server of the generation %s", (generation) => {
  test("finds a project's key whose creator has left", async () => {
    const { keys, review } = await read(seedOf(), { generation, before: leave });
    expect(keys.find(({ kind }) => kind === "project")).toMatchObject({
      label: "flags",
      creator: "admin@acme.test",
      creatorLeft: true,
    });
    expect(review.findings.filter(({ rule }) => rule === "key-of-leaver")).toMatchObject([
      {
        severity: "high",
        message: expect.stringMatching(/^Project key flags was created by admin@acme\.test/),
      },
    ]);
  });
});

test("finds the creator on servers that send only their number", async () => {
  const numbered = async (emulator: Emulator) => {
    await leave(emulator);
    const path = "/api/projects/1/project_secret_api_keys/";
    const list = await (await send(emulator, "owner@acme.test", "GET", path)).text();
    const body = JSON.parse(
      list.replace(/"created_by":\{"id":(\d+).*?"role_at_organization":[^}]*\}/, '"created_by":$1'),
    );
    emulator.faults.add({
      kind: "status",
      method: "GET",
      path: /project_secret_api_keys/,
      status: 200,
      body,
    });
  };
  const { keys, review } = await read(seedOf(), { before: numbered });
  expect(keys.find(({ kind }) => kind === "project")).toMatchObject({ creatorLeft: true });
  expect(review.findings.find(({ rule }) => rule === "key-of-leaver")?.message).toBe(
    "Project key flags was created by someone, who left the organization.",
  );
});

test("reports no creator as gone if the key's owner cannot see the members", async () => {
  const seed = seedOf({ settings: { members_can_see_org_members: false } });
  const { keys, review } = await read(seed, { as: "analyst@acme.test", before: leave });
  expect(keys.find(({ kind }) => kind === "project")).toMatchObject({
    creator: "admin@acme.test",
    creatorLeft: undefined,
  });
  expect(review.findings.map(({ rule }) => rule)).not.toContain("key-of-leaver");
});
