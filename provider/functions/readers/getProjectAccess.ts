import { type LevelsByName, policyOf } from "../../access/policy";
import { projectId, projectIdOf } from "../../arguments/fields";
import { Subjects } from "../../snapshot/accessPrincipals";
import { readDirectory, readGrants } from "../../snapshot/accessSnapshot";
import { functionArgs, type Reader } from "./reader";

export const getProjectAccess: Reader<"getProjectAccess"> = {
  schema: functionArgs.extend({ projectId }),
  async read(connection, { projectId: project }) {
    const id = projectIdOf(project);
    const [directory, grants] = await Promise.all([readDirectory(connection), readGrants(connection, id)]);
    const subjects = new Subjects(directory, [], {}, new Set());
    const named = grants.map((grant) => ({
      resource: grant.resource,
      subject: subjects.nameOf(grant),
      level: grant.level,
    }));
    const { defaultAccess, members, roles, resources } = policyOf(named);
    return {
      projectId: id,
      // Without a rule, PostHog's own default applies.
      defaultAccess: String(defaultAccess ?? "admin"),
      members: byName(members),
      roles: byName(roles),
      resources: Object.fromEntries(
        Object.entries(resources ?? {}).map(([type, policy]) => [
          type,
          {
            ...(policy.default === undefined ? {} : { default: String(policy.default) }),
            members: byName(policy.members),
            roles: byName(policy.roles),
          },
        ]),
      ),
    };
  },
};

function byName(levels: LevelsByName = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(levels).map(([name, level]) => [name, String(level)]));
}
