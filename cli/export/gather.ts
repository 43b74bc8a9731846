import type { LiveDomain, LiveOrganization } from "../../provider/access/liveOrganization";
import { Arguments } from "../../provider/engine/arguments";
import { isError } from "../../provider/engine/finding";
import type { Host } from "../../provider/engine/host";
import type { Properties } from "../../provider/engine/state";
import { handlers } from "../../provider/handlers";
import { declarableSettings } from "../../provider/handlers/project/declarableSettings";
import type { Connection } from "../../provider/posthog/connection";
import { getProject } from "../../provider/posthog/projects";
import { readProjectKeys } from "../../provider/snapshot/readKeys";
import { readOrganization } from "../../provider/snapshot/readOrganization";
import { byText } from "./rules";

interface GatherOptions {
  /** Name of an entry of `posthog:accounts`. */
  readonly account?: string;
  readonly projectSettings?: boolean;
  readonly organizationSettings?: boolean;
  /** Called with a line of progress. */
  readonly onProgress: (what: string) => void;
}

/** Reads the live organization with its project secret API keys; personal API keys would require a session. */
export async function readLive(
  connection: Connection,
  { onProgress, domains }: Pick<GatherOptions, "onProgress"> & { readonly domains: boolean },
): Promise<LiveOrganization> {
  const live = await readOrganization(connection, { invites: true, domains, onProgress });
  onProgress("API keys");
  const omissions = [...live.omissions];
  return { ...live, omissions, keys: await readProjectKeys(connection, live.access.projects, omissions) };
}

/** Reads everything in the organization that a program can declare. */
export async function gather(host: Host, options: GatherOptions): Promise<ExportSnapshot> {
  const { account, onProgress } = options;
  const connection = host.connection(account);
  const live = await readLive(connection, { onProgress, domains: true });
  const remarks: string[] = [];
  onProgress("settings");
  const projects = await Promise.all(
    live.access.projects.map(({ id }) => readProject(connection, id, options, remarks)),
  );
  const domains = await Promise.all(
    (live.domains ?? []).map((domain) => readDomain(host, account, domain, remarks)),
  );
  return {
    live,
    projects: projects.flatMap((project) => project ?? []),
    domains: domains.sort((left, right) => byText(left.domain, right.domain)),
    settings: options.organizationSettings === true ? await readSettings(host, account, live.id) : undefined,
    remarks: remarks.sort(byText),
  };
}

async function readProject(
  connection: Connection,
  id: number,
  { projectSettings }: GatherOptions,
  remarks: string[],
): Promise<ProjectSnapshot | undefined> {
  const project = await getProject(connection, id);
  if (project === undefined) return undefined;
  const { name, timezone } = project;
  const settings = projectSettings === true ? settingsOf(project, name, remarks) : undefined;
  return { id, name, timezone: timezone ?? undefined, settings };
}

/** The settings that a program can declare; undefined if there are none. */
function settingsOf(project: Properties, name: string, remarks: string[]): Properties | undefined {
  const { settings, refused } = declarableSettings(project);
  for (const [setting, why] of refused) {
    remarks.push(`the setting ${setting} of project ${JSON.stringify(name)}: ${why}`);
  }
  return Object.keys(settings).length === 0 ? undefined : { ...settings };
}

/** A domain's single sign-on settings, without what the resource would reject. */
async function readDomain(
  host: Host,
  account: string | undefined,
  { domain, scimEnabled }: LiveDomain,
  remarks: string[],
): Promise<DomainSnapshot> {
  const read = await outputsOf(host, "OrgSsoSettings", domain, account);
  const { enforcement, jitProvisioning, saml } = read;
  const args: Properties = { enforcement, jitProvisioning };
  const wrong = saml === undefined ? [] : problemsWith("OrgSsoSettings", { domain, ...args, saml });
  if (saml !== undefined && wrong.length === 0) args.saml = saml;
  if (wrong.length > 0) remarks.push(`the SAML values of ${domain}: ${wrong.join("; ")}`);
  if (scimEnabled) {
    args.scim = { enabled: true };
    remarks.push(`the SCIM token of ${domain}, which PostHog shows only once: scimToken stays empty`);
  }
  return { domain, args };
}

async function readSettings(host: Host, account: string | undefined, id: string): Promise<Properties> {
  const handler = handlers.get("OrganizationSettings");
  const outputs = await outputsOf(host, "OrganizationSettings", id, account);
  const names = Object.keys(handler?.definition.args.shape ?? {});
  return Object.fromEntries(names.flatMap((name) => (outputs[name] == null ? [] : [[name, outputs[name]]])));
}

async function outputsOf(
  host: Host,
  kind: string,
  id: string,
  account: string | undefined,
): Promise<Properties> {
  const observed = await handlers.get(kind)?.get(host, id, account === undefined ? {} : { account });
  return observed?.outputs ?? {};
}

function problemsWith(kind: string, args: Properties): string[] {
  const definition = handlers.get(kind)?.definition;
  if (definition === undefined) return [];
  const findings = new Arguments(definition).validate(args).filter(isError);
  return findings.map(({ property, message }) =>
    property === undefined ? message : `${property} ${message}`,
  );
}

/** A project, with everything that a program can declare about it. */
export interface ProjectSnapshot {
  readonly id: number;
  readonly name: string;
  readonly timezone?: string;
  /** Settings that are on or have a value; missing if not requested. */
  readonly settings?: Properties;
}

/** A domain's single sign-on settings, as arguments of `OrgSsoSettings`. */
interface DomainSnapshot {
  readonly domain: string;
  readonly args: Properties;
}

/** A live organization, with everything that a program can declare about it. */
export interface ExportSnapshot {
  readonly live: LiveOrganization;
  /** Sorted by id. */
  readonly projects: readonly ProjectSnapshot[];
  /** Sorted by name. */
  readonly domains: readonly DomainSnapshot[];
  /** Arguments of `OrganizationSettings`; missing if not requested. */
  readonly settings?: Properties;
  /** What is left out, as sentences. */
  readonly remarks: readonly string[];
}
