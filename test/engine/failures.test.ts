import type { Emulator, FaultOptions } from "../../emulator";
import { changesOf, withStack } from "./harness";

/** One fault of each kind that leaves work for the next run, on the real engine. */
const lost: FaultOptions = { kind: "dropAfter", thenDown: true };
const refused: FaultOptions = {
  kind: "status",
  status: 403,
  body: { type: "authentication_error", code: "permission_denied", detail: "No.", attr: null },
};

interface Case {
  readonly name: string;
  readonly before?: string;
  readonly after: string;
  readonly fault: FaultOptions;
  /** What the emulator holds in the end. */
  contents(emulator: Emulator): unknown;
}

const role = (members: string): string =>
  `new posthog.Role("it", { name: "Team", members: [${members}], removalLimit: 1 });`;
const [analyst, developer] = ['"analyst@acme.test"', '"developer@acme.test"'];
const rule = (level: string): string =>
  `new posthog.ProjectMember("it", { projectId: 1, user: ${analyst}, accessLevel: "${level}" });`;

const cases: Case[] = [
  {
    name: "a rule whose answer was lost as it was made",
    after: rule("admin"),
    fault: { ...lost, method: "PUT" },
    contents: ({ store }) => store.accessRules.all().map(({ access_level }) => access_level),
  },
  {
    name: "a role whose people were still to leave",
    before: role(analyst),
    after: role(developer),
    fault: { ...refused, method: "DELETE" },
    contents: ({ store }) => store.roleMemberships.size,
  },
  {
    name: "settings whose answer was lost",
    before: 'new posthog.OrganizationSettings("it", { membersCanInvite: false });',
    after: 'new posthog.OrganizationSettings("it", { membersCanInvite: false, name: "Acme, Inc." });',
    fault: { ...lost, method: "PATCH" },
    contents: ({ store }) =>
      store.organizations.all().map(({ name, members_can_invite }) => [name, members_can_invite]),
  },
];

describe.each([false, true])(
  "the next run on the real engine, with a refresh in between: %s,",
  (refreshes) => {
    test.each(cases)("finishes $name, and a destroy leaves nothing", ({ before, after, fault, contents }) =>
      withStack(before ?? "", async (stack, emulator) => {
        const initially = contents(emulator);
        if (before !== undefined) await stack.up();
        await stack.setProgram({
          source: `const pulumi = require("@pulumi/pulumi"); const posthog = require("pulumi-posthog");\n${after}`,
        });
        emulator.faults.add(fault);
        await stack.up({ fails: true });
        emulator.faults.clear();
        if (refreshes) await stack.refresh();
        const finished = await stack.up();
        expect(changesOf(finished).join()).toMatch(/^update it/);
        expect(changesOf(await stack.preview())).toEqual([]);
        expect(contents(emulator)).not.toEqual(initially);
        await stack.destroy();
        expect(contents(emulator)).toEqual(initially);
      }),
    );
  },
);
