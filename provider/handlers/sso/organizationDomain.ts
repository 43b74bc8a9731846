import * as z from "zod";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { ArgsOf, Live, Review } from "../../engine/definition";
import { type Finding, warning } from "../../engine/finding";
import { outputSecrecy } from "../../engine/secretOutputs";
import type { Properties } from "../../engine/state";
import { wasDeclared } from "../../engine/unfinished";
import type { Connection } from "../../posthog/connection";
import { createDomain, type Domain, deleteDomain, findDomain, requireDomain } from "../../posthog/domains";
import { isComplete, readSignOn } from "../../snapshot/signOn";
import { removeOwnProvider } from "./domainProviders";
import {
  awaitsVerification,
  domainArgs,
  domainArgsOf,
  domainOutputs,
  pendingReason,
  reviewAdding,
  reviewSignIn,
  signInNeeds,
  verificationReason,
  verify,
  wantedSignIn,
  writeSignIn,
} from "./domainSettings";
import { changeSignOn } from "./providerObjects";

const args = z.strictObject({ ...domainArgs, signInOnly: z.boolean("must be true or false").optional() });
type Args = ArgsOf<(typeof args)["shape"]>;

const titleOf = ({ domain, signInOnly }: Partial<Args>): string =>
  `${signInOnly === true ? "sign-in of " : ""}domain ${domain ?? "(not known yet)"}`;

const toLive = (domain: Domain): Live<Args> => ({
  id: domain.id,
  args: domainArgsOf(domain),
  outputs: domainOutputs(domain),
});

/** First removes enforcement; last switches on what needs a verified domain. */
async function write(
  connection: Connection,
  found: Domain,
  declared: Args,
  state: Properties,
): Promise<Live<Args>> {
  const wanted = wantedSignIn(declared, state);
  let domain = found;
  if (wanted.enforcement === "off") domain = await writeSignIn(connection, domain, { enforcement: "off" });
  domain = await verify(connection, domain, declared.waitForVerification);
  return toLive(await writeSignIn(connection, domain, wanted));
}

async function review(connection: Connection, { args: declared, before }: Review<Args>): Promise<Finding[]> {
  const adding = declared.signInOnly === true ? [] : await reviewAdding(connection, declared.domain);
  const unready = await reviewSaml(connection, declared);
  return [
    ...adding,
    ...(unready.length > 0 ? unready : await reviewSignIn(connection, declared, before === undefined)),
  ];
}

/** A provider of the same program may set up SAML first, which a preview cannot see. */
async function reviewSaml(
  connection: Connection,
  { domain: name, enforcement }: Partial<Args>,
): Promise<Finding[]> {
  const domain = name === undefined ? undefined : await findDomain(connection, name);
  if (domain?.is_verified !== true || enforcement !== "saml") return [];
  if (isComplete((await readSignOn(connection, domain)).saml)) return [];
  const nobody = `nobody of ${domain.domain} can sign in with SAML yet`;
  return [
    warning(`${nobody}: the update is refused unless an IdentityProvider sets it up first (dependsOn)`),
  ];
}

export const organizationDomain = defineResource({
  type: "OrganizationDomain",
  args,
  secrecy: outputSecrecy.OrganizationDomain,
  fields: {
    domain: { replaces: true },
    enforcement: {},
    jitProvisioning: {},
    waitForVerification: {},
    signInOnly: { replaces: true, default: false },
  },
  existing: "refuse",
  title: titleOf,
  stable: ["challengeRecordValue"],
  awaits: awaitsVerification,
  needs: { always: [{ scope: "organization:write" }, { level: 8 }], when: signInNeeds },
  async claims({ domain, signInOnly = false, enforcement, jitProvisioning }) {
    if (domain === undefined) return [];
    const signsIn = signInOnly || enforcement !== undefined || jitProvisioning !== undefined;
    return [...(signInOnly ? [] : [`domain/${domain}`]), ...(signsIn ? [`domain/${domain}/sign-in`] : [])];
  },
  review,
  pendingReason,
  updateReason: verificationReason,
  async find(connection, { domain: name, signInOnly }) {
    // The sign-in of an existing domain is not adopted, only changed.
    const domain = name === undefined || signInOnly === true ? undefined : await findDomain(connection, name);
    return domain === undefined ? undefined : toLive(domain);
  },
  async findExisting(connection, { domain: name }) {
    const domain = await findDomain(connection, name);
    return domain === undefined ? undefined : toLive(domain);
  },
  async observe(connection, id) {
    const domain = await findDomain(connection, id);
    return domain === undefined ? undefined : toLive(domain);
  },
  async create(connection, declared, checkpoint) {
    const domain = await (declared.signInOnly === true
      ? requireDomain(connection, declared.domain)
      : createDomain(connection, declared.domain));
    checkpoint(domain.id, domainOutputs(domain));
    return write(connection, domain, declared, {});
  },
  async update(connection, live, declared, state) {
    return write(connection, await requireDomain(connection, live.id), declared, state);
  },
  async delete(connection, live, state) {
    const owned = declaredIn(args, state);
    const whole = owned.signInOnly !== true;
    const domain = await writeSignIn(connection, await requireDomain(connection, live.id), {
      enforcement: whole || wasDeclared(state, "enforcement") ? "off" : undefined,
      jitProvisioning: whole || wasDeclared(state, "jitProvisioning") ? false : undefined,
    });
    if (!whole) return;
    await changeSignOn(connection, async () => {
      await removeOwnProvider(connection, domain);
      await deleteDomain(connection, domain);
    });
  },
});
