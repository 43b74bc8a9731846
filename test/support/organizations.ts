import type { SeedInput } from "../../emulator";
import { currentCertificate } from "../fixtures/sso/certificates";

/** The key of the owner whose organization is exported. */
export const ownersKey = "phx_owner0key";

type Organization = SeedInput["organizations"][number];

/** An organization with this many people, a role for every ten (at most 20), and a project for every hundred. */
export function organizationOf(size: number): SeedInput {
  const people = Array.from({ length: size }, (_, at) => `person${String(at).padStart(4, "0")}@acme.test`);
  const [roles, projects] = [Math.min(Math.ceil(size / 10), 20), Math.max(Math.ceil(size / 100), 2)];
  const every = (step: number, from: number): string[] => people.filter((_, at) => at % step === from);
  const projectNames = Array.from({ length: projects }, (_, at) => `Project ${at + 1}`);
  const roleNames = Array.from({ length: roles }, (_, at) => `Team ${at + 1}`);
  return seed(people, {
    name: "Acme",
    members: people.map((email, at) => ({
      email,
      level: at < 2 ? "owner" : at % 50 === 2 ? "admin" : "member",
    })),
    projects: projectNames.map((name, at) => ({ name, id: at + 1 })),
    roles: roleNames.map((name, at) => ({ name, members: every(roles, at) })),
    accessRules: projectNames.flatMap((project, at) => [
      { project, level: "none" },
      { project, role: roleNames[at % roles], level: "member" },
      { project, role: roleNames[at % roles], resource: "feature_flag", level: "viewer" },
      ...every(projects * 4, at).map((member) => ({ project, member, level: "member" })),
    ]),
  });
}

/** An organization of five people with the oddest names that PostHog accepts, and some of everything. */
export function oddOrganization(): SeedInput {
  const people = [
    "Olivia.Owner@Acme.Test",
    "o'hara@acme.test",
    "zoe+ops@acme.test",
    "class@acme.test",
    "root@acme.test",
  ];
  const [olivia = "", hara = "", zoe = "", classy = "", root = ""] = people;
  return seed(people, {
    name: 'Acme "&" Söhne\n*/ // Ltd',
    members: [
      { email: olivia, level: "owner" },
      { email: hara, level: "owner" },
      { email: zoe, level: "admin" },
      { email: classy },
      { email: root },
    ],
    projects: [
      { name: "Default project", id: 11 },
      { name: "Default project", id: 7 },
      { name: "class", id: 21, settings: { anonymize_ips: true, week_start_day: 1 } },
      { name: `Ünï "quoted" \`\${x}\` \\\\ */`, id: 22, settings: { timezone: "Europe/Berlin" } },
      { name: "数据", id: 23 },
      { name: "members", id: 24 },
      { name: "Untouched", id: 25 },
    ],
    roles: [
      { name: "class", members: [zoe, classy] },
      { name: "new/old: both", members: [hara] },
      { name: "数据", members: [] },
      { name: "__proto__", members: [classy] },
      { name: "Default project", members: [] },
      { name: "people", members: [] },
    ],
    accessRules: [
      { project: "class", level: "none" },
      { project: "class", role: "class", level: "admin" },
      { project: "class", role: "new/old: both", level: "member" },
      { project: "class", role: "数据", resource: "session_recording", level: "viewer" },
      { project: "class", member: classy, level: "member" },
      { project: "class", member: olivia, resource: "feature_flag", level: "editor" },
      { project: "class", resource: "dashboard", level: "viewer" },
      { project: "members", role: "__proto__", level: "member" },
      { project: "数据", member: zoe, level: "admin" },
    ],
    invites: [{ email: "soon@acme.test" }],
    domains: [
      {
        domain: "acme.test",
        verified: true,
        jitProvisioning: true,
        ssoEnforcement: "saml",
      },
      { domain: "acme.example" },
    ],
    identityProviders: [
      {
        name: "acme.test",
        configScope: "saml",
        domains: ["acme.test"],
        samlEntityId: "https://idp.acme.test/entity",
        samlAcsUrl: "https://idp.acme.test/sso",
        samlX509Cert: currentCertificate,
      },
    ],
  });
}

function seed(people: readonly string[], organization: Organization): SeedInput {
  const [owner = ""] = people;
  return {
    users: people.map((email) => ({ email, password: "a-long-enough-password" })),
    organizations: [{ id: "018f0000-0000-4000-8000-000000000001", slug: "acme", ...organization }],
    keys: [{ user: owner, label: 'The "owner\'s" key', value: ownersKey }],
  };
}
