import type { AccessSnapshot } from "../../../provider/access/snapshot";
import { reviewOrganization } from "../../../provider/review/reviewOrganization";
import { liveMember, liveOrganization, liveRule } from "../../support/live";

const projects = [
  { id: 1, name: "Website" },
  { id: 2, name: "Warehouse" },
];
const roles = [
  { id: "role-Growth", name: "Growth", userUuids: ["user-ann"] },
  { id: "role-Web", name: "Web", userUuids: [] },
];
const members = [
  ...["ann", "pete", "eve@partner.org"].map((name) => liveMember(name)),
  ...["olga", "otto"].map((name) => liveMember(name, { level: 15 })),
];
const closed = [liveRule("none"), liveRule("none", { projectId: 2 })];

/** The findings about direct grants if these rules also exist. */
function changesOf(rules: AccessSnapshot["rules"], companyDomains?: string[]) {
  return reviewOrganization(
    liveOrganization({ members, access: { projects, roles, rules: [...closed, ...rules] } }),
    { companyDomains },
  )
    .findings.filter(({ rule }) => rule === "direct-grant-beside-role")
    .map(({ message, fix }) => `${message} ${fix}`);
}

const growth = [
  liveRule("admin", { role: "Growth" }),
  liveRule("member", { role: "Growth", projectId: 2 }),
  liveRule("viewer", { role: "Growth", resource: "survey" }),
];

test("a direct grant of someone in the role is redundant", () => {
  expect(changesOf([...growth, liveRule("admin", { member: "ann" })])).toEqual([
    "ann@acme.com has admin on Website directly, and role Growth already grants it. Remove the direct grant: the role already grants the same access.",
  ]);
});

test("for someone who is not in the role, the fix lists what else the role would grant", () => {
  const grant = liveRule("admin", { member: "pete" });
  expect(changesOf([...growth, grant])).toEqual([
    "pete@acme.com has admin on Website directly; role Growth grants the same, but they are not a member of it. If they belong to role Growth, add them to it and remove the direct grant; the role also grants member on Warehouse.",
  ]);
  expect(changesOf([...growth, grant, liveRule("member", { member: "pete", projectId: 2 })])[0]).toMatch(
    /Add them to role Growth, which grants nothing else, and remove/,
  );
});

test("of several roles, the fix names the one that grants least", () => {
  expect(
    changesOf([...growth, liveRule("admin", { role: "Web" }), liveRule("admin", { member: "pete" })]),
  ).toEqual([
    "pete@acme.com has admin on Website directly; role Web grants the same, but they are not a member of it. Add them to role Web, which grants nothing else, and remove the direct grant.",
  ]);
});

test("nobody outside the company's domains is suggested for a role", () => {
  const rules = [...growth, liveRule("admin", { member: "eve@partner.org" })];
  expect(changesOf(rules)).toEqual([]);
  expect(changesOf(rules, ["acme.com", "partner.org"])).toHaveLength(1);
});
