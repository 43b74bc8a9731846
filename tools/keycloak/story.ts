import { randomBytes, X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { type Emulator, startEmulator } from "../../emulator";
import { startStep } from "../command";
import { installSdk } from "../identityProviders/sdk";
import { repositoryRoot } from "../repository";
import { emulatorConfig, PulumiStack, Secret, type StackResult } from "../stack";
import {
  clientInputs,
  type DeclaredApplication,
  KeycloakAdmin,
  mapperInputs,
  type Person,
  scopeInputs,
} from "./admin";
import { type KeycloakServer, startKeycloak } from "./server";
import { type PostHogSide, type SignedIn, signInAtKeycloak, signInAtPostHog } from "./signIn";

const DOMAIN = "acme.com";
const ann: Person = {
  username: "ann",
  email: `ann@${DOMAIN}`,
  firstName: "Ann",
  lastName: "Acme",
  password: randomBytes(9).toString("hex"),
};

/**
 * Runs `examples/keycloak` on the real engine with a real Keycloak. Keycloak's plugin is not available here, so a
 * stand-in takes its place, and the story copies what the stack's state declares for Keycloak through its admin API.
 * Then people sign in with only what the package wrote into PostHog.
 */
export async function tellStory(home: string, signal: AbortSignal): Promise<void> {
  const keycloak = await told("a real Keycloak starts on the loopback address", () =>
    startKeycloak(home, signal),
  );
  try {
    const emulator = await startEmulator();
    try {
      const stack = await createStack(keycloak, emulator, signal);
      try {
        await new Story(keycloak, emulator, stack).tell();
      } finally {
        await stack.close();
      }
    } finally {
      await emulator.close();
    }
  } finally {
    await keycloak.stop();
  }
}

function createStack({ url }: KeycloakServer, emulator: Emulator, signal: AbortSignal): Promise<PulumiStack> {
  return PulumiStack.create({
    program: { folder: join(repositoryRoot(), "examples", "keycloak"), main: "index.ts" },
    packages: [installSdk("keycloak")],
    plugins: join(repositoryRoot(), "tools", "identityProviders", "bin"),
    name: "keycloak",
    signal,
    config: {
      ...emulatorConfig(emulator),
      "posthog:requestsPerMinute": "off",
      "posthog:email": emulator.email,
      "posthog:password": new Secret(emulator.password),
      "keycloak:domain": DOMAIN,
      "keycloak:firstPassword": new Secret(ann.password),
      "keycloak:url": url,
    },
  });
}

/** Runs one scene and shows it, with its result if that is text. */
async function told<Result>(title: string, scene: () => Promise<Result>): Promise<Result> {
  const step = startStep(title);
  try {
    const result = await scene();
    step.done(typeof result === "string" ? result : undefined);
    return result;
  } catch (error) {
    step.fail();
    throw error;
  }
}

class Story {
  constructor(
    private readonly keycloak: KeycloakServer,
    private readonly emulator: Emulator,
    private readonly stack: PulumiStack,
  ) {}

  async tell(): Promise<void> {
    const { stack } = this;
    const preview = await told("pulumi preview, while Keycloak has no realm", () => stack.preview());
    showChanges(preview);
    const admin = await told("a realm and its people, by the admin API", async () => {
      const made = await KeycloakAdmin.createRealm(this.keycloak);
      await made.addPerson(ann);
      return made;
    });
    showChanges(await told("pulumi up reads the realm's metadata", () => stack.up()));
    await told("the application as the stack declares it, by the admin API", () =>
      this.writeApplication(admin),
    );
    await told("the DNS record, and pulumi up: verified and enforced", () => this.enforce());
    await this.signsIn("with the realm's first key");
    await told("RelayState, in a second run", async () => {
      await stack.setConfig({ "keycloak:relayState": String((await stack.outputs()).relayState) });
      await stack.up();
      await this.writeApplication(admin);
    });
    await told("a sign-in that starts at Keycloak", () => this.signInFromKeycloak());

    await told("a passive key: the metadata lists two", () => admin.addKey("passive", 50, false));
    await told("pulumi up --refresh writes no other certificate", () => this.keepsCertificate());
    await this.signsIn("with a passive key listed");

    await told("a rotated key: a new one signs, of higher priority", () =>
      admin.addKey("rotated", 200, true),
    );
    await told("a sign-in with the certificate of before is refused", () => this.isRefused());
    await told("pulumi preview shows the rotation", () => this.showsRotation());
    await told("pulumi up writes it", async () => {
      await stack.up();
      return this.held();
    });
    await told("pulumi preview finds nothing more to do", async () => {
      await stack.preview({ flags: ["--expect-no-changes"] });
    });
    await this.signsIn("with the rotated key");

    await told("Keycloak goes down", () => this.keycloak.stop());
    await told('enforcement: "off" and pulumi up, without Keycloak', () => this.opens());
    showChanges(await told("pulumi destroy, without Keycloak", () => stack.destroy()));
    const left = this.emulator.store.domains.size + this.emulator.store.identityProviders.size;
    if (left > 0) throw new Error(`${left} objects were left in PostHog`);
  }

  /** Writes Keycloak's side of the program, from the stack's state. */
  private async writeApplication(admin: KeycloakAdmin): Promise<void> {
    const { deployment } = await this.stack.exportState();
    const of = (type: RegExp): unknown[] =>
      (deployment.resources ?? []).filter((resource) => type.test(resource.type)).map(({ inputs }) => inputs);
    const declared: DeclaredApplication = {
      client: clientInputs.parse(of(/saml\/client:Client$/)[0]),
      scopes: scopeInputs.parse(of(/:ClientDefaultScope$/)[0]),
      mappers: z.array(mapperInputs).parse(of(/:UserPropertyProtocolMapper$/)),
    };
    await admin.writeApplication(declared);
  }

  private async enforce(): Promise<string> {
    const { record } = z
      .object({ record: z.object({ name: z.string(), value: z.string() }) })
      .parse(await this.stack.outputs());
    this.emulator.publishDns(record.name, record.value);
    await this.stack.up();
    const [domain] = this.emulator.store.domains.all();
    if (domain?.sso_enforcement !== "saml") throw new Error("PostHog does not enforce SAML");
    return this.held();
  }

  /** What PostHog holds, which is all that its side knows. */
  private side(): PostHogSide {
    const [provider] = this.emulator.store.identityProviders.all();
    const { saml_acs_url: ssoUrl, saml_entity_id: issuer, saml_x509_cert: certificate } = provider ?? {};
    if (!ssoUrl || !issuer || !certificate) throw new Error("PostHog has no SAML values");
    const { url } = this.emulator;
    return { entityId: url, acsUrl: `${url}/complete/saml/`, ssoUrl, issuer, certificate };
  }

  /** The fingerprint of PostHog's certificate. */
  private held(): string {
    const base64 = this.side().certificate.replace(/-----[A-Z ]+-----|\s/g, "");
    return `PostHog has SHA-256 ${new X509Certificate(Buffer.from(base64, "base64")).fingerprint256}`;
  }

  private async signsIn(how: string): Promise<void> {
    const { relayState } = await this.stack.outputs();
    const state = String(relayState);
    await told(`a sign-in that starts at PostHog, ${how}`, async () =>
      expectAnn(await signInAtPostHog(this.side(), ann, state), state),
    );
  }

  private async signInFromKeycloak(): Promise<string> {
    const { relayState } = await this.stack.outputs();
    const address = `${this.keycloak.url}/realms/acme/protocol/saml/clients/posthog`;
    return expectAnn(await signInAtKeycloak(this.side(), address, ann), String(relayState));
  }

  private async keepsCertificate(): Promise<string> {
    const before = this.held();
    await this.stack.up({ flags: ["--refresh"] });
    if (this.held() !== before) throw new Error("another certificate was written");
    return this.held();
  }

  private async isRefused(): Promise<string> {
    try {
      await signInAtPostHog(this.side(), ann, "");
    } catch (error) {
      if (error instanceof Error && /signature/i.test(error.message)) return error.message;
      throw error;
    }
    throw new Error("it was not refused");
  }

  private async showsRotation(): Promise<string> {
    const { diagnostics } = await this.stack.preview();
    const message = diagnostics.map((one) => one.message).find((text) => /certificate changes/.test(text));
    if (message === undefined) throw new Error("the preview says nothing of the new certificate");
    return message;
  }

  private async opens(): Promise<string> {
    const main = join(this.stack.project, "index.ts");
    const program = await readFile(main, "utf8");
    await writeFile(main, program.replace('enforcement: "saml"', 'enforcement: "off"'));
    const { diagnostics } = await this.stack.up();
    if (this.emulator.store.domains.all()[0]?.sso_enforcement !== "") throw new Error("it is still enforced");
    return diagnostics.map(({ message }) => message).find((message) => /settings stay/.test(message)) ?? "";
  }
}

function expectAnn({ nameId, attributes, relayState }: SignedIn, expected: string): string {
  const wanted = { email: ann.email, first_name: ann.firstName, last_name: ann.lastName };
  const [came, right] = [
    { nameId, ...attributes, relayState },
    { nameId: ann.email, ...wanted, relayState: expected },
  ].map((one) => JSON.stringify(one));
  if (came !== right) throw new Error(`${came} came in, not ${right}`);
  return `${nameId}, ${attributes.first_name} ${attributes.last_name}, RelayState ${relayState}`;
}

function showChanges({ changes }: StackResult): void {
  const parts = Object.entries(changes).map(([op, count]) => `${count} ${op}`);
  console.log(`    ${parts.join(", ")}`);
}
