import * as z from "zod";
import { counted } from "../../access/messages";
import { isUnknown } from "../../engine/unknown";
import { type DeclaredResource, isKind, textOf, titleOf } from "./declared";
import { defineRule, type Violation } from "./rule";

const isMember = isKind("OrganizationMember");

/** A stack that declares owners declares enough of them. */
export const atLeastTwoOwners = defineRule({
  name: "at-least-two-owners",
  description: "An organization has several owners.",
  why: "nobody can manage an organization whose only owner is away or locked out",
  severity: "high",
  settings: z.object({
    minimum: z
      .int("must be a whole number, 1 to 100")
      .min(1, "must be a whole number, 1 to 100")
      .max(100, "must be a whole number, 1 to 100")
      .default(2)
      .describe("Minimum number of owners of an organization."),
  }),
  reach: "stack",
  judge: (resources, { minimum }) => {
    const organizations = readOrganizations(resources);
    const owners = resources.filter((resource) => isMember(resource) && isOwner(resource));
    return [...new Set(owners.map(placeOf))].flatMap((place) =>
      tooFew(
        owners.filter((owner) => placeOf(owner) === place),
        countOwners(
          resources.filter((other) => isMember(other) && mayBeSame(place, placeOf(other), organizations)),
        ),
        minimum,
      ),
    );
  },
});

function tooFew(owners: readonly DeclaredResource[], count: number, minimum: number): Violation[] {
  const [resource] = owners;
  if (resource === undefined || count >= minimum) return [];
  const others = owners.slice(1).map(({ name }) => ` and ${JSON.stringify(name)}`);
  const declares = `the stack declares ${counted(count, "owner")}`;
  return [
    {
      resource,
      what: `${titleOf(resource)}${others.join("")} (level): ${declares}; the minimum is ${minimum}`,
      fix: 'declare another OrganizationMember with level: "owner"; adopt: true adopts an existing one',
    },
  ];
}

function isOwner({ values: { level } }: DeclaredResource): boolean {
  return level === "owner" || level === 15;
}

/** The maximum number of owners: a person whose level or name is not known yet may be one more. */
function countOwners(members: readonly DeclaredResource[]): number {
  const possible = members.filter((member) => isOwner(member) || isUnknown(member.values.level));
  return new Set(possible.map((member) => personOf(member) ?? member.urn)).size;
}

function personOf({ outputs, values }: DeclaredResource): string | undefined {
  return (textOf(outputs?.userUuid) ?? textOf(outputs?.email) ?? textOf(values.user))?.toLowerCase();
}

/** What identifies a resource's organization: its account and organization arguments. */
function placeOf({ values: { account, organizationId } }: DeclaredResource): string {
  return JSON.stringify([account ?? "", organizationId ?? ""]);
}

/** The organizations' UUIDs by place, if PostHog has returned them. */
function readOrganizations(resources: readonly DeclaredResource[]): ReadonlyMap<string, string> {
  const known = resources.flatMap((resource): [string, string][] => {
    const uuid = textOf(resource.outputs?.organizationUuid);
    return uuid === undefined ? [] : [[placeOf(resource), uuid]];
  });
  return new Map(known);
}

/** Two places may be one organization unless both are known and differ. */
function mayBeSame(one: string, other: string, organizations: ReadonlyMap<string, string>): boolean {
  if (one === other) return true;
  const [left, right] = [organizations.get(one), organizations.get(other)];
  return left === undefined || right === undefined || left === right;
}
