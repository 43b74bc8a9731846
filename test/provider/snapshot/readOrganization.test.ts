import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import type { LiveOrganization } from "../../../provider/access/liveOrganization";
import { Connections } from "../../../provider/posthog/connection";
import { type ReadOptions, readOrganization } from "../../../provider/snapshot/readOrganization";
import { setByHand } from "../../support/access";
import { acmeWorld } from "../../support/seeds";

type World = ReturnType<typeof acmeWorld>;

const everything: ReadOptions = { invites: true, keys: true, domains: true };
const organization = {
  projects: [
    { name: "Production", id: 1 },
    { name: "Staging", id: 2 },
  ],
  roles: [{ name: "Analysts", members: ["analyst@acme.test"] }],
  accessRules: [
    { project: "Production", level: "none" },
    { project: "Production", role: "Analysts", level: "member" },
    { project: "Staging", resource: "survey", member: "developer@acme.test", level: "viewer" },
  ],
  invites: [{ email: "new@acme.test", level: "admin" as const, createdAt: "2026-01-01T00:00:00Z" }],
  domains: [{ domain: "acme.test", verified: true, jitProvisioning: true }],
};

async function read(
  world: World,
  options: ReadOptions & {
    session?: boolean;
    before?: (emulator: Emulator) => void;
    during?: (what: string, emulator: Emulator) => void;
  } = {},
): Promise<{ live: LiveOrganization; paths: string[] }> {
  const { session = true, before, during, ...wanted } = options;
  const emulator = await startEmulator(world.emulator);
  try {
    before?.(emulator);
    const { email, password } = session ? world.config : { email: undefined, password: undefined };
    const connection = new Connections().for({
      host: emulator.url,
      apiKey: world.config.apiKey,
      organizationId: emulator.organizationId,
      email,
      password,
      preflight: true,
      requestsPerMinute: false,
    });
    const onProgress = (what: string): void => during?.(what, emulator);
    const live = await readOrganization(connection, { ...everything, onProgress, ...wanted });
    return { live, paths: emulator.requests.map(({ path }) => path) };
  } finally {
    await emulator.close();
  }
}

const ruleLines = ({ access }: LiveOrganization): string[] =>
  access.rules.map(({ projectId, resource, membershipId, roleId, level }) => {
    const person = access.people.find((one) => one.membershipId === membershipId)?.email;
    const role = access.roles.find(({ id }) => id === roleId)?.name;
    return `${projectId} ${resource} ${person ?? role ?? "everybody"}: ${level}`;
  });

describe.each(["old", "mid", "new"] as const)("on a server of the generation %s", (generation) => {
  test("reads people, roles, projects, rules, invites, keys and domains", async () => {
    const { live } = await read(acmeWorld({ generation, organization }));
    expect(live.members.map(({ email, level }) => `${email} ${level}`)).toEqual([
      "admin@acme.test 8",
      "analyst@acme.test 1",
      "developer@acme.test 1",
      "owner@acme.test 15",
    ]);
    expect(live.access.roles.map(({ name, userUuids }) => [name, userUuids.length])).toEqual([
      ["Analysts", 1],
    ]);
    expect(ruleLines(live).sort()).toEqual([
      "1 project Analysts: member",
      "1 project everybody: none",
      "2 survey developer@acme.test: viewer",
    ]);
    expect(live.invites).toMatchObject([{ email: "new@acme.test", level: 8, isExpired: true }]);
    expect(live.domains).toMatchObject([{ domain: "acme.test", isVerified: true, enforcement: "off" }]);
    expect(live.keys).toMatchObject([
      { kind: "personal", owner: "owner@acme.test", label: "caller", scopes: ["*"] },
    ]);
    expect(JSON.stringify(live)).not.toContain("phx_caller0key");
  });
});

test.each([
  ["2025-08", []],
  ["2026-07", ["unused Okta", "copy acme.test", "settings acme.de"]],
  ["current", ["unused Okta"]],
] as const)("leftovers of single sign-on on a server of %s are %j", async (generation, found) => {
  const saml = { samlEntityId: "https://idp.test", samlAcsUrl: "https://idp.test/sso", samlX509Cert: "MII" };
  const scoped = generation === "current" ? ({ configScope: "saml", domainScope: "selected" } as const) : {};
  const domains = [{ domain: "acme.test" }, { domain: "acme.de" }];
  const identityProviders = [
    { name: "Okta", ...scoped, ...saml },
    { name: "acme.test", ...scoped, ...saml, domains: ["acme.test"] },
    { name: "Gone", ...scoped, ...saml, domains: ["acme.de"] },
  ];
  const { live } = await read(acmeWorld({ generation, organization: { domains, identityProviders } }), {
    before: ({ store }) => {
      const gone = store.identityProviders.find(({ name }) => name === "Gone");
      store.identityProviders.delete(gone?.id ?? "", SYSTEM);
    },
  });
  const lines = live.leftovers?.map(
    (one) => `${one.kind} ${one.kind === "settings" ? one.domain : one.provider}`,
  );
  expect(lines).toEqual(found);
});

test("requests grow with projects, not with people", async () => {
  const people = Array.from({ length: 300 }, (_, index) => `person${index}@acme.test`);
  const members = [
    { email: "owner@acme.test", level: "owner" as const },
    ...people.map((email) => ({ email })),
  ];
  const { live, paths } = await read(
    acmeWorld({ people, organization: { ...organization, members, roles: [], accessRules: [] } }),
  );
  expect(live.members).toHaveLength(301);
  expect(paths.filter((path) => path.includes("access_controls"))).toHaveLength(4);
  expect(paths.length).toBeLessThan(25);
});

test("reads only what the options name", async () => {
  const { live, paths } = await read(acmeWorld({ organization }), {
    invites: false,
    keys: false,
    domains: false,
    projectIds: [2],
  });
  expect(live).toMatchObject({ invites: undefined, keys: undefined, domains: undefined, omissions: [] });
  expect(live.access.projects).toEqual([{ id: 2, name: "Staging" }]);
  expect(
    paths.filter((path) => /\/projects\/1\/|\/invites\/|\/domains\/|secret_api_keys/.test(path)),
  ).toEqual([]);
});

describe("an organization that changes while it is read", () => {
  const whenRulesAreRead = (change: (emulator: Emulator) => void) => {
    let isDone = false;
    return (what: string, emulator: Emulator): void => {
      if (isDone || !what.startsWith("access rules")) return;
      isDone = true;
      change(emulator);
    };
  };

  test("is read again if a rule names a person who joined meanwhile", async () => {
    const world = acmeWorld({ organization: { ...organization, invites: [{ email: "late@acme.test" }] } });
    const { live } = await read(world, {
      during: whenRulesAreRead((emulator) => {
        emulator.acceptInvite("late@acme.test");
        const { store } = emulator;
        const user = store.users.where("email", "late@acme.test")[0];
        const membership = store.memberships.where("user_id", user?.id ?? 0)[0];
        const [like] = store.accessRules.all();
        if (like === undefined || membership === undefined) throw new Error("nothing to copy");
        store.accessRules.insert(
          {
            ...like,
            id: store.uuid(),
            access_level: "admin",
            organization_member: membership.id,
            role: null,
          },
          SYSTEM,
        );
      }),
    });
    expect(live.members.map(({ email }) => email)).toContain("late@acme.test");
    expect(ruleLines(live)).toContain("1 project late@acme.test: admin");
  });

  test("is read without a project that PostHog is deleting, which the list does not show", async () => {
    const { live, paths } = await read(acmeWorld({ organization }), {
      before: ({ store }) => store.projects.update(2, { is_pending_deletion: true }, SYSTEM),
    });
    expect(live.access.projects).toEqual([{ id: 1, name: "Production" }]);
    expect(ruleLines(live).filter((line) => line.startsWith("2 "))).toEqual([]);
    expect(paths.filter((path) => /\/projects\/\d+\/$/.test(path))).toHaveLength(2);
  });

  test("is read without a project that is deleted meanwhile", async () => {
    const { live } = await read(acmeWorld({ organization }), {
      during: whenRulesAreRead(({ store }) => {
        store.projects.update(2, { is_pending_deletion: true }, SYSTEM);
        store.projects.delete(2, SYSTEM);
      }),
    });
    expect(live.access.projects).toEqual([{ id: 1, name: "Production" }]);
    expect(ruleLines(live).filter((line) => line.startsWith("2 "))).toEqual([]);
  });
});

describe("when reading fails", () => {
  const lost = (path: RegExp) => ({
    before: ({ faults }: Emulator) => faults.add({ kind: "status", status: 404, path, times: 99 }),
  });

  test("a listed project whose rules PostHog does not find is an omission", async () => {
    const { live } = await read(acmeWorld({ organization }), lost(/projects\/2\/access_controls/));
    expect(live.access.projects).toEqual([{ id: 1, name: "Production" }]);
    expect(live.omissions).toMatchObject([{ part: "projects", what: "project Staging (2)" }]);
    expect(live.omissions[0]).not.toHaveProperty("isExpected");
  });

  test("not finding the rules of any project is an error, not an empty organization", async () => {
    await expect(read(acmeWorld({ organization }), lost(/access_controls/))).rejects.toThrow(
      /404|not found/i,
    );
  });

  test("a page that fails once is read again", async () => {
    const { live } = await read(acmeWorld({ organization }), {
      before: ({ faults }) => {
        faults.add({ kind: "dropAfter", path: /\/members\// });
        faults.add({ kind: "status", status: 502, path: /\/access_controls\// });
      },
    });
    expect(live.members).toHaveLength(4);
    expect(ruleLines(live)).toHaveLength(3);
  });

  test("a page that keeps failing is an error, since half a list is misleading", async () => {
    const people = Array.from({ length: 1100 }, (_, index) => `person${index}@acme.test`);
    const members = [
      { email: "owner@acme.test", level: "owner" as const },
      ...people.map((email) => ({ email })),
    ];
    const world = acmeWorld({ people, organization: { members, roles: [] } });
    const failing = read(world, {
      before: ({ faults }) =>
        faults.add({ kind: "status", status: 400, path: /\/members\//, skip: 1, times: 99 }),
    });
    await expect(failing).rejects.toThrow(/members.*failed/);
  });

  test.each([
    ["invites", /\/invites\//, "invites"],
    ["domains", /\/domains\//, "domains"],
  ] as const)("%s that the key may not read are an omission", async (_, path, part) => {
    const { live } = await read(acmeWorld({ organization }), {
      before: ({ faults }) => faults.add({ kind: "status", status: 403, path, times: 9 }),
    });
    expect(live[part]).toBeUndefined();
    expect(live.omissions).toMatchObject([
      { why: expect.stringMatching(/./), fix: expect.stringMatching(/./) },
    ]);
  });

  test("without a session only the caller's own key is read, and an omission names the others", async () => {
    const { live } = await read(acmeWorld({ organization }), { session: false });
    expect(live.keys).toMatchObject([{ owner: "owner@acme.test" }]);
    expect(live.omissions).toMatchObject([
      { what: "the personal API keys of other members", fix: expect.stringMatching(/posthog:email/) },
    ]);
  });

  test.each([
    ["a member's key sees no closed projects", {}, ["projects that are closed to the key's owner"]],
    ["none of the projects in projectIds is missing", { projectIds: [2] }, []],
  ])("%s is reported", async (_, options, omissions) => {
    const world = acmeWorld({ organization });
    const { live } = await read(world, {
      ...options,
      keys: false,
      before: ({ store }) => {
        const [owner] = store.memberships.all();
        if (owner !== undefined) store.memberships.update(owner.id, { level: 1 }, SYSTEM);
      },
    });
    expect(live.access.projects).toEqual([{ id: 2, name: "Staging" }]);
    expect(live.omissions.map(({ what }) => what)).toEqual(omissions);
  });

  test("a failed sign-in is an omission with the reason", async () => {
    const domains = [{ domain: "acme.test", verified: true, ssoEnforcement: "google-oauth2" }];
    const { live } = await read(acmeWorld({ organization: { ...organization, domains } }));
    expect(live.keys).toMatchObject([{ owner: "owner@acme.test" }]);
    expect(live.omissions).toMatchObject([
      {
        what: "the personal API keys of other members",
        why: expect.stringMatching(/Single sign-on is enforced/),
      },
    ]);
  });

  test("a missing scope is named, and nothing is returned", async () => {
    const world = acmeWorld({
      organization,
      scopes: ["organization:read", "organization_member:read", "project:read"],
    });
    await expect(read(world)).rejects.toThrow(/access_control:read/);
  });
});

test("a rule that was created by hand is read too", async () => {
  const emulator = await startEmulator(acmeWorld({ organization }).emulator);
  try {
    await setByHand(emulator, { member: "developer@acme.test", level: "admin" });
    const connection = new Connections().for({
      host: emulator.url,
      apiKey: emulator.apiKey,
      organizationId: emulator.organizationId,
      preflight: true,
      requestsPerMinute: false,
    });
    expect(ruleLines(await readOrganization(connection))).toContain("1 project developer@acme.test: admin");
  } finally {
    await emulator.close();
  }
});
