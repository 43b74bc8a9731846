import * as pulumi from "@pulumi/pulumi";
import * as posthog from "pulumi-posthog";

const staging = new posthog.Project("staging", { name: "Staging" });
const production = new posthog.Project("production", { name: "Production" });

// The support group in the company's directory; it could be an output of an identity provider.
const supportGroup = pulumi.output(new pulumi.Config().getObject<string[]>("support") ?? []);

// The table is access.yaml: the file to review, and the only one to edit when access changes.
const access = new posthog.AccessMatrix("access", {
  matrix: "access.yaml",
  projects: { staging: staging.projectId, production: production.projectId },
  members: { support: supportGroup },
});

export const roles = access.roles;
export const keys = access.keys;
export const notEnforceable = access.notEnforceable;
