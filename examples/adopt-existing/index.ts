// Acme (http://127.0.0.1:8010), as pulumi-posthog export found it.
//
// To manage these objects: npx pulumi-posthog adopt
// Then pulumi preview --refresh shows no changes.
//
// Left out:
// - rules on single objects, such as one dashboard: AccessControl declares them
// - personal API keys: each belongs to its owner
// - invites, whose people are not members yet: new@acme.example

import * as posthog from "pulumi-posthog";

// Projects

new posthog.Project("staging", { name: "Staging", timezone: "UTC" });
const production = new posthog.Project("production", { name: "Production", timezone: "UTC" });

// People

const levels = ["owner", "admin", "member"] as const;
const people: Record<(typeof levels)[number], string[]> = {
  owner: ["owner@acme.example"],
  admin: ["ana@acme.example"],
  member: ["eli@acme.example", "temp@acme.example"],
};

for (const level of levels) {
  for (const user of people[level]) {
    new posthog.OrganizationMember(user.toLowerCase(), { user, level });
  }
}

// Roles

const analysts = new posthog.Role("analysts", {
  name: "Analysts",
  members: ["ana@acme.example", "eli@acme.example"],
});

// Access

new posthog.ProjectAccess(
  "production",
  {
    projectId: production.projectId,
    defaultAccess: "none",
    members: { "temp@acme.example": "member" },
    roles: { Analysts: "member" },
    resources: { feature_flag: { roles: { Analysts: "viewer" } } },
  },
  { dependsOn: [analysts] },
);
