import type { Review } from "../../engine/definition";
import { type Finding, problem, warning } from "../../engine/finding";
import type { Connection } from "../../posthog/connection";
import { type Domain, findDomain, listDomains } from "../../posthog/domains";
import { type IdentityProvider, listIdentityProviders } from "../../posthog/identityProviders";
import { isComplete, isFor, type ProviderPair, samlOf, serves } from "./providerObjects";
import { inlineServer, named, protocols, providersOf } from "./providerPairs";
import { lockedOut, lockOutError } from "./providerWrites";
import { checkAddress, type SamlSource } from "./samlSource";
import { scimTokenWarning } from "./signOn";

/** What can be declared of an identity provider. */
interface Declared {
  readonly name: string;
  readonly domains: string[];
  readonly saml?: SamlSource;
  readonly scim?: { enabled: boolean };
}

/** What a preview says of an identity provider that is about to be made or changed, besides adoption. */
export async function reviewProvider(
  connection: Connection,
  review: Review<Declared>,
  title: string,
): Promise<Finding[]> {
  const { args, before, existing } = review;
  if ((await listIdentityProviders(connection)) === undefined) {
    const { why, fix } = inlineServer;
    return [
      problem(undefined, `this PostHog server has no identity providers\n  why: ${why}\n  fix: ${fix}`),
    ];
  }
  await checkAddress(connection, args.saml, before?.saml);
  const own = named(await providersOf(connection), before?.name ?? args.name ?? "", protocols);
  const tokenLost = existing?.args.scim?.enabled === true && args.scim?.enabled === true;
  return [
    ...(await reviewDomains(connection, review, own)),
    ...(await reviewLockOut(connection, review, own, title)),
    ...(tokenLost ? [warning(scimTokenWarning)] : []),
  ];
}

async function reviewDomains(
  connection: Connection,
  { args, inProgram }: Review<Declared>,
  own: ProviderPair,
): Promise<Finding[]> {
  const providers = await providersOf(connection);
  const others = providers.filter(({ id }) => id !== own.saml?.id && id !== own.scim?.id);
  const findings = await Promise.all(
    (args.domains ?? []).map(async (name) => {
      const found = await findDomain(connection, name);
      if (found === undefined) {
        return inProgram(`domain/${name}`)
          ? []
          : [
              warning(
                `${name} is not a domain of the organization: an OrganizationDomain has to add it before`,
              ),
            ];
      }
      const rival = others.find((provider) => competes(provider, found, args));
      return rival === undefined
        ? []
        : [warning(`people of ${name} come by "${rival.name ?? rival.id}" now: ${moves(found)}`)];
    }),
  );
  return findings.flat();
}

/** Whether another provider does for a domain what this one is to do. */
function competes(
  provider: IdentityProvider,
  served: Domain,
  { saml, scim: provisioning }: Partial<Declared>,
): boolean {
  if (!serves(provider, served)) return false;
  if (!("config_scope" in provider)) return true;
  const [signsIn, provisions] = [saml !== undefined, provisioning?.enabled === true];
  return (
    (signsIn && isFor(provider, "saml") && isComplete(samlOf(provider))) ||
    (provisions && isFor(provider, "scim") && provider.scim_enabled === true)
  );
}

const moves = (domain: Domain): string =>
  "identity_provider_config" in domain
    ? "the update links them with this one instead"
    : "take the domain from it first, or PostHog refuses the second one";

async function reviewLockOut(
  connection: Connection,
  { args, before, unknown }: Review<Declared>,
  own: ProviderPair,
  title: string,
): Promise<Finding[]> {
  if (before === undefined) return [];
  const drops = before.saml !== undefined && args.saml === undefined && !unknown.includes("saml");
  const names = new Set(drops ? [] : (args.domains ?? before.domains));
  const domains = await listDomains(connection);
  const kept = domains.filter((one) => names.has(one.domain));
  const shut = lockedOut(own.saml, domains, kept);
  if (shut.length === 0) return [];
  return [problem(drops ? "saml" : "domains", lockOutError(`changing the ${title}`, shut).message)];
}
