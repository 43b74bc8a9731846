import { posthogPolicyPack } from "pulumi-posthog/policy";

// Acme's rules for every stack that manages PostHog. Rules that are not listed are advisory.
posthogPolicyPack("acme", {
  "no-wildcard-scope": "mandatory",
  "production-closed": "mandatory",
  "no-outside-owners": { enforcement: "mandatory", domains: ["acme.example"], levels: ["owner", "admin"] },
  "keys-rotate": { maximumDays: 90 },
});
