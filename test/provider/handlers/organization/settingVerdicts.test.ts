import { organizationSettings, settingNames } from "../../../../provider/access/organizationSettings";
import { asOwner } from "../../../emulator/support";
import { type World, withWorld } from "../../../support/driver";
import { acmeWorld } from "../../../support/seeds";

const switches = [true, false];

/** Names that PostHog accepts in e-mails, or rejects. */
const mailed = [
  "Acme & Co. (EU)",
  "see https://a.test",
  "mailto:me",
  "acme.test",
  "www. here",
  "A <b>",
  "A\nB",
  "A\u200bB",
];

/** Values of each setting: usual ones, none of them the default, and odd ones. Null is tried for all. */
const values: Readonly<Record<string, readonly unknown[]>> = {
  name: ["Acme Inc.", " Acme Ltd ", "", " ", "x".repeat(64), "x".repeat(65), ...mailed],
  logoMediaId: ["zz", ""],
  enforce2fa: [...switches, "maybe"],
  enforceVerifiedDomains: switches,
  membersCanInvite: [false, true, "maybe"],
  membersCanCreateProjects: switches,
  membersCanUsePersonalApiKeys: [false, true],
  membersCanSeeOrgMembers: [false, true],
  allowPubliclySharedResources: [false, true],
  isAiDataProcessingApproved: switches,
  isAiTrainingOptedIn: switches,
  defaultExperimentStatsMethod: ["frequentist", "bayesian", "zz"],
  defaultAnonymizeIps: switches,
  defaultRoleId: ["018f0000-0000-4000-8000-0000000000aa", ""],
};

/** The preview's verdict. If it accepts the value, applies it and expects no difference afterwards. */
async function verdict({ resource, run }: World, setting: string, value: unknown): Promise<string> {
  const settings = resource("OrganizationSettings");
  const args = { [setting]: value };
  run();
  if ((await settings.refusals(args)).length > 0) return "refused";
  await settings.up(args);
  if ((await settings.diff(args)).changes) return "differs after the update";
  run();
  await settings.refresh();
  return (await settings.diff(args)).changes ? "differs after a refresh" : "accepted";
}

async function patch({ emulator }: World, setting: string, value: unknown): Promise<number> {
  const field = Object.entries(organizationSettings).find(([name]) => name === setting)?.[1].field ?? "";
  const path = `/api/organizations/${emulator.organizationId}/`;
  return (await asOwner(emulator).patch(path, { [field]: value })).status;
}

test("every setting is tested", () => {
  expect(Object.keys(values)).toEqual(settingNames);
});

describe.each(["2026-07", "current"] as const)("on a server of %s", (generation) => {
  const world = acmeWorld({
    generation,
    organization: {
      roles: [{ name: "Everybody", id: "018f0000-0000-4000-8000-0000000000aa" }],
      domains: [{ domain: "acme.test", verified: true }],
    },
  });
  const newer = ["enforceVerifiedDomains", "membersCanSeeOrgMembers"];
  const known = Object.entries(values).filter(([name]) => generation === "current" || !newer.includes(name));

  test.each(known)(
    "%s is accepted in previews if PostHog accepts it, and needs no second update",
    (setting, list) =>
      withWorld(async (driven) => {
        for (const value of [...list, null]) {
          expect({ value, preview: await verdict(driven, setting, value) }).toEqual({
            value,
            preview: (await patch(driven, setting, value)) < 300 ? "accepted" : "refused",
          });
        }
      }, world),
  );
});
