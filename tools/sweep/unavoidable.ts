import type { Phase } from "./course";
import type { Failing } from "./judgement";
import type { FaultPoint } from "./points";
import { changesIn } from "./scenarios";
import type { Verdict } from "./sweep";

/** A combination in which no program could do better, and what people read. */
interface Unavoidable {
  readonly types: readonly string[];
  readonly phases: readonly Phase[];
  readonly faults: RegExp;
  /** Only if the program wants another object of that name, with `adopt: false`. */
  readonly asksForAnother?: boolean;
  /** The failings that such a point may have. */
  readonly failings: readonly Failing[];
  readonly reason: string;
  readonly seen: string;
}

/** Resources whose id PostHog creates: it is unknown before the response. */
const withIdOfPosthog = [
  "Project",
  "PersonalApiKey",
  "ProjectSecretApiKey",
  "Role",
  "OrganizationDomain",
  "OrgSsoSettings",
  "IdentityProvider",
];
/** Resources whose id identifies what they are. */
const withNaturalId = [
  "ProjectMember",
  "ProjectAccess",
  "AccessControl",
  "RoleMembers",
  "RoleMembership",
  "OrganizationMember",
  "OrganizationSettings",
];

/** All unavoidable failings; any other failing is a defect. */
export const unavoidable: readonly Unavoidable[] = [
  {
    types: withIdOfPosthog,
    phases: ["create"],
    faults: /then an outage|killed/,
    failings: ["adoption", "orphans", "secrets"],
    reason: "The object was made and its id never learned, so that no state can have it.",
    seen:
      "The error says that PostHog may have carried the request out; the next run that it already exists, perhaps because " +
      "an earlier run broke off, and that adopt: true takes it over. Of an identity provider the preview warns that the SCIM token is not known.",
  },
  {
    types: ["Project", "PersonalApiKey"],
    phases: ["create"],
    faults: /then an outage|killed/,
    asksForAnother: true,
    failings: ["duplicates", "orphans"],
    reason:
      "With adopt: false the next run makes another one, as the program asks, and no state has the first.",
    seen:
      "The error says that PostHog may have carried the request out; afterwards there are two of that name in PostHog, " +
      "in review, export and drift.",
  },
  {
    types: withNaturalId,
    phases: ["create"],
    faults: /killed/,
    failings: ["orphans"],
    reason:
      "A process that is killed leaves no state; the next run recognizes what it made, and a destroy knows nothing of it.",
    seen: "Pulumi says that the last run was interrupted, and which resource it was creating.",
  },
  {
    types: [...withIdOfPosthog, ...withNaturalId],
    phases: ["update"],
    faults: /killed/,
    failings: ["orphans"],
    reason:
      "A process that is killed leaves the state as it was: a destroy right after it knows nothing of what was new.",
    seen: "Pulumi says that the last run was interrupted, and which resource it was updating.",
  },
  {
    types: ["Project", "PersonalApiKey", "IdentityProvider", "OrgSsoSettings"],
    phases: ["create", "update"],
    faults: /applied late/,
    failings: ["duplicates", "orphans"],
    reason:
      "Nothing was found after the timeout, so the request was sent again, and then the first one was applied. " +
      "PostHog allows two of that name.",
    seen: "Two objects of that name in PostHog, and the same in review, export and drift.",
  },
  {
    types: ["PersonalApiKey", "ProjectSecretApiKey"],
    phases: ["update"],
    faults: /applied late/,
    failings: ["secrets"],
    reason:
      "The key was rolled again after the timeout, and then the first request was applied: its value is the last one.",
    seen: "The next refresh reports that the value is not known any more, and the next update rotates the key.",
  },
];

/** The rows that together allow a point's failings; undefined if one of them is a defect. */
export function allowanceOf({
  point,
  failings,
}: Pick<Verdict, "failings"> & { point: FaultPoint }): readonly Unavoidable[] | undefined {
  const types = changesIn(point.scenario).map(({ type }) => type);
  const rows = unavoidable.filter(
    (row) =>
      row.types.some((type) => types.includes(type)) &&
      (row.asksForAnother !== true || point.scenario.before.adopt === false) &&
      hitsOf(point).some(
        ({ phases, name }) => row.faults.test(name) && phases.some((phase) => row.phases.includes(phase)),
      ),
  );
  const allowed = new Set(rows.flatMap((row) => row.failings));
  return failings.every((failing) => allowed.has(failing)) ? rows : undefined;
}

/** The faults of a point, each with the commands that it may have interrupted. */
function hitsOf({ phase, fault, second, sequel }: FaultPoint): { phases: readonly Phase[]; name: string }[] {
  const first = { phases: [phase], name: fault.name };
  if (second === undefined) return [first];
  const { during, fault: other } = second;
  if (during === "the next command") {
    // What exists by then decides whether the next `up` creates or changes it.
    const next: readonly Phase[] = sequel === "up" && phase === "create" ? ["create", "update"] : ["update"];
    return [first, { phases: next, name: other.name }];
  }
  // The answer is lost for good, as in an outage: looking for what it created fails too.
  const isLost = /^applied|^timeout/.test(fault.name);
  const both = isLost ? [{ phases: [phase], name: "applied, then an outage" }] : [];
  return [first, { phases: [phase], name: other.name }, ...both];
}
