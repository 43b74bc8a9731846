/** Every entry of the package, as a program uses it. Never run: see `arguments.ts`. */
import * as posthog from "pulumi-posthog";
import { DEFAULT_SEED, type Emulator, startEmulator } from "pulumi-posthog/emulator";
import { posthogPolicyPack } from "pulumi-posthog/policy";
import { provider } from "pulumi-posthog/runtime";

export const project = new posthog.Project("shop", { name: "Shop", timezone: "Europe/Berlin" });
export const projectId = project.projectId.apply((id) => id.toFixed(0));
export const members = posthog.getOrganizationMembersOutput().apply(({ members }) => members[0]?.email);
export const pack = posthogPolicyPack("acme", { "at-least-two-owners": "mandatory" });
export const emulator: Promise<Emulator> = startEmulator({ seed: DEFAULT_SEED });
export const type = provider("Project");
