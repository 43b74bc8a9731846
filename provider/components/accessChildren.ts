import * as pulumi from "@pulumi/pulumi";
import type { DesiredKey, DesiredLevels, DesiredProject, DesiredRole } from "../matrix/desired";
import type { CommonArgs } from "../resources/base";
import { PersonalApiKey } from "../resources/personalApiKey";
import { ProjectAccess } from "../resources/projectAccess";
import { ProjectSecretApiKey } from "../resources/projectSecretApiKey";
import { Role } from "../resources/role";

/** What the program passes in addition to the matrix. */
interface GivenArgs extends CommonArgs {
  /** Numbers of projects by their names in the matrix. */
  readonly projects?: Record<string, pulumi.Input<number | string>>;
  /** People by team. */
  readonly members?: Record<string, pulumi.Input<pulumi.Input<string | undefined>[]>>;
}

/** Creates the resources of a matrix. Their names change only when names in the matrix change. */
export class AccessChildren {
  private readonly roles = new Map<string, { name: string; resource: Role }>();
  private readonly common: CommonArgs;
  private readonly projects: ReadonlyMap<string, pulumi.Input<number | string>>;
  private readonly members: ReadonlyMap<string, pulumi.Input<pulumi.Input<string | undefined>[]>>;

  constructor(
    private readonly name: string,
    given: GivenArgs,
    private readonly parent: pulumi.Resource,
  ) {
    const { account, organizationId, adopt, projects = {}, members = {} } = given;
    this.common = { account, organizationId, adopt };
    this.projects = new Map(Object.entries(projects));
    this.members = new Map(Object.entries(members));
  }

  /** A team's role. Without members, the arguments about members have no effect. */
  role({ team, previously, name, members, mode, removalLimit, ignore, waitForMembers }: DesiredRole): Role {
    const people = this.members.get(team) ?? mutable(members);
    const treatment = { mode, removalLimit, ignore: mutable(ignore), waitForMembers };
    const resource = new Role(
      this.childName(team),
      { ...this.common, name, members: people, ...(people === undefined ? {} : treatment) },
      { parent: this.parent, aliases: this.aliases(previously) },
    );
    this.roles.set(team, { name, resource });
    return resource;
  }

  /** A project's policy, which depends on its roles. */
  policy(desired: DesiredProject): ProjectAccess {
    const { project, id, defaultAccess, members, roles, resources, mode, removalLimit, ignore } = desired;
    const teams = [roles, ...Object.values(resources).map((levels) => levels.roles)].flatMap(Object.keys);
    const dependsOn = [...new Set(teams)].flatMap((team) => this.roles.get(team)?.resource ?? []);
    return new ProjectAccess(
      this.childName(project),
      {
        ...this.common,
        projectId: this.projectId(project, id),
        defaultAccess,
        members,
        roles: this.byRole(roles),
        resources: Object.fromEntries(
          Object.entries(resources).map(([type, levels]) => [type, this.levels(levels)]),
        ),
        mode,
        removalLimit,
        ignore: mutable(ignore),
      },
      { parent: this.parent, dependsOn, aliases: this.aliases(desired.previously) },
    );
  }

  /** A service account's key. */
  key({
    team,
    project,
    previously,
    id,
    kind,
    label,
    scopes,
    rotateAfterDays,
  }: DesiredKey): pulumi.Output<string> {
    const projectId = this.projectId(project, id);
    const name = this.childName(keyName({ team, project }));
    const args = { ...this.common, label, scopes: [...scopes], rotateAfterDays };
    const options = { parent: this.parent, aliases: this.aliases(previously.map(keyName)) };
    const key =
      kind === "project"
        ? new ProjectSecretApiKey(name, { ...args, projectId }, options)
        : new PersonalApiKey(name, { ...args, projects: [projectId] }, options);
    return key.value;
  }

  private childName(key: string): string {
    return `${this.name}-${key}`;
  }

  private aliases(earlier: readonly string[]): pulumi.Alias[] {
    return earlier.map((key) => ({ name: this.childName(key) }));
  }

  private projectId(project: string, id: number | undefined): pulumi.Input<number | string> {
    const projectId = this.projects.get(project) ?? id;
    if (projectId === undefined) throw new pulumi.RunError(`the number of project ${project} is not given`);
    return projectId;
  }

  /**
   * Policies refer to roles by name, which previews know even before the roles exist. A role called `__proto__` is
   * referred to by id, because no entry can have that name.
   */
  private byRole<Level>(levels: Readonly<Record<string, Level>>): pulumi.Input<Record<string, Level>> {
    const entries = Object.entries(levels).map(([team, level]) => ({
      team,
      role: this.roles.get(team),
      level,
    }));
    const names = entries.map(({ team, role }) => role?.name ?? team);
    const byNames = (known: readonly string[]): Record<string, Level> =>
      Object.fromEntries(entries.map(({ level, team }, index) => [known[index] ?? team, level]));
    if (!names.includes("__proto__")) return byNames(names);
    const ids = entries.map(({ team, role }) =>
      role?.name === "__proto__" ? role.resource.roleId : (role?.name ?? team),
    );
    return pulumi.all(ids).apply(byNames);
  }

  private levels({ default: everybody, members, roles }: DesiredLevels) {
    return { default: everybody, members, roles: this.byRole(roles) };
  }
}

function keyName({ team, project }: { team: string; project: string }): string {
  return `${team}/${project}`;
}

function mutable<T>(list: readonly T[] | undefined): T[] | undefined {
  return list && [...list];
}
