import { posthogPolicyPack } from "pulumi-posthog/policy";

// What Acme asks of every stack that manages PostHog. Rules that are not mentioned hold as well, as advice.
posthogPolicyPack("acme", {
  "no-wildcard-scope": "mandatory",
  "production-closed": "mandatory",
  "no-outside-owners": { enforcement: "mandatory", domains: ["acme.example"], levels: ["owner", "admin"] },
  "keys-rotate": { maximumDays: 90 },
});
