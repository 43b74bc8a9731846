import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { type Emulator, startEmulator } from "../../emulator";
import type { Properties } from "../../provider/engine/state";
import { seededNumbers } from "./sample";
import { entityId, people, type Scenario, saml, seedOf, withDomain } from "./scenarios";
import { HandlerStack } from "./stack";

/** A kind of resource, and the arguments that it may have one after the other. */
interface EditedKind {
  readonly type: string;
  readonly organization?: Scenario["organization"];
  readonly args: fc.Arbitrary<Properties>;
}

/** One step of a sequence: by the program, or a manual change. Another program's change counts as manual. */
type Edit =
  | { readonly by: "the program" | "hand"; readonly args: Properties }
  | { readonly by: "deletion by hand" | "refresh" };

const { analyst, developer, admin } = people;
const some = <T>(...values: T[]): fc.Arbitrary<T[]> => fc.subarray(values);
const one = <T>(...values: T[]): fc.Arbitrary<T> => fc.constantFrom(...values);
const is = <T>(value: T): fc.Arbitrary<T> => fc.constant(value);

/** Arguments; only these are always given. */
function given(
  required: Record<string, fc.Arbitrary<unknown>>,
  optional: Record<string, fc.Arbitrary<unknown>> = {},
) {
  return fc.record(
    { ...required, ...optional },
    { requiredKeys: Object.keys(required), noNullPrototype: true },
  ) as fc.Arbitrary<Properties>;
}

const levels = one("none", "member", "admin");
const levelsOf = (...names: string[]) =>
  some(...names).chain((chosen) => given(Object.fromEntries(chosen.map((name) => [name, levels]))));
const onOff = fc.boolean();
const enabled = given({ enabled: onOff });

/** Every kind of resource with its possible arguments. */
export const editedKinds: readonly EditedKind[] = [
  {
    type: "Project",
    args: given(
      { name: one("Staging", "Preview") },
      {
        timezone: one("UTC", "Europe/Berlin"),
        defaultAccess: levels,
        settings: given({}, { anonymizeIps: onOff, sessionRecordingOptIn: onOff }),
      },
    ),
  },
  { type: "ProjectMember", args: given({ projectId: is(1), user: is(analyst), accessLevel: levels }) },
  {
    type: "ProjectAccess",
    args: given(
      { projectId: is(1), removalLimit: is(1) },
      {
        members: levelsOf(analyst, developer),
        roles: levelsOf("Team"),
        defaultAccess: levels,
        mode: one("additive", "exclusive"),
      },
    ),
  },
  {
    type: "AccessControl",
    args: given({
      projectId: is(1),
      resource: is("dashboard"),
      user: is(analyst),
      accessLevel: one("viewer", "editor", "manager"),
    }),
  },
  {
    type: "PersonalApiKey",
    args: given({
      label: one("CI", "Nightly"),
      scopes: fc.subarray(["insight:read", "dashboard:read"], { minLength: 1 }),
    }),
  },
  {
    type: "ProjectSecretApiKey",
    args: given({ projectId: is(1), label: one("Flags", "All flags"), scopes: is(["feature_flag:read"]) }),
  },
  {
    type: "Role",
    args: given(
      { name: one("Analysts", "Insights"), members: some(analyst, developer, admin), removalLimit: is(1) },
      { mode: one("additive", "exclusive") },
    ),
  },
  {
    type: "RoleMembers",
    args: given(
      { roleId: is("Team"), members: some(analyst, developer, admin), removalLimit: is(1) },
      { mode: one("additive", "exclusive") },
    ),
  },
  { type: "RoleMembership", args: given({ roleId: is("Team"), user: is(analyst) }) },
  {
    type: "OrganizationMember",
    args: given({
      user: is(analyst),
      level: one("member", "admin", "owner"),
      adopt: is(true),
      onDestroy: is("demote"),
    }),
  },
  {
    type: "OrganizationMember",
    args: given({ user: is("new@acme.test") }, { level: one("member", "admin") }),
  },
  {
    type: "OrganizationSettings",
    args: given(
      {},
      {
        name: one("Acme", "Acme, Inc."),
        membersCanInvite: onOff,
        defaultAnonymizeIps: onOff,
        defaultRoleId: one("Team", null),
      },
    ),
  },
  {
    type: "OrganizationDomain",
    organization: withDomain,
    args: given(
      { domain: is("acme.test"), signInOnly: is(true) },
      { jitProvisioning: onOff, enforcement: one("off", "google-oauth2") },
    ),
  },
  {
    type: "IdentityProvider",
    organization: withDomain,
    args: given(
      { name: one("Okta", "Entra"), domains: one([], ["acme.test"]) },
      { saml: one(saml, { ...saml, entityId: `${entityId}/2` }), scim: enabled },
    ),
  },
  {
    type: "OrgSsoSettings",
    args: given(
      { domain: is("acme.test") },
      { saml: one(saml, { ...saml, entityId: `${entityId}/2` }), scim: enabled },
    ),
  },
];

const editsOf = ({ args }: EditedKind): fc.Arbitrary<Edit[]> =>
  fc.array(
    fc.oneof(
      args.map((own): Edit => ({ by: "the program", args: own })),
      args.map((own): Edit => ({ by: "hand", args: own })),
      one<Edit>({ by: "deletion by hand" }, { by: "refresh" }),
    ),
    { maxLength: 5 },
  );

/** Runs random sequences of edits of a kind. Returns what was wrong at the end of each. */
export async function judgeEdits(kind: EditedKind, count: number, seed: number): Promise<string[]> {
  const scenario = {
    name: kind.type,
    type: kind.type,
    organization: kind.organization,
    before: {},
    after: {},
  };
  const emulator = await startEmulator({ seed: seedOf(scenario) });
  try {
    const complaints: string[] = [];
    const sequences = fc.sample(fc.tuple(kind.args, editsOf(kind), kind.args), { numRuns: count, seed });
    for (const [first, edits, last] of sequences) {
      const wrong = await judgeSequence(emulator, kind.type, first, edits, last);
      const story = JSON.stringify([
        { by: "the program", args: first },
        ...edits,
        { by: "the program", args: last },
      ]);
      complaints.push(...wrong.map((what) => `${kind.type}: ${what}, after ${story}`));
    }
    return complaints;
  } finally {
    await emulator.close();
  }
}

/** After the edits, a refresh and an update must bring PostHog to what the program declares last. */
async function judgeSequence(
  emulator: Emulator,
  type: string,
  first: Properties,
  edits: readonly Edit[],
  last: Properties,
): Promise<string[]> {
  emulator.reset();
  const stack = new HandlerStack(emulator, [type], seededNumbers(1));
  const { error } = await stack.up([first]);
  if (error !== undefined) return [`the first update fails: ${error}`];
  for (const edit of edits) {
    // After a manual change, updates may fail and ask for a refresh. PostHog may also reject the manual change.
    if (edit.by === "the program") await stack.up([edit.args]);
    else if (edit.by === "hand") await stack.copy().up([edit.args]);
    else if (edit.by === "refresh") await stack.refresh();
    else await stack.copy().destroy();
  }
  const ends = [await stack.refresh(), await stack.up([last])];
  // Someone has created another one with that name.
  if (ends[1]?.error?.includes("adopt: true")) ends[1] = await stack.up([{ ...last, adopt: true }]);
  const failed = ends.flatMap((ended) => ended.error ?? []);
  if (failed.length > 0) return [`the end fails: ${failed.join("; ")}`];
  const isDone = !(await stack.changes([last]));
  const refreshed = await stack.refresh();
  const [entry] = await stack.entries();
  const differing = Object.keys(last).filter(
    (name) => !isDeepStrictEqual(inAnyOrder(entry?.inputs[name]), inAnyOrder(last[name])),
  );
  return [
    ...(isDone ? [] : ["a second preview is not empty"]),
    ...(refreshed.error === undefined ? [] : [`the last refresh fails: ${refreshed.error}`]),
    ...differing.map((name) => `${name} is ${JSON.stringify(entry?.inputs[name])}`),
    ...((await stack.changes([last])) ? ["a preview after a refresh is not empty"] : []),
  ];
}

/** People, scopes and domains are sets. */
const inAnyOrder = (value: unknown): unknown => (Array.isArray(value) ? [...value].sort() : value);
