import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import {
  CheckRequest,
  ConfigureRequest,
  ConstructRequest,
  CreateRequest,
  DeleteRequest,
  DiffRequest,
  ErrorResourceInitFailed,
  GetSchemaRequest,
  InvokeRequest,
  PropertyDiff,
  ReadRequest,
  UpdateRequest,
} from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Properties } from "../../../provider/engine/state";
import { unknownValue } from "../../../provider/engine/unknown";
import { received, sent } from "../../../provider/native/wire";
import { acmeWorld } from "../../support/seeds";
import { called, type Plugin, urnOf, withPlugin } from "./plugin";

const secret = (value: unknown): Properties => ({
  "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
  value,
});

function check({ client }: Plugin, kind: string, news: Properties, secrets: readonly string[] = []) {
  const request = new CheckRequest();
  request.setUrn(urnOf(kind));
  request.setNews(sent(news, new Set(secrets)));
  return called(client, ResourceProviderService.check, request);
}

async function create({ client }: Plugin, kind: string, args: Properties, preview = false) {
  const request = new CreateRequest();
  request.setUrn(urnOf(kind));
  request.setProperties(sent(args));
  request.setPreview(preview);
  const response = await called(client, ResourceProviderService.create, request);
  return { id: response.getId(), struct: response.getProperties(), ...received(response.getProperties()) };
}

async function read({ client }: Plugin, kind: string, id: string, state?: Properties, inputs?: Properties) {
  const request = new ReadRequest();
  request.setUrn(urnOf(kind));
  request.setId(id);
  request.setProperties(sent(state ?? {}));
  if (inputs !== undefined) request.setInputs(sent(inputs));
  const response = await called(client, ResourceProviderService.read, request);
  return {
    id: response.getId(),
    inputs: received(response.getInputs()).properties,
    ...received(response.getProperties()),
  };
}

function diffRequest(kind: string, state: Properties, news: Properties, before: Properties): DiffRequest {
  const request = new DiffRequest();
  request.setUrn(urnOf(kind));
  request.setOlds(sent(state));
  request.setNews(sent(news));
  request.setOldInputs(sent(before));
  return request;
}

test("returns the schema of the package, unchanged", () =>
  withPlugin(async ({ client }) => {
    const { resources, functions } = JSON.parse(
      (await called(client, ResourceProviderService.getSchema, new GetSchemaRequest())).getSchema(),
    );
    expect(Object.keys(resources)).toContain("posthog:index:AccessMatrix");
    expect(Object.keys(functions)).toContain("posthog:index:getProjects");
    expect((await called(client, ResourceProviderService.getPluginInfo, new Empty())).getVersion()).toMatch(
      /^\d+\.\d+/,
    );
    await called(client, ResourceProviderService.cancel, new Empty());
  }));

test("creates, compares, updates and reads a resource, and deletes nothing that the same run wrote", () =>
  withPlugin(async (plugin) => {
    const { client, emulator } = plugin;
    const args = { name: "Shop", timezone: "UTC" };
    expect((await check(plugin, "Project", args)).getFailuresList()).toEqual([]);
    const { id, properties: state } = await create(plugin, "Project", args);
    expect(state).toMatchObject({ ...args, projectId: Number(id) });

    const news = { name: "Store", settings: { anonymizeIps: true } };
    const difference = await called(
      client,
      ResourceProviderService.diff,
      diffRequest("Project", state, news, args),
    );
    const kinds = difference.getDetaileddiffMap().toObject(false, (_, one) => one.getKind());
    expect(Object.fromEntries(kinds)).toEqual({
      name: PropertyDiff.Kind.UPDATE,
      timezone: PropertyDiff.Kind.DELETE,
      settings: PropertyDiff.Kind.ADD,
    });
    expect(difference.getHasdetaileddiff()).toBe(true);

    const update = new UpdateRequest();
    update.setUrn(urnOf("Project"));
    update.setId(id);
    update.setOlds(sent(state));
    update.setOldInputs(sent(args));
    update.setNews(sent(news));
    update.setPreview(true);
    const planned = received(
      (await called(client, ResourceProviderService.update, update)).getProperties(),
    ).properties;
    expect(planned).toEqual({
      ...news,
      ...Object.fromEntries(
        ["projectId", "uuid", "apiToken", "url", "createdAt", "organizationUuid"].map((name) => [
          name,
          state[name],
        ]),
      ),
    });
    expect(emulator.store.projects.all().map(({ name }) => name)).toContain("Shop");
    update.setPreview(false);
    const updated = received(
      (await called(client, ResourceProviderService.update, update)).getProperties(),
    ).properties;
    expect(updated).toMatchObject(planned);

    expect(await read(plugin, "Project", id, updated, news)).toMatchObject({ id, inputs: news });
    const deletion = new DeleteRequest();
    deletion.setUrn(urnOf("Project"));
    deletion.setId(id);
    deletion.setProperties(sent(updated));
    await called(client, ResourceProviderService.delete, deletion);
    expect(plugin.logged.at(-1)?.message).toContain(
      "is kept: another resource of the program manages it now",
    );
  }));

test("previews a new resource with its arguments, and the other outputs unknown", () =>
  withPlugin(async (plugin) => {
    const { properties } = await create(plugin, "Project", { name: "Shop" }, true);
    expect(properties).toMatchObject({ name: "Shop", projectId: unknownValue, apiToken: unknownValue });
    expect(plugin.emulator.requests.filter(({ method }) => method !== "GET")).toEqual([]);
  }));

test("marks a replacement in the detailed diff", () =>
  withPlugin(async (plugin) => {
    const args = { projectId: 1, resource: "dashboard", accessLevel: "viewer" };
    const { properties: state } = await create(plugin, "AccessControl", args);
    const news = { ...args, resource: "insight" };
    const difference = await called(
      plugin.client,
      ResourceProviderService.diff,
      diffRequest("AccessControl", state, news, args),
    );
    expect(difference.getReplacesList()).toEqual(["resource"]);
    expect(difference.getDetaileddiffMap().get("resource")?.getKind()).toBe(PropertyDiff.Kind.UPDATE_REPLACE);
  }));

test("outputs are secret if always secret, or if derived from a secret", () =>
  withPlugin(async (plugin) => {
    const key = await create(plugin, "PersonalApiKey", { label: "CI", scopes: ["insight:read"] });
    expect([...key.secrets]).toEqual(["value"]);
    const args = { projectId: 1, user: secret("owner@acme.test"), accessLevel: "admin" };
    const member = await create(plugin, "ProjectMember", args);
    expect([...member.secrets].sort()).toEqual(["email", "membershipId", "user", "userUuid"]);
    expect(member.properties.user).toBe("owner@acme.test");
  }));

test("neither errors nor notices show a secret argument, and the inputs are returned unchanged", () =>
  withPlugin(async (plugin) => {
    const args = { projectId: 1, members: { "nobody@acme.test": "admin" } };
    const response = await check(plugin, "ProjectAccess", args, ["members"]);
    expect([...received(response.getInputs()).secrets]).toEqual(["members"]);
    const [reason = ""] = response.getFailuresList().map((failure) => failure.getReason());
    expect(reason).not.toContain("nobody@acme.test");
    expect(reason).toContain("[secret]");
    expect(JSON.stringify(plugin.logged)).not.toContain("nobody@acme.test");
  }));

test.each([
  ["ProjectMember", { projectId: 1, user: "nobody@acme.test", accessLevel: "admin" }],
  ["ProjectAccess", { projectId: 1, members: { "nobody@acme.test": "admin" } }],
  ["Role", { name: "Analysts", members: ["nobody@acme.test"] }],
  ["RoleMembership", { roleId: "Team", user: "nobody@acme.test" }],
])("the reason and the fix of a failed check of %s stand on lines of their own", (kind, args) =>
  withPlugin(
    async (plugin) => {
      const [failure] = (await check(plugin, kind, args)).getFailuresList();
      expect(failure?.getReason()).toMatch(/nobody@acme\.test.*\n {2}why: .*\n {2}fix: /);
    },
    { emulator: acmeWorld({ organization: { roles: [{ name: "Team" }] } }).emulator },
  ),
);

test("notices are attached to their resource, with their severity", () =>
  withPlugin(async (plugin) => {
    await check(plugin, "OrganizationSettings", { enforce2fa: true });
    expect(plugin.logged).toContainEqual({
      severity: "info",
      urn: urnOf("OrganizationSettings"),
      message: expect.stringContaining("enforce2fa changes from"),
    });
    expect(plugin.logged.map(({ severity }) => severity)).toContain("warning");
  }));

test("an interrupted write returns to the engine what is done, with its inputs", () =>
  withPlugin(async (plugin) => {
    plugin.emulator.faults.add({ kind: "status", method: "PATCH", status: 400 });
    const args = { name: "Shop", settings: { anonymizeIps: true } };
    const error: unknown = await create(plugin, "Project", args).catch((thrown: unknown) => thrown);
    const left = partialOf(error);
    expect(received(left.getInputs()).properties).toEqual(args);
    expect(received(left.getProperties()).properties).toMatchObject({ projectId: Number(left.getId()) });
    expect(left.getReasonsList()).toHaveLength(1);
  }));

function partialOf(error: unknown): ErrorResourceInitFailed {
  if (!(error instanceof Error) || !("metadata" in error)) throw new Error("it did not fail as gRPC does");
  const metadata = error.metadata;
  if (typeof metadata !== "object" || metadata === null || !("get" in metadata))
    throw new Error("no metadata");
  const [bytes]: unknown[] =
    typeof metadata.get === "function" ? metadata.get("grpc-status-details-bin") : [];
  if (!(bytes instanceof Uint8Array)) throw new Error("no details");
  const [detail] = Status.deserializeBinary(bytes).getDetailsList();
  return ErrorResourceInitFailed.deserializeBinary(detail?.getValue_asU8() ?? new Uint8Array());
}

test("imports a whole object, and reads one for get as requested", () =>
  withPlugin(async (plugin) => {
    const { id } = await create(plugin, "Project", { name: "Shop", defaultAccess: "none" });
    expect((await read(plugin, "Project", id)).inputs).toMatchObject({ name: "Shop", defaultAccess: "none" });
    const got = await read(plugin, "Project", id, {}, {});
    expect(got.properties).toMatchObject({ name: "Shop" });
    expect(got.inputs).not.toHaveProperty("defaultAccess");
    await expect(read(plugin, "Project", "77")).rejects.toThrow("there is no Project with the id");
    await expect(read(plugin, "Project", "Shop")).rejects.toThrow('"Shop" is not the id of a Project');
    await expect(read(plugin, "AccessMatrix", "1")).rejects.toThrow("cannot be imported");
  }));

test("calls functions, and explains their errors", () =>
  withPlugin(async ({ client }) => {
    const request = new InvokeRequest();
    request.setTok("posthog:index:getProjects");
    request.setArgs(sent({}));
    const result = received(
      (await called(client, ResourceProviderService.invoke, request)).getReturn(),
    ).properties;
    expect(result).toMatchObject({ projects: [{ projectId: 1 }] });
    request.setArgs(sent({ account: "nowhere" }));
    await expect(called(client, ResourceProviderService.invoke, request)).rejects.toThrow(
      'unknown account "nowhere"',
    );
    request.setTok("posthog:index:getNothing");
    await expect(called(client, ResourceProviderService.invoke, request)).rejects.toThrow("has no function");
  }));

test("rejects other resources and components", () =>
  withPlugin(async (plugin) => {
    await expect(check(plugin, "Nothing", {})).rejects.toThrow("has no resource posthog:index:Nothing");
    const request = new ConstructRequest();
    request.setType("posthog:index:Nothing");
    await expect(called(plugin.client, ResourceProviderService.construct, request)).rejects.toThrow(
      "has no component posthog:index:Nothing",
    );
  }));

test("credentials never come back from the configuration, unless a preview does not know them", () =>
  withPlugin(async ({ client }) => {
    const request = new CheckRequest();
    const config = {
      host: "https://eu.posthog.com",
      apiKey: "phx_a",
      password: unknownValue,
      accounts: '{"a":{}}',
    };
    request.setNews(sent(config, new Set(["apiKey", "password", "accounts"])));
    const inputs = received(
      (await called(client, ResourceProviderService.checkConfig, request)).getInputs(),
    ).properties;
    expect(inputs).toEqual({ host: "https://eu.posthog.com", password: unknownValue });
    const olds = { host: "https://us.posthog.com" };
    const comparison = new DiffRequest();
    comparison.setOlds(sent(olds));
    comparison.setNews(sent(inputs));
    expect((await called(client, ResourceProviderService.diffConfig, comparison)).getDiffsList()).toEqual([
      "host",
    ]);
  }));

test("settings that there are not get a warning, and a missing key is asked for where the provider takes it", () =>
  withPlugin(
    async (plugin) => {
      const request = new CheckRequest();
      const urn = "urn:pulumi:dev::test::pulumi:providers:posthog::eu";
      request.setUrn(urn);
      request.setNews(sent({ host: plugin.emulator.url, apikey: "phx_a", version: "0.1.0" }));
      const checked = await called(plugin.client, ResourceProviderService.checkConfig, request);
      // What the state holds: the misspelled setting may be a credential.
      expect(received(checked.getInputs()).properties).toEqual({
        host: plugin.emulator.url,
        version: "0.1.0",
      });
      expect(plugin.logged).toEqual([
        {
          severity: "warning",
          urn,
          message: 'posthog:apikey is no setting and has no effect; did you mean "apiKey"?',
        },
      ]);
      const [failure] = (await check(plugin, "Project", { name: "Shop" })).getFailuresList();
      expect(failure?.getReason()).toMatch(/no API key is configured[\s\S]*Set apiKey of the provider "eu"/);
    },
    { byStateAlone: true },
  ));

test.each<[string, Properties, string]>([
  ["", {}, 'Set email and password of the provider "eu" in the program, and with two-factor'],
  [
    "of an account ",
    { account: "us" },
    'Set accounts.us.email and accounts.us.password of the provider "eu"',
  ],
])("a missing session %sis asked for where the provider takes it", (_, args, fix) =>
  withPlugin(
    async (plugin) => {
      const { url: host, apiKey, organizationId } = plugin.emulator;
      const checked = new CheckRequest();
      checked.setUrn("urn:pulumi:dev::test::pulumi:providers:posthog::eu");
      const accounts = JSON.stringify({ us: { organizationId } });
      checked.setNews(sent({ host, apiKey, organizationId, accounts, requestsPerMinute: "off" }));
      const configure = new ConfigureRequest();
      configure.setArgs(
        (await called(plugin.client, ResourceProviderService.checkConfig, checked)).getInputs(),
      );
      await called(plugin.client, ResourceProviderService.configure, configure);
      const key = { label: "CI", scopes: ["insight:read"], ...args };
      const [failure] = (await check(plugin, "PersonalApiKey", key)).getFailuresList();
      expect(failure?.getReason()).toContain("no session is configured\n  fix: ");
      expect(failure?.getReason()).toContain(fix);
    },
    { byStateAlone: true },
  ),
);

test("a refresh or destroy with only the state shows where credentials can come from", () =>
  withPlugin(
    async (plugin) => {
      const state = { name: "Shop", projectId: 1 };
      await expect(read(plugin, "Project", "1", state, { name: "Shop" })).rejects.toThrow(
        /no API key is configured[\s\S]*POSTHOG_API_KEY[\s\S]*--run-program/,
      );
      const deletion = new DeleteRequest();
      deletion.setUrn(urnOf("Project"));
      deletion.setId("1");
      deletion.setProperties(sent(state));
      await expect(called(plugin.client, ResourceProviderService.delete, deletion)).rejects.toThrow(
        "--run-program",
      );
    },
    { byStateAlone: true },
  ));
