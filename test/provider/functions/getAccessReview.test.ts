import * as pulumi from "@pulumi/pulumi";
import * as posthog from "../../../provider";
import { acmeWorld } from "../../support/seeds";
import { requestsOf, settled, withPosthog } from "./support";

const world = acmeWorld({
  organization: {
    projects: [
      { name: "Production", id: 1 },
      { name: "Staging", id: 2 },
    ],
    roles: [{ name: "Analysts", members: ["analyst@acme.test"] }],
    accessRules: [
      { project: "Production", level: "none" },
      { project: "Production", role: "Analysts", level: "member" },
      { project: "Production", resource: "feature_flag", level: "viewer" },
    ],
    domains: [{ domain: "acme.test", verified: true }],
  },
});

test("the review shows what everyone can do and why, as plain data", () =>
  withPosthog(async ({ requests, apiKey }) => {
    const review = await posthog.getAccessReview();
    expect(review.projects.map(({ name, defaultAccess }) => [name, defaultAccess])).toEqual([
      ["Production", "none"],
      ["Staging", "admin"],
    ]);
    const analyst = review.people.find(({ email }) => email === "analyst@acme.test");
    expect(analyst).toMatchObject({
      level: "member",
      roles: ["Analysts"],
      ssoEnforced: false,
      access: [
        {
          projectId: 1,
          level: "member",
          through: "through role Analysts",
          resources: [
            { resource: "feature_flag", level: "viewer", through: "through the rule for everybody" },
          ],
        },
        { projectId: 2, level: "admin", through: "by PostHog's default", resources: [] },
      ],
    });
    expect(review.keys?.map(({ label, owner }) => [label, owner])).toEqual([["caller", "owner@acme.test"]]);
    expect(review.findings.map(({ rule }) => rule)).toContain("sso-not-enforced");
    expect(JSON.parse(JSON.stringify(review))).toMatchObject({ organization: { name: "Acme" } });
    expect(JSON.stringify(review)).not.toContain(apiKey);
    expect(requests.filter(({ method, path }) => method !== "GET" && !path.includes("/login"))).toEqual([]);
  }, world));

test("arguments choose the projects, and the age from which something is a finding", () =>
  withPosthog(async (emulator) => {
    const args = { projects: ["2", 2], mostOwners: 0, companyDomains: ["other.test"] };
    const review = await settled(posthog.getAccessReviewOutput(pulumi.output(args)));
    expect(review.projects.map(({ projectId }) => projectId)).toEqual([2]);
    expect(review.findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(["owners-too-many", "member-outside-domains"]),
    );
    expect(requestsOf(emulator).filter((request) => request.includes("/projects/1/"))).toEqual([]);
  }, world));

test("meaningless arguments are refused before anything is read", () =>
  withPosthog(async ({ requests }) => {
    await expect(posthog.getAccessReview({ projects: ["Production"], mostOwners: -1 })).rejects.toThrow(
      /getAccessReview: invalid arguments: .*projects.*mostOwners/,
    );
    expect(requests).toEqual([]);
  }, world));
