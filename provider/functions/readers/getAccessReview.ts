import { z } from "zod";
import type { AccessReview } from "../../review/model";
import { reviewOrganization } from "../../review/reviewOrganization";
import { readOrganization } from "../../snapshot/readOrganization";
import type { GetAccessReviewArgs } from "../getAccessReview";
import { defineReader, lookupArgs } from "./reader";

const count = z.int().nonnegative().optional();

const schema = lookupArgs.extend({
  projects: z.array(z.union([z.int().positive(), z.string().regex(/^[1-9]\d*$/)])).optional(),
  companyDomains: z.array(z.string().min(1)).optional(),
  certificateDays: count,
  unusedKeyDays: count,
  mostOwners: count,
  mostWriteScopes: count,
});

/** Reads what {@link getAccessReview} answers. */
export const getAccessReview = defineReader<GetAccessReviewArgs, AccessReview>(
  "getAccessReview",
  schema,
  async (connection, { projects, companyDomains, ...args }) => {
    const live = await readOrganization(connection, {
      invites: true,
      keys: true,
      domains: true,
      projectIds: projects?.map(Number),
    });
    return reviewOrganization(live, { companyDomains, thresholds: givenThresholds(args) });
  },
);

/** Only what is given replaces the usual. */
function givenThresholds({
  certificateDays,
  unusedKeyDays,
  mostOwners,
  mostWriteScopes,
}: GetAccessReviewArgs) {
  const all = { certificateDays, unusedKeyDays, mostOwners, mostWriteScopes };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined));
}
