import type { LiveKey } from "../../../provider/access/liveOrganization";
import { reviewOrganization } from "../../../provider/review/reviewOrganization";
import { liveKey, liveOrganization, liveRule } from "../../support/live";

const company = liveOrganization({
  access: {
    projects: [
      { id: 1, name: "Production" },
      { id: 2, name: "Staging" },
    ],
    rules: [
      liveRule("none"),
      liveRule("member", { role: "Analysts" }),
      liveRule("viewer", { resource: "insight", role: "Analysts" }),
      liveRule("none", { resource: "survey" }),
      liveRule("admin", { projectId: 2, member: "bob" }),
    ],
  },
});

/** A review's entry for one key of that company. */
function review(over: Partial<LiveKey>) {
  const [key] = reviewOrganization({ ...company, keys: [liveKey(over)] }).keys ?? [];
  return key;
}

/** A key's access, project by project, as lines. */
function lines(over: Partial<LiveKey>): string[] | undefined {
  return review(over)?.access.flatMap(({ projectId, level, through, resources }) => [
    `${projectId}: ${level} ${through}`,
    ...resources.map((one) => `${projectId} ${one.resource}: ${one.level} ${one.through}`),
  ]);
}

const only = { projectIds: [1] };
const olga = "olga@acme.com";

test.each<[string, Partial<LiveKey>, string[]]>([
  [
    "that reads, of an owner of the organization, reads and is no admin",
    { ...only, owner: olga, scopes: ["insight:read", "query:read"] },
    [
      "1: viewer by its scopes",
      "1 insight: viewer by its scope insight:read",
      "1 query: viewer by its scope query:read",
    ],
  ],
  [
    "that writes can do no more than its owner, who may view only through a role",
    { ...only, scopes: ["insight:write"] },
    [
      "1: viewer like its owner, through role Analysts",
      "1 insight: viewer like its owner, through role Analysts",
    ],
  ],
  [
    "can do more with one type than with another",
    { ...only, scopes: ["dashboard:write", "insight:write", "survey:read"] },
    [
      "1: editor by its scope dashboard:write",
      "1 dashboard: editor by its scope dashboard:write",
      "1 insight: viewer like its owner, through role Analysts",
      "1 survey: none like its owner, through the rule for everybody",
    ],
  ],
  [
    "that both reads and writes a type has the higher of the two",
    { ...only, owner: olga, scopes: ["insight:read", "insight:write"] },
    ["1: editor by its scope insight:write", "1 insight: editor by its scope insight:write"],
  ],
  [
    "follows a type's parent where the type has the parent's access",
    { owner: "bob@acme.com", projectIds: [2], scopes: ["session_recording_playlist:read"] },
    [
      "2: viewer by its scope session_recording_playlist:read",
      "2 session_recording_playlist: viewer by its scope session_recording_playlist:read",
    ],
  ],
  [
    "for everything has the level of its owner, and the types with rules",
    { ...only, scopes: ["*"] },
    [
      "1: member like its owner, through role Analysts",
      "1 project: member like its owner, through role Analysts",
      "1 insight: viewer like its owner, through role Analysts",
      "1 survey: none like its owner, through the rule for everybody",
    ],
  ],
  [
    "for everything of an owner of the organization is admin everywhere",
    { owner: olga, scopes: ["*"], projectIds: [2] },
    [
      "2: admin like its owner, as organization owner",
      "2 project: admin like its owner, as organization owner",
    ],
  ],
  [
    "that may write projects administers those of which its owner is admin",
    { owner: olga, projectIds: [1], scopes: ["project:write"] },
    ["1: admin by its scope project:write", "1 project: admin by its scope project:write"],
  ],
  [
    "that may write projects administers none of which its owner is a member only",
    { ...only, scopes: ["project:write"] },
    [
      "1: viewer like its owner, through role Analysts",
      "1 project: member like its owner, through role Analysts",
    ],
  ],
  [
    "that reads a project's settings is no admin of it",
    { ...only, owner: olga, scopes: ["project:read"] },
    ["1: viewer by its scope project:read", "1 project: member by its scope project:read"],
  ],
  [
    "that changes access rules is as good as an admin where its owner is one by a rule",
    { owner: "bob@acme.com", projectIds: [2], scopes: ["access_control:write"] },
    [
      "2: admin by its scope access_control:write",
      "2 access_control: editor by its scope access_control:write",
    ],
  ],
  [
    "changes no access rules where its owner is admin by PostHog's default only",
    { projectIds: [2], scopes: ["access_control:write"] },
    [
      "2: viewer like its owner, by PostHog's default",
      "2 access_control: viewer like its owner, by PostHog's default",
    ],
  ],
  [
    "of a project is nobody's: it can what its scopes say, whatever the rules",
    { kind: "project", owner: undefined, projectIds: [1, 9], scopes: ["feature_flag:read"] },
    ["1: viewer by its scope feature_flag:read", "1 feature_flag: viewer by its scope feature_flag:read"],
  ],
])("a key %s", (_, key, expected) => {
  expect(lines(key)).toEqual(expected);
  expect(review(key)?.withoutAccess).toBeUndefined();
});

test("a key manages a type if its owner does and its scopes include access rules", () => {
  expect(lines({ ...only, owner: olga, scopes: ["access_control:write", "insight:write"] })).toContain(
    "1 insight: manager by its scope insight:write",
  );
});

test("a key reaches the projects that its owner can enter, within its restriction", () => {
  const reached = (over: Partial<LiveKey>) => review(over)?.access.map(({ projectId }) => projectId);
  expect(reached({ owner: "Ann@acme.com" })).toEqual([1, 2]);
  expect(reached({ owner: "bob@acme.com" })).toEqual([2]);
  expect(reached({ projectIds: [1, 9] })).toEqual([1]);
});

test.each<[Partial<LiveKey>, string]>([
  [{ scopes: [] }, "it has no scopes"],
  [{ owner: "gone@acme.com" }, "its owner is not in the organization"],
  [{ owner: undefined }, "its owner is not in the organization"],
  [{ scopes: ["organization:write", "user:read"] }, "its scopes cover nothing in projects"],
  [{ projectIds: [9] }, "it is restricted to other projects"],
  [{ owner: "bob@acme.com", projectIds: [1] }, "its owner can open none of its projects"],
  [{ ...only, scopes: ["survey:write"] }, "its owner has no access to what its scopes cover"],
  [{ scopes: ["*"], refused: "PostHog says no" }, "PostHog says no"],
])("a key with %j can do nothing, for a stated reason", (key, why) => {
  expect(review(key)).toMatchObject({ access: [], withoutAccess: why });
});

test("keys with the same scopes share one entry if their owners have the same access", () => {
  const keys = [liveKey({ owner: olga }), liveKey({ owner: "otto@acme.com" })];
  const [one, other] = reviewOrganization({ ...company, keys }).keys ?? [];
  expect(one?.access).toHaveLength(2);
  one?.access.forEach((access, at) => {
    expect(other?.access[at]).toBe(access);
  });
});
