import * as posthog from "pulumi-posthog";

// Nothing here is made anew: the projects and the access rules were there before this program. `adopt: true` takes them
// over. What the program says differently is changed, what it does not mention stays as it is.
const adopt = true;

const staging = new posthog.Project("staging", { name: "Staging", adopt });
const production = new posthog.Project("production", {
  name: "Production",
  timezone: "Europe/Berlin",
  adopt,
});

const access = new posthog.ProjectAccess("production-access", {
  // The number from PostHog's address bar, instead of production.projectId: the first preview knows it already, so it
  // can tell what is there.
  projectId: 2,
  defaultAccess: "none",
  members: { "ana@acme.example": "member", "eli@acme.example": "member" },
  adopt,
});

export const projects = { staging: staging.projectId, production: production.projectId };
// Access that nobody declared: to be declared too, or removed with `mode: "exclusive"`.
export const undeclared = access.unmanaged;
