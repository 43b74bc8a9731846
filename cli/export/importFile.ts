import { nativeType } from "../../provider/access/typeTokens";
import type { ExportSnapshot } from "./gather";
import { Names, nameThings, slugOf } from "./names";
import { rulesByProject, spelling } from "./rules";

/** One resource of a file for `pulumi import`. */
interface Imported {
  readonly type: string;
  /** Its name in the generated code: an identifier, because code refers to it. */
  readonly name: string;
  /** The resource's name. */
  readonly logicalName: string;
  readonly id: string;
}

/**
 * A file for `pulumi import --file`: the resources of the exported program, with the same names and their ids. `pulumi
 * import` only accepts the plugin's types; use `adopt` for the dynamic form.
 */
export function importFileOf(snapshot: ExportSnapshot): string {
  const { live, projects, domains, settings } = snapshot;
  const names = nameThings(snapshot);
  const spell = spelling(live.access.people);
  const governed = rulesByProject(live, spell).filter(({ grants }) => grants.length > 0);
  const nameOf = (id: number): string => names.projects.get(id)?.name ?? String(id);
  const variables = new Names();
  const imported = (kind: string, logicalName: string, id: string): Imported => {
    const name = variables.variable(slugOf(logicalName), kind);
    return { type: nativeType(kind), name, logicalName, id };
  };
  const resources: Imported[] = [
    ...projects.map(({ id }) => imported("Project", nameOf(id), String(id))),
    ...live.members.map((member) => {
      const user = spell(member).toLowerCase();
      return imported("OrganizationMember", user, user);
    }),
    ...[...names.roles].map(([id, { name }]) => imported("Role", name, id)),
    ...governed.map(({ project }) => imported("ProjectAccess", nameOf(project.id), String(project.id))),
    ...domains.map(({ domain }) => imported("OrgSsoSettings", domain, domain)),
    ...(settings === undefined ? [] : [imported("OrganizationSettings", "organization", live.id)]),
  ];
  return `${JSON.stringify({ resources }, undefined, 2)}\n`;
}
