import type { LiveKey } from "../../../provider/access/liveOrganization";
import { reviewOrganization } from "../../../provider/review/reviewOrganization";
import { liveKey, liveOrganization } from "../../support/live";

/** The findings about one key, as lines, with their evidence. */
function found(key: Partial<LiveKey>): string[] {
  return reviewOrganization(liveOrganization({ keys: [liveKey(key)] })).findings.map(
    ({ rule, severity, message, evidence }) => `${severity} ${rule}: ${message} ${evidence.join("; ")}`,
  );
}

const projectKey = { kind: "project", owner: undefined, scopes: ["feature_flag:read"] } as const;

test.each<[string, Partial<LiveKey>, string[]]>([
  [
    "someone made who left is to be rolled",
    { ...projectKey, creator: "eve@acme.com", creatorLeft: true },
    [
      "high key-of-leaver: Project key CI was created by eve@acme.com, who left the organization. eve@acme.com is not a member; never rotated; scopes: feature_flag:read",
    ],
  ],
  [
    "was rolled is less urgent, because that may have been after they left",
    { ...projectKey, creatorLeft: true, lastRolledAt: "2026-11-01T00:00:00Z" },
    [
      "low key-of-leaver: Project key CI was created by someone, who left the organization. its creator is not a member; last rotated on 2026-11-01; scopes: feature_flag:read",
    ],
  ],
  [
    "someone made who is there is in order",
    { ...projectKey, creator: "ann@acme.com", creatorLeft: false },
    [],
  ],
  [
    "someone made who may be hidden is none of someone who left",
    { ...projectKey, creator: "eve@acme.com" },
    [],
  ],
])("a project's key that %s", (_, key, expected) => {
  expect(found(key)).toEqual(expected);
});

test("a key that PostHog rejects has no findings about its scopes or use", () => {
  const resting = { scopes: ["*"], lastUsedAt: undefined };
  expect(found(resting)).toHaveLength(2);
  expect(found({ ...resting, refused: "members may not use keys" })).toEqual([]);
});

test("the fix for a leaver's key is to rotate it", () => {
  const keys = [liveKey({ ...projectKey, creatorLeft: true })];
  const [finding] = reviewOrganization(liveOrganization({ keys })).findings;
  expect(finding).toMatchObject({ fix: expect.stringMatching(/^Rotate it/), subject: { key: 0 } });
});
