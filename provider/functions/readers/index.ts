import { getAccessReview } from "./getAccessReview";
import { getActivityLog } from "./getActivityLog";
import { getOrganization } from "./getOrganization";
import { getOrganizationMembers } from "./getOrganizationMembers";
import { getPersonalApiKeys } from "./getPersonalApiKeys";
import { getProjectAccess } from "./getProjectAccess";
import { getProjects } from "./getProjects";
import { getRoles } from "./getRoles";
import { getSsoStatus } from "./getSsoStatus";

export { answer, type Reader } from "./reader";

/** What answers each look-up, by its name. */
export const readers = {
  getAccessReview,
  getActivityLog,
  getOrganization,
  getOrganizationMembers,
  getPersonalApiKeys,
  getProjectAccess,
  getProjects,
  getRoles,
  getSsoStatus,
};

/** What answers each look-up, by its name. */
export type Readers = typeof readers;
