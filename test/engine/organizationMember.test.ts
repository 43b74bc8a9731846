import { SYSTEM } from "../../emulator";
import { personNamed } from "../support/people";
import { changesOf, javascript, withStack } from "./harness";

const program = (level: string, more = ""): string => `
  const ann = new posthog.OrganizationMember("ann", { user: "Ann@acme.test", level: "${level}", onDestroy: "remove" });
  const owner = new posthog.OrganizationMember("owner", { user: "owner@acme.test", level: "owner" });
  ${more}
  exports.status = ann.status;
  exports.userUuid = ann.userUuid;
  exports.inviteId = ann.inviteId;
  exports.id = ann.id;
`;

test("a person is invited, joins, changes level, drifts, gets another address, and is removed", () =>
  withStack(program("member"), async (stack, emulator) => {
    const { store } = emulator;
    expect((await stack.preview()).text).toMatch(
      /organization member Ann@acme.test: is not a member; the update invites them as member/,
    );
    await stack.up();
    expect(await stack.outputs()).toEqual({ status: "pending", inviteId: "[secret]", id: "ann@acme.test" });
    await stack.preview({ flags: ["--expect-no-changes"] });

    const [invite] = store.invites.all();
    store.invites.update(invite?.id ?? "", { created_at: "2026-01-01T00:00:00.000000Z" }, SYSTEM);
    const again = await stack.up();
    expect(again.text).toMatch(/the invite has expired; the update sends a new one/);
    expect(changesOf(again)).toEqual(["update ann"]);
    expect(store.invites.size).toBe(1);

    emulator.acceptInvite("ann@acme.test");
    expect((await stack.up()).text).toMatch(/has joined the organization/);
    const { user, membership } = personNamed(emulator, "ann@acme.test");
    expect(await stack.outputs()).toEqual({ status: "active", userUuid: user.uuid, id: "ann@acme.test" });
    await stack.preview({ flags: ["--expect-no-changes"] });

    store.memberships.update(membership.id, { level: 15 }, SYSTEM);
    store.users.update(user.id, { email: "ann.lee@acme.test" }, SYSTEM);
    await stack.refresh();
    expect(changesOf(await stack.up())).toEqual(["update ann: level"]);
    expect(store.memberships.get(membership.id)?.level).toBe(1);

    await stack.destroy();
    expect(store.memberships.get(membership.id)).toBeUndefined();
    expect(personNamed(emulator, "owner@acme.test").membership.level).toBe(15);
  }));

test("settings are set and reset one by one, and a person is found, adopted, and not removed by default", () => {
  const settings = (args: string): string => `
    const found = posthog.OrganizationMember.get("found", "Admin@acme.test");
    new posthog.OrganizationMember("analyst", { user: "analyst@acme.test", level: "admin", adopt: true });
    const everybody = new posthog.Role("everybody", { name: "Everybody" });
    const acme = new posthog.OrganizationSettings("acme", { ${args} });
    exports.level = found.level;
    exports.organization = acme.organizationId;
    exports.earlier = acme.earlier;
  `;
  return withStack(settings("enforce2fa: true, defaultRoleId: everybody.roleId"), async (stack, emulator) => {
    const { store, organizationId } = emulator;
    const organization = () => store.organizations.get(organizationId);
    const plan = (await stack.preview()).text;
    expect(plan).toMatch(/enforce2fa changes from not set to true/);
    expect(plan).toMatch(/changes from member to admin/);
    await stack.up();
    expect(organization()).toMatchObject({ enforce_2fa: true, default_role_id: store.roles.all()[0]?.id });
    expect(await stack.outputs()).toEqual({
      level: "admin",
      organization: organizationId,
      earlier: { defaultRoleId: null, enforce2fa: null },
    });
    await stack.preview({ flags: ["--expect-no-changes"] });

    await stack.setProgram(javascript(settings("enforce2fa: true, defaultRoleId: null")));
    expect(changesOf(await stack.up())).toEqual(["update acme: defaultRoleId"]);
    expect(organization()).toMatchObject({ enforce_2fa: true, default_role_id: null });
    await stack.preview({ flags: ["--expect-no-changes"] });

    await stack.setProgram(javascript(settings('name: "Acme Inc."')));
    expect(changesOf(await stack.up()).join()).toMatch(/^update acme: .*enforce2fa/);
    expect(organization()).toMatchObject({ enforce_2fa: null, name: "Acme Inc." });
    store.organizations.update(organizationId, { name: "Globex" }, SYSTEM);
    await stack.refresh();
    expect(changesOf(await stack.up())).toEqual(["update acme: name"]);

    await stack.destroy();
    expect(organization()).toMatchObject({ enforce_2fa: null, name: "Acme" });
    expect(personNamed(emulator, "analyst@acme.test").membership.level).toBe(8);
  });
});
