import * as z from "zod";
import { reviewOrganization } from "../../review/reviewOrganization";
import { readOrganization } from "../../snapshot/readOrganization";
import type { GetAccessReviewArgs } from "../contract";
import { functionArgs, type Reader } from "./reader";

const count = z.int().nonnegative().optional();

const schema = functionArgs.extend({
  projects: z.array(z.union([z.int().positive(), z.string().regex(/^[1-9]\d*$/)])).optional(),
  companyDomains: z.array(z.string().min(1)).optional(),
  certificateDays: count,
  unusedKeyDays: count,
  mostOwners: count,
  mostWriteScopes: count,
});

export const getAccessReview: Reader<"getAccessReview"> = {
  schema,
  async read(connection, { projects, companyDomains, ...args }) {
    const live = await readOrganization(connection, {
      invites: true,
      keys: true,
      domains: true,
      projectIds: projects?.map(Number),
    });
    return reviewOrganization(live, { companyDomains, thresholds: givenThresholds(args) });
  },
};

/** Only the given thresholds replace the defaults. */
function givenThresholds({
  certificateDays,
  unusedKeyDays,
  mostOwners,
  mostWriteScopes,
}: GetAccessReviewArgs) {
  const all = { certificateDays, unusedKeyDays, mostOwners, mostWriteScopes };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
