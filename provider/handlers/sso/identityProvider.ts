import { z } from "zod";
import { sameSet } from "../../access/values";
import { domain, text } from "../../arguments/fields";
import { declaredIn } from "../../engine/arguments";
import { defineResource } from "../../engine/define";
import type { ArgsOf, Checkpoint, Live } from "../../engine/definition";
import { type Finding, problem } from "../../engine/finding";
import type { Properties } from "../../engine/state";
import type { Connection } from "../../posthog/connection";
import { listDomains, requireDomain } from "../../posthog/domains";
import { listIdentityProviders } from "../../posthog/identityProviders";
import { reviewProvider } from "./identityProviderReview";
import { type ProviderPair, serves } from "./providerObjects";
import { isEmpty, named, outputsOf, pairOf, protocols, providersOf } from "./providerPairs";
import { lockedOut, lockOutError, removePair, syncPair, type WantedProvider } from "./providerWrites";
import { resolveSaml, samlAsDeclared, samlFindings, samlSource } from "./samlSource";
import { scim, signOnFeatures, signOnOf, signOnOutputs } from "./signOn";

const args = z.strictObject({
  name: text(255),
  domains: z.array(domain, "must be a list of domains"),
  saml: samlSource.optional(),
  scim: scim.optional(),
});
type Args = ArgsOf<(typeof args)["shape"]>;

const titleOf = ({ name }: Partial<Args>): string =>
  name === undefined ? "an identity provider" : `identity provider "${name}"`;

async function toLive(
  connection: Connection,
  id: string,
  pair: ProviderPair,
  declared: Partial<Args>,
  token: unknown,
): Promise<Live<Args>> {
  const objects = [pair.saml, pair.scim].flatMap((provider) => provider ?? []);
  const all = await listDomains(connection);
  const served = objects.map((provider) => all.filter((one) => serves(provider, one)));
  const names = objects.map(({ name }) => name ?? "");
  const lists = served.map((some) => some.map((one) => one.domain));
  const signOn = signOnOf(pair, served[0] ?? []);
  return {
    id,
    args: {
      // Where two objects do not say the same, the one that is not as declared is the drift.
      name: names.find((name) => name !== declared.name) ?? names[0],
      domains: lists.find((list) => !sameSet(list, declared.domains)) ?? lists[0],
      saml: await samlAsDeclared(connection, signOn.saml, declared.saml),
      scim: { enabled: signOn.scimEnabled },
    },
    outputs: { ...signOnOutputs(connection, signOn, token), ...outputsOf(pair) },
  };
}

/** What is to hold: what was declared before and is no longer is taken away again. */
async function wantedOf(
  connection: Connection,
  declared: Args,
  before: Partial<Args>,
): Promise<WantedProvider> {
  const gone = before.saml === undefined ? undefined : ("none" as const);
  return {
    name: declared.name,
    domains: await Promise.all(declared.domains.map((name) => requireDomain(connection, name))),
    saml: declared.saml === undefined ? gone : await resolveSaml(connection, declared.saml),
    scim: declared.scim?.enabled ?? (before.scim === undefined ? undefined : false),
  };
}

async function write(
  connection: Connection,
  found: ProviderPair,
  declared: Args,
  state: Properties,
  checkpoint: Checkpoint,
  known?: string,
): Promise<Live<Args>> {
  const wanted = await wantedOf(connection, declared, declaredIn(args, state));
  const kept = wanted.saml === "none" ? [] : wanted.domains;
  const shut = lockedOut(found.saml, await listDomains(connection), kept);
  if (shut.length > 0) throw lockOutError(`changing the ${titleOf(declared)}`, shut);
  const idOf = ({ saml, scim: provisioning }: ProviderPair) => known ?? saml?.id ?? provisioning?.id ?? "";
  const written = await syncPair(connection, found, wanted, ({ pair, token }) =>
    checkpoint(idOf(pair), { ...outputsOf(pair), scimToken: token ?? state.scimToken }),
  );
  return toLive(connection, idOf(written.pair), written.pair, declared, written.token ?? state.scimToken);
}

function rules(
  { domains = [], saml, scim: provisioning }: Partial<Args>,
  unknown: readonly string[],
): Finding[] {
  const twice = domains.findIndex((one, index) => domains.indexOf(one) !== index);
  const given = saml !== undefined || provisioning !== undefined;
  const open = unknown.includes("saml") || unknown.includes("scim");
  return [
    ...(twice < 0 ? [] : [problem(`domains[${twice}]`, `lists ${domains[twice]} twice`)]),
    ...(given || open
      ? []
      : [problem("saml", "give saml, scim or both: a provider has to provide something")]),
    ...(saml === undefined ? [] : samlFindings(saml, new Date())),
  ];
}

/** Lifecycle of `IdentityProvider`. */
export const identityProvider = defineResource({
  type: "IdentityProvider",
  args,
  fields: { name: {}, domains: { same: sameSet }, saml: {}, scim: {} },
  existing: "refuse",
  title: titleOf,
  needs: (declared) => ({
    scopes: ["organization:write"],
    level: 8,
    features: signOnFeatures(declared),
  }),
  rules,
  claims: async ({ name, domains = [], saml, scim: provisioning }) => [
    ...(name === undefined ? [] : [`identity-provider/${name.toLowerCase()}`]),
    ...(saml === undefined ? [] : domains.map((one) => `domain/${one}/saml`)),
    ...(provisioning === undefined ? [] : domains.map((one) => `domain/${one}/scim`)),
  ],
  review: (connection, review) => reviewProvider(connection, review, titleOf(review.args)),
  async find(connection, declared) {
    // A server without such a thing has none to take over; creating one, and the preview, say so.
    const providers = (await listIdentityProviders(connection)) ?? [];
    if (declared.name === undefined) return undefined;
    const wanted = protocols.filter((protocol) => declared[protocol] !== undefined);
    const pair = named(providers, declared.name, wanted);
    const id = pair.saml?.id ?? pair.scim?.id;
    return id === undefined ? undefined : toLive(connection, id, pair, declared, undefined);
  },
  async observe(connection, id, state) {
    const pair = await pairOf(connection, id, state);
    return isEmpty(pair) ? undefined : toLive(connection, id, pair, declaredIn(args, state), state.scimToken);
  },
  async create(connection, declared, checkpoint) {
    await providersOf(connection);
    return write(connection, {}, declared, {}, checkpoint);
  },
  async update(connection, live, declared, state, checkpoint) {
    const pair = await pairOf(connection, live.id, { ...live.outputs, ...state });
    return write(connection, pair, declared, state, checkpoint, live.id);
  },
  async delete(connection, live, state) {
    const pair = await pairOf(connection, live.id, { ...live.outputs, ...state });
    const shut = lockedOut(pair.saml, await listDomains(connection), []);
    if (shut.length > 0) throw lockOutError(`removing the ${titleOf(live.args)}`, shut);
    await removePair(connection, pair);
  },
});
