import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Emulator } from "../../emulator";
import { metadata } from "../../tools/identityProviders/kinds";
import type { WorldInput } from "../../tools/identityProviders/world";
import type { StackResult } from "../../tools/stack";
import { currentCertificate, longerCertificate } from "../fixtures/sso/certificates";
import { body } from "../fixtures/sso/metadata";
import { describeExamples, type ExampleRun, withExample } from "../support/identityProviders";
import { describePart } from "../support/parts";
import { compile, problemsIn } from "../support/programs";
import { root } from "../support/sources";
import { changesOf } from "./harness";

const [current, next] = [currentCertificate, longerCertificate].map((pem) => body(pem).replaceAll("\n", ""));
const setting = (name: string): string => `posthog-test:${name}`;
const domain = { [setting("domain")]: "acme.com" };

/** Makes DNS answer as soon as there is a domain, as a record in the same stack would. */
function publishAtOnce({ store, publishDns }: Emulator): void {
  store.domains.onChange(({ kind, after }) => {
    if (kind === "created") publishDns(`_posthog-challenge.${after.domain}`, after.verification_challenge);
  });
}

const only = ({ store }: Emulator) => ({ ...store.domains.all()[0], ...store.identityProviders.all()[0] });

const position = ({ steps }: StackResult, op: string, name: string, type: RegExp): number =>
  steps.findIndex((step) => step.op === op && step.name === name && type.test(step.type));

/** Expects enforcement to come after everything that sign-in needs, and to be removed before it. */
function expectOrder(
  up: StackResult,
  destroyed: StackResult,
  signOn: string,
  others: [string, RegExp][],
): void {
  const posthog = /posthog:(OrgSsoSettings|OrganizationDomain)$/;
  const last = position(up, "create", signOn, posthog);
  const first = position(destroyed, "delete", signOn, posthog);
  for (const [name, type] of others) {
    const [created, deleted] = [
      position(up, "create", name, type),
      position(destroyed, "delete", name, type),
    ];
    expect({ name, created: created >= 0 && created < last, deleted: first >= 0 && first < deleted }).toEqual(
      {
        name,
        created: true,
        deleted: true,
      },
    );
  }
}

describeExamples(["keycloak"], (sdks) => {
  test("keycloak: the lifecycle includes a first preview, verification, new certificates, an outage and the end", () =>
    withExample(
      "keycloak",
      sdks,
      ({ url }) => ({ ...domain, [setting("firstPassword")]: "Qx-7-first", "keycloak:url": url }),
      async ({ stack, emulator, idp }) => {
        const realm = `${idp.url}/realms/acme`;
        const serve = (...certificates: (string | undefined)[]): void =>
          idp.serve(
            "/realms/acme/protocol/saml/descriptor",
            metadata(realm, `${realm}/protocol/saml`, ...certificates.map(String)),
          );
        expect(changesOf(await stack.preview()).length).toBe(13);
        expect(emulator.store.domains.size).toBe(0);

        serve(current);
        const up = await stack.up();
        expect(await stack.outputs()).toMatchObject({
          enforced: false,
          waiting: ["ann@acme.com", "bob@acme.com", "cleo@acme.com"],
        });
        const pending = await stack.preview();
        expect(changesOf(pending)).toEqual(["update acme"]);
        expect(pending.text).toContain(
          "waits for verification: publish the TXT record _posthog-challenge.acme.com",
        );

        emulator.publishDns("_posthog-challenge.acme.com", String(only(emulator).verification_challenge));
        await stack.up();
        expect(only(emulator)).toMatchObject({ sso_enforcement: "saml", saml_entity_id: realm });
        const held = () => String(only(emulator).saml_x509_cert).replace(/-----[A-Z ]+-----|\s/g, "");
        expect(held()).toBe(current);

        // The second key in the document does not sign.
        serve(current, next);
        await stack.preview({ flags: ["--expect-no-changes"] });
        // Now the next key signs.
        serve(next, current);
        const renewed = await stack.preview();
        expect(changesOf(renewed)).toEqual(["update acme"]);
        expect(renewed.text).toMatch(/certificate changes: \S.* goes, \S.* comes/);
        await stack.up();
        expect(held()).toBe(next);

        idp.change({ down: true });
        const main = join(stack.project, "index.ts");
        const program = readFileSync(main, "utf8");
        await writeFile(main, program.replace('enforcement: "saml"', 'enforcement: "off"'));
        const open = await stack.up();
        expect(changesOf(open)).toEqual(["update acme: enforcement"]);
        expect(open.text).toMatch(
          /warning: .*reading the SAML metadata .* failed .*; the SAML settings stay as PostHog has them/,
        );
        expect(only(emulator)).toMatchObject({ sso_enforcement: "", saml_entity_id: realm });

        idp.change({});
        const destroyed = await stack.destroy();
        expectOrder(up, destroyed, "acme", [
          ["posthog", /saml\/client:Client$/],
          ["posthog", /ClientDefaultScope$/],
          ["email", /ProtocolMapper$/],
        ]);
        expect([emulator.store.domains.size, emulator.store.identityProviders.size]).toEqual([0, 0]);
      },
    ));
});

/** The name of an example's `IdentityProvider`, on which most of its resources depend. */
const providerName = /name: "\w+",\s+domains/;

/**
 * The lifecycle of an example whose domain is verified in the run that adds it.
 *
 * @param expected what changes once `IdentityProvider` is renamed (`renamed`): nothing else, except what uses the SCIM
 *   token. That is a secret, which previews do not know while its resource changes; the update does not change it.
 */
function testLife(
  example: string,
  world: WorldInput,
  expected: { waiting: string[]; before: [string, RegExp][]; renamed: string[] },
  more: (run: ExampleRun, up: StackResult) => void = () => {},
): void {
  describeExamples([example], (sdks) => {
    test(`${example}: a preview with unknown values, one run to enforced sign-on, no change, and the way back`, () =>
      withExample(
        example,
        sdks,
        ({ url }) => ({ ...domain, [setting("tenant")]: url }),
        async (run) => {
          const { stack, emulator, idp } = run;
          idp.change({ certificate: current, ...world });
          const preview = await stack.preview();
          expect(preview.steps.filter(({ op }) => op === "create").map(({ name }) => name)).toContain(
            "acme-sign-in",
          );

          publishAtOnce(emulator);
          const document = metadata("urn:acme", `${idp.url}/samlp/application`, String(current));
          idp.serve("/samlp/metadata/application", document);
          const up = await stack.up();
          expect(changesOf(up).length).toBe(changesOf(preview).length);
          expect(await stack.outputs()).toMatchObject({ enforced: true, waiting: expected.waiting });
          more(run, up);

          await stack.preview({ flags: ["--expect-no-changes"] });
          const main = join(stack.project, "index.ts");
          const program = readFileSync(main, "utf8");
          await writeFile(main, program.replace(providerName, 'name: "Acme",\n  domains'));
          expect(changesOf(await stack.preview()).sort()).toEqual(expected.renamed);

          const renamed = changesOf(await stack.up());
          expect(renamed).toEqual(expected.renamed.filter((line) => line.endsWith(": name")));
          const destroyed = await stack.destroy();
          expectOrder(up, destroyed, "acme-sign-in", expected.before);
          expect([emulator.store.domains.size, emulator.store.identityProviders.size]).toEqual([0, 0]);
        },
      ));
  });
}

testLife(
  "okta",
  { people: [{ email: "ann@acme.com" }, { email: "bob@acme.com", gone: true }] },
  {
    waiting: ["ann@acme.com"],
    renamed: ["update okta: name", "update scim: profile"],
    before: [
      ["posthog", /app\/saml:Saml$/],
      ["analysts", /GroupAssignment$/],
      ["okta", /posthog:IdentityProvider$/],
    ],
  },
  ({ emulator }, { steps }) => {
    const application = steps.find(({ type }) => type === "okta:app/saml:Saml");
    expect(application?.inputs).toMatchObject({
      audience: emulator.url,
      ssoUrl: `${emulator.url}/complete/saml/`,
    });
    const connection = steps.find(({ type }) => type === "okta:app/connection:Connection");
    expect(connection?.inputs).toMatchObject({
      baseUrl: expect.stringMatching(/\/scim\/v2\/\w+$/),
      profile: { authScheme: "TOKEN", token: { ciphertext: "[secret]" } },
    });
  },
);

testLife(
  "entra",
  {
    people: [
      { email: "ann@acme.com", principalName: "ann@acme.onmicrosoft.com" },
      { email: "", principalName: "bob@acme.com" },
      { email: "pat@partner.test", principalName: "pat_partner.test#EXT#@acme.onmicrosoft.com" },
      { email: "cleo@acme.com", gone: true },
    ],
  },
  {
    waiting: ["ann@acme.com", "bob@acme.com"],
    renamed: ["update entra: name", "update scim: credentials"],
    before: [
      ["posthog", /Application$/],
      ["posthog", /ServicePrincipal$/],
      ["analysts", /AppRoleAssignment$/],
      ["entra", /posthog:IdentityProvider$/],
    ],
  },
  ({ emulator }) =>
    expect(only(emulator).saml_entity_id).toBe(
      "https://sts.windows.net/0f0e0d0c-0b0a-4009-8807-060504030201/",
    ),
);

testLife(
  "auth0",
  {},
  {
    waiting: ["ann@acme.com", "bob@acme.com"],
    renamed: ["update auth0: name"],
    before: [
      ["posthog", /client:Client$/],
      ["posthog", /ConnectionClient$/],
      ["auth0", /posthog:IdentityProvider$/],
    ],
  },
);

test("google: what the console needs in the first run, enforced sign-on from its document in the second", () =>
  withExample(
    "google",
    [],
    () => domain,
    async ({ stack, emulator }) => {
      expect(changesOf(await stack.preview())).toEqual(["create acme"]);
      publishAtOnce(emulator);
      await stack.up();
      expect(await stack.outputs()).toMatchObject({
        forTheConsole: { entityId: emulator.url, acsUrl: `${emulator.url}/complete/saml/` },
        enforced: false,
      });
      const google = metadata(
        "https://accounts.google.com/o/saml2?idpid=C0",
        "https://accounts.google.com/sso",
        String(current),
      );
      await writeFile(join(stack.project, "metadata.xml"), google);
      await stack.setConfig({ [setting("metadataFile")]: "metadata.xml" });
      expect(changesOf(await stack.up()).join()).toMatch(/^update acme: enforcement, jitProvisioning, saml/);
      expect(await stack.outputs()).toMatchObject({
        enforced: true,
        startUrl: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      await stack.preview({ flags: ["--expect-no-changes"] });

      const enforcedMeanwhile = new Set<unknown>();
      emulator.store.identityProviders.onChange(() =>
        enforcedMeanwhile.add(emulator.store.domains.all()[0]?.sso_enforcement),
      );
      await stack.destroy();
      expect([...enforcedMeanwhile]).toEqual([""]);
      expect([emulator.store.domains.size, emulator.store.identityProviders.size]).toEqual([0, 0]);
    },
  ));

const examples = ["keycloak", "okta", "entra", "auth0"];
describeExamples(examples, (sdks) => {
  test("the examples fit the types of the identity providers' SDKs", () => {
    const programs = examples.map((example) => {
      const path = join(root, "examples", example, "index.ts");
      return { path, text: readFileSync(path, "utf8") };
    });
    const pulumi = { name: "@pulumi/pulumi", folder: join(root, "node_modules", "@pulumi", "pulumi") };
    expect(problemsIn(programs, compile(programs, root, [...sdks, pulumi]))).toEqual([]);
  });
});

describePart("a real Keycloak", "npm run test:keycloak signs in with one", () => {});
