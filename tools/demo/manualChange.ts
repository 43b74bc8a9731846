import type { PulumiStack } from "../stack";
import type { Surroundings } from "./target";

/** Makes a member of a project its admin, by PostHog's API, as somebody in a hurry would; tells what it did. */
export async function promoteBehindPulumisBack(
  stack: PulumiStack,
  resourceName: string,
  { url, apiKey }: Surroundings,
): Promise<string> {
  const { projectId, membershipId, email } = await outputsOf(stack, resourceName);
  const path = `/api/projects/${projectId}/access_controls/`;
  const response = await fetch(new URL(path, url), {
    method: "PUT",
    headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
    body: JSON.stringify({ organization_member: membershipId, access_level: "admin" }),
  });
  if (!response.ok) throw new Error(`PostHog answered ${response.status} to PUT ${path}.`);
  return `${email} is made an admin: PUT ${path}`;
}

async function outputsOf(stack: PulumiStack, name: string): Promise<Record<string, unknown>> {
  const { deployment } = await stack.exportState();
  const found = deployment.resources?.find(({ urn }) => urn.endsWith(`::${name}`));
  if (found === undefined) throw new Error(`${name} is not in the stack's state.`);
  return Object(found.outputs);
}
