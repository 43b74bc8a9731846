import type { StackProgram } from "../tools/stack";

/** How many resources each program declares. */
export const RESOURCES = 200;

/** Number of the project that all the rules are for. */
export const PROJECT_ID = 1;

/** E-mail address of the person that resource `index` is about. */
export function emailOf(index: number): string {
  return `person-${index}@acme.test`;
}

const LOOP = `
for (let index = 0; index < ${RESOURCES}; index++) {
  declare("member-" + index, { projectId: ${PROJECT_ID}, user: "person-" + index + "@acme.test", accessLevel: "member" });
}
`;

/** Rules of this package. */
export const MEMBERS_PROGRAM: StackProgram = {
  source: `
const { ProjectMember } = require("pulumi-posthog");
const declare = (name, args) => new ProjectMember(name, args);
${LOOP}`,
};

/** As many of Pulumi's own dynamic resources with the same arguments, whose provider has every method and does nothing. */
export const STOCK_PROGRAM: StackProgram = {
  source: `
const pulumi = require("@pulumi/pulumi");
const provider = {
  check: async (olds, news) => ({ inputs: news }),
  diff: async (id, olds, news) => ({ changes: false }),
  create: async (inputs) => ({ id: inputs.user, outs: inputs }),
  read: async (id, props) => ({ id, props }),
  update: async (id, olds, news) => ({ outs: news }),
  delete: async (id, props) => {},
};
class Nothing extends pulumi.dynamic.Resource {
  constructor(name, args) { super(provider, name, args); }
}
const declare = (name, args) => new Nothing(name, args);
${LOOP}`,
};
