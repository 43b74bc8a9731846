import {
  type OrganizationSettingRule,
  organizationSettings as settings,
} from "../../access/organizationSettings";
import { type ResourceTraces, type Tracer, textOf, texts } from "./trace";

const setting =
  (name: string, { field, logNames = [] }: OrganizationSettingRule): Tracer =>
  ({ id, state, actual, directory }) => {
    const role =
      name === "defaultRoleId" ? directory.roles.find((one) => one.name === actual)?.id : undefined;
    return [
      {
        scope: "Organization",
        activities: ["updated"],
        itemIds: texts(id, textOf(state, "organizationUuid")),
        fields: [field, ...logNames],
        after: [actual, ...texts(role)],
      },
    ];
  };

export const organizationSettings: ResourceTraces = {
  gone: ({ id }) => [{ scope: "Organization", activities: ["deleted"], itemIds: [id] }],
  properties: {
    ...Object.fromEntries(Object.entries(settings).map(([name, rule]) => [name, setting(name, rule)])),
    unset: "local",
  },
};
