import * as posthog from "pulumi-posthog";

// Nothing here is made anew: the projects and the access rules were there before this program. `adopt: true` takes them
// over; what the program says differently is changed, what it does not mention stays as it is.
const adopt = true;

const staging = new posthog.Project("staging", { name: "Staging", adopt });
const production = new posthog.Project("production", {
  name: "Production",
  timezone: "Europe/Berlin",
  defaultAccess: "none",
  adopt,
});

// By its number, as it stands in PostHog's address bar: then the first preview can tell what is there already.
const projectId = 2;
new posthog.ProjectMember("ana", { projectId, user: "ana@acme.example", accessLevel: "member", adopt });
new posthog.ProjectMember("eli", { projectId, user: "eli@acme.example", accessLevel: "member", adopt });

export const projects = { staging: staging.projectId, production: production.projectId };
