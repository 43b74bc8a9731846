import * as pulumi from "@pulumi/pulumi";
import { SYSTEM } from "../../../emulator";
import * as posthog from "../../../provider";
import { requestsOf, withPosthog } from "./support";

const mocks: pulumi.runtime.Mocks = {
  newResource: ({ name, inputs }) => ({ id: `${name}-id`, state: inputs }),
  call: ({ inputs }) => inputs,
};

/** Makes this process the program of a preview or of an update. */
const runs = (isPreview: boolean): Promise<void> =>
  pulumi.runtime.setMocks(mocks, "project", "stack", isPreview);

const roleReads = (emulator: Parameters<typeof requestsOf>[0]): number =>
  requestsOf(emulator).filter((request) => request.startsWith("GET /roles")).length;

test("functions of one preview share what they read, even when called in sequence", () =>
  withPosthog(async (emulator) => {
    await runs(true);
    await posthog.getRoles();
    new posthog.Role("later", { name: "Later" });
    await posthog.getRoles();
    expect(roleReads(emulator)).toBe(1);
  }));

test("functions of an update share what they read until the program declares a resource, then read again", () =>
  withPosthog(async (emulator) => {
    await runs(false);
    await posthog.getOrganization();
    emulator.store.organizations.update(emulator.organizationId, { name: "Acme Ltd" }, SYSTEM);
    expect((await posthog.getOrganization()).name).toBe("Acme");
    new posthog.Role("first", { name: "First" });
    expect((await posthog.getOrganization()).name).toBe("Acme Ltd");
  }));
