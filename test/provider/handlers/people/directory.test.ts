import { SYSTEM } from "../../../../emulator";
import { getAccessReview } from "../../../../provider";
import { writesOf } from "../../../support/access";
import { driftOf, shown } from "../../../support/drift";
import { type World, withWorld } from "../../../support/driver";
import { peopleIn, roleNamed } from "../../../support/people";
import { acmeWorld } from "../../../support/seeds";
import { configure } from "../../functions/support";

const [analyst, developer] = ["analyst@acme.test", "developer@acme.test"];

const world = (generation: "2026-07" | "current" = "current") =>
  acmeWorld({
    generation,
    organization: {
      roles: [{ name: "Analysts", members: [analyst] }],
      domains: [{ domain: "acme.test", verified: true }],
      identityProviders: [{ name: "Okta", configScope: "scim", domains: ["acme.test"] }],
    },
  });

/** Turns SCIM on, and returns the identity provider's client. */
async function directoryOf({ emulator }: World) {
  const { store, url, apiKey, organizationId } = emulator;
  const config = store.identityProviders.all()[0];
  const path = `/api/organizations/${organizationId}/identity_provider_configs/${config?.id}/`;
  const headers = { Authorization: `Bearer ${apiKey}`, "Content-Type": "application/json" };
  const body = JSON.stringify({ scim_enabled: true });
  const on = await fetch(`${url}${path}`, { method: "PATCH", headers, body });
  const { scim_bearer_token: token } = Object(await on.json());
  const tenant = emulator.store.generation === "current" ? config?.scim_slug : store.domains.all()[0]?.id;
  const send = async (method: string, resource: string, content: object): Promise<void> => {
    const { status } = await fetch(`${url}/scim/v2/${tenant}/${resource}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/scim+json" },
      body: JSON.stringify(content),
    });
    expect(status).toBeLessThan(300);
  };
  const id = (email: string) => String(store.users.where("email", email)[0]?.id);
  const change = (op: object) => ({ Operations: [{ op: "replace", ...op }] });
  return {
    push: (displayName: string, ...people: string[]) =>
      send("POST", "Groups", { displayName, members: people.map((email) => ({ value: id(email) })) }),
    activate: (email: string, value: boolean) =>
      send("PATCH", `Users/${id(email)}`, change({ path: "active", value })),
    provision: (email: string) => send("POST", "Users", { userName: email }),
  };
}

describe.each(["2026-07", "current"] as const)("a role that a directory also writes, on %s", (generation) => {
  const args = { roleId: "Analysts", members: [analyst], mode: "exclusive", removalLimit: 1 };

  test("shows people whom the directory added and removed as drift, and the preview warns that both write it", () =>
    withWorld(async (w) => {
      const directory = await directoryOf(w);
      const role = w.resource("RoleMembers");
      await role.up(args);
      await directory.push("Analysts", developer);
      const report = await driftOf(w, [{ type: "RoleMembers", driven: role }]);
      expect(shown(report.differences).join("\n")).toMatch(
        /developer@acme\.test[\s\S]*analyst@acme\.test|analyst@acme\.test[\s\S]*developer@acme\.test/,
      );
      w.run();
      await role.refresh();
      await role.refusals(args);
      expect(w.messages.join("\n")).toMatch(/analyst@acme.test joins; developer@acme.test leaves/);
      expect(w.messages.join("\n")).toMatch(
        /warning: .*SCIM is on \(Okta\): if it provisions a group named "Analysts", each undoes/,
      );
      await role.up(args);
      expect(peopleIn(w.emulator, "Analysts")).toEqual([analyst]);
    }, world(generation)));

  test("gets a warning under its future name if it does not exist yet", () =>
    withWorld(async (w) => {
      await directoryOf(w);
      const writers = { name: "Writers", members: [analyst], mode: "exclusive" };
      expect(await w.resource("Role").refusals(writers)).toEqual([]);
      expect(w.messages.join("\n")).toMatch(
        /warning: role "Writers": SCIM is on \(Okta\): if it provisions a group named "Writers", each undoes/,
      );
    }, world(generation)));

  test("keeps ignored people of the directory, and drift does not list them", () =>
    withWorld(async (w) => {
      const directory = await directoryOf(w);
      const role = w.resource("RoleMembers");
      const ignoring = { ...args, ignore: [developer] };
      await role.up(ignoring);
      await directory.push("Analysts", analyst, developer);
      expect((await driftOf(w, [{ type: "RoleMembers", driven: role }])).differences).toEqual([]);
      w.run();
      expect((await role.refresh())?.inputs).toEqual(ignoring);
      expect((await role.diff(ignoring)).changes).toBe(false);
      expect(roleNamed(w.emulator, "Analysts").id).toBe(role.id);
    }, world(generation)));

  test("shows people whom the directory added, and their access, in the review", () =>
    withWorld(async (w) => {
      const directory = await directoryOf(w);
      const { url: host, apiKey, organizationId } = w.emulator;
      configure({ host, apiKey, organizationId });
      const rolesOf = async (who: string): Promise<unknown> =>
        (await getAccessReview()).people.find(({ email }) => email === who)?.roles;
      expect(await rolesOf(developer)).toEqual([]);
      await directory.push("Analysts", developer);
      expect([await rolesOf(developer), await rolesOf(analyst)]).toEqual([["Analysts"], []]);
    }, world(generation)));

  test("waits for people whom the directory adds", () =>
    withWorld(async (w) => {
      const directory = await directoryOf(w);
      const role = w.resource("RoleMembers");
      const both = { ...args, members: [analyst, "dana@acme.test"] };
      await role.up(both);
      expect(w.messages.join("\n")).toMatch(/dana@acme.test joins once they are in the organization/);
      await directory.provision("dana@acme.test");
      w.run();
      expect((await role.diff(both)).changes).toBe(true);
      await role.up(both);
      expect(peopleIn(w.emulator, "Analysts")).toEqual([analyst, "dana@acme.test"]);
    }, world(generation)));
});

describe.each(["2026-07", "current"] as const)(
  "a member whom the directory deactivates, on %s",
  (generation) => {
    const args = { user: analyst, level: "member" };
    const invites = ({ emulator }: World) =>
      emulator.store.invites.all().map(({ target_email }) => target_email);
    const kept =
      /warning: organization member analyst@acme\.test: .*not invited again: take .* out of the program, or change invite/;

    async function deactivated(w: World) {
      const directory = await directoryOf(w);
      const member = w.resource("OrganizationMember");
      await member.up(args);
      await directory.provision(analyst);
      await directory.activate(analyst, false);
      w.run();
      await member.refresh();
      expect(member.state).toMatchObject({ status: "left", email: analyst });
      return { directory, member };
    }

    test("is not invited again, and each preview says so, with the fix", () =>
      withWorld(async (w) => {
        const { member } = await deactivated(w);
        for (const _ of ["first", "second"]) {
          w.run();
          expect(await member.refusals(args)).toEqual([]);
          expect((await member.diff(args)).changes).toBe(false);
          expect(w.messages.join("\n")).toMatch(kept);
        }
        await member.up({ ...args, onDestroy: "remove" });
        expect(w.messages.join("\n")).toMatch(/SCIM is on \(Okta\).*the update does not invite them: take/);
        expect([writesOf(w), invites(w)]).toEqual([[], []]);
        await member.destroy();
      }, world(generation)));

    test("counts as deleted in drift", () =>
      withWorld(async (w) => {
        const { member } = await deactivated(w);
        const { differences } = await driftOf(w, [{ type: "OrganizationMember", driven: member }]);
        expect(differences).toMatchObject([{ kind: "gone" }]);
      }, world(generation)));

    test("is invited once the invite asks for it", () =>
      withWorld(async (w) => {
        const { member } = await deactivated(w);
        await member.up({ ...args, invite: { message: "Welcome back" } });
        expect(invites(w)).toEqual([analyst]);
        expect(member.state.status).toBe("pending");
      }, world(generation)));

    test("is the same member when the directory brings them back", () =>
      withWorld(async (w) => {
        const { directory, member } = await deactivated(w);
        await directory.activate(analyst, true);
        w.run();
        expect((await member.diff(args)).changes).toBe(true);
        expect(w.messages.join("\n")).toMatch(/is in the organization again/);
        await member.up(args);
        expect(member.state.status).toBe("active");
        expect(invites(w)).toEqual([]);
      }, world(generation)));
  },
);

test("a member who disappears without SCIM counts as deleted, and the next run invites them", () =>
  withWorld(async (w) => {
    const member = w.resource("OrganizationMember");
    await member.up({ user: analyst });
    const { store } = w.emulator;
    const user = store.users.where("email", analyst)[0];
    for (const { id } of store.memberships.where("user_id", user?.id ?? 0))
      store.memberships.delete(id, SYSTEM);
    w.run();
    expect(await member.refresh()).toBeUndefined();
    expect(w.messages.join()).toMatch(/the next update invites them again/);
  }, world()));
