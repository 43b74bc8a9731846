import { DiffResponse } from "@pulumi/pulumi/proto/provider_pb";
import type { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { printable, quoted } from "../access/messages";
import { didYouMean } from "../access/nearest";
import { type Properties, sameJson } from "../engine/state";
import { containsUnknown } from "../engine/unknown";
import type { MissingCredentials } from "../posthog/configuration";
import { received, sent } from "./wire";

/** What older engines put among the settings for themselves. */
const engineNames: ReadonlySet<string> = new Set(["version", "pluginDownloadURL"]);

/** Settings that may hold credentials. */
const credentialNames: ReadonlySet<string> = new Set(["apiKey", "password", "totpSecret", "accounts"]);

/**
 * The provider's configuration.
 *
 * The engine keeps in the state what `check` returns, and passes the same to `configure`. Credentials are kept out of
 * it: they stay in this process, which is the one that is configured next. So does what the provider does not know,
 * which may be a credential under a misspelled name. A refresh or destroy has only the state, and takes credentials from
 * the environment.
 */
export class ProviderConfiguration {
  private given: Properties = {};
  private withheld: Properties = {};
  private isChecked = false;
  private explicitName: string | undefined;

  /** @param names the provider's settings. */
  constructor(private readonly names: readonly string[]) {}

  /**
   * Takes the declared configuration, and returns what the state may hold.
   *
   * @param name the provider's name; the engine's own default provider has one that starts with `default`.
   */
  check(name: string, news: Struct | undefined): Struct {
    const { properties, secrets } = received(news);
    this.isChecked = true;
    this.explicitName = name === "" || /^default(?:_|$)/.test(name) ? undefined : name;
    // If a preview does not know a credential yet, the engine has to know that one is pending.
    const isWithheld = ([name, value]: [string, unknown]): boolean =>
      (credentialNames.has(name) || this.isUnknown(name)) && !containsUnknown(value);
    const entries = Object.entries(properties);
    this.withheld = Object.fromEntries(entries.filter(isWithheld));
    return sent(Object.fromEntries(entries.filter((entry) => !isWithheld(entry))), secrets);
  }

  /** A remark for each setting that the provider does not have: otherwise a misspelled name would go unnoticed. */
  unknownSettings(news: Struct | undefined): string[] {
    return Object.keys(received(news).properties)
      .filter((name) => this.isUnknown(name))
      .map(
        (name) => `posthog:${printable(name)} is no setting and has no effect${didYouMean(name, this.names)}`,
      );
  }

  private isUnknown(name: string): boolean {
    return !this.names.includes(name) && !engineNames.has(name);
  }

  /** Whether the configuration is what the state holds, because no program declared it in this run. */
  get isFromState(): boolean {
    return !this.isChecked;
  }

  configure(args: Struct | undefined): void {
    this.given = received(args).properties;
  }

  /**
   * How to configure missing credentials for a provider that the program declares, which does not read the stack
   * configuration.
   */
  fixFor({ kind, account }: MissingCredentials): string | undefined {
    if (this.explicitName === undefined) return undefined;
    const within = account === undefined ? "" : `accounts.${account}.`;
    const where = `of the provider ${quoted(this.explicitName)} in the program`;
    const [settings, variables] =
      kind === "key"
        ? [`Set ${within}apiKey ${where}`, "POSTHOG_API_KEY"]
        : [
            `Set ${within}email and ${within}password ${where}, and with two-factor authentication ${within}totpSecret`,
            "POSTHOG_EMAIL, POSTHOG_PASSWORD and POSTHOG_TOTP_SECRET",
          ];
    return account === undefined ? `${settings}, or set ${variables}` : settings;
  }

  /** Reads one key as text, in the form of the stack configuration. */
  read(key: string): string | undefined {
    const value = this.withheld[key] ?? this.given[key];
    if (value === undefined || value === null || containsUnknown(value)) return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  }
}

/**
 * Which of the provider's settings differ. None of them replaces the provider: each resource shows what belongs
 * elsewhere.
 */
export function configurationDiff(olds: Struct | undefined, news: Struct | undefined): DiffResponse {
  const [before, after] = [received(olds).properties, received(news).properties];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => !credentialNames.has(name) && !sameJson(before[name], after[name]),
  );
  const response = new DiffResponse();
  const { DIFF_SOME, DIFF_NONE } = DiffResponse.DiffChanges;
  response.setChanges(names.length === 0 ? DIFF_NONE : DIFF_SOME);
  response.setDiffsList(names);
  return response;
}
