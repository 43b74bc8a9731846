import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Config, withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

const args = { name: "Staging" };

/** A server that is not PostHog, on a separate port. */
async function impostor(answer: RequestListener, body: (url: string) => Promise<void>): Promise<void> {
  const server: Server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** The errors of a preview and of an apply without preflight with a configuration; expects no write in PostHog. */
async function refusedBy(config: Config, world = acmeWorld()): Promise<string> {
  let messages = "";
  await withWorld(async ({ emulator, resource, run }) => {
    const project = resource("Project");
    run(config);
    messages = (await project.refusals(args)).join("\n");
    run({ ...config, preflight: "false" });
    await expect(project.up(args)).rejects.toThrow();
    expect(emulator.store.projects.all().map(({ name }) => name)).toEqual(["Default project"]);
  }, world);
  return messages;
}

describe("if PostHog cannot be used, nothing is created and the preview shows", () => {
  test("that no key is configured, and both ways to give one", async () => {
    expect(await refusedBy({ apiKey: undefined })).toMatch(
      /no API key is configured[\s\S]*posthog:apiKey[\s\S]*POSTHOG_API_KEY/,
    );
  });

  test("that PostHog does not know the key, without repeating it", async () => {
    const messages = await refusedBy({ apiKey: "phx_unknown0key" });
    expect(messages).toMatch(/401 authentication_failed[\s\S]*deleted or rotated[\s\S]*posthog:host/);
    expect(messages).not.toContain("phx_unknown0key");
  });

  test("that the key is a project's, which cannot manage anything", async () => {
    expect(await refusedBy({ apiKey: "phc_token" })).toMatch(/project API key: it sends events/);
  });

  test("which scope the key lacks", async () => {
    const scopes = ["organization:read", "project:read"];
    expect(await refusedBy({}, acmeWorld({ scopes }))).toMatch(/lacks the scope project:write/);
  });

  test("that the key is restricted to projects", async () => {
    expect(await refusedBy({}, acmeWorld({ keyProjects: [1] }))).toMatch(
      /API keys with scoped projects|restricted to projects/,
    );
  });

  test("that the key cannot access the organization, and which ones it can", async () => {
    expect(await refusedBy({ organizationId: "other" })).toMatch(
      /no access to organization "other"[\s\S]*Acme \(acme/,
    );
    expect(await refusedBy({ organizationId: "018f0000-0000-4000-8000-00000000dead" })).toMatch(
      /no access to organization/,
    );
  });

  test("which organization to choose when the key has several", async () => {
    const world = acmeWorld();
    const other = {
      name: "Labs",
      slug: "labs",
      members: [{ email: "owner@acme.test", level: "owner" as const }],
    };
    const seed = { ...world.emulator.seed, organizations: [...world.emulator.seed.organizations, other] };
    const messages = await refusedBy({ organizationId: undefined }, { ...world, emulator: { seed } });
    expect(messages).toMatch(/has access to 2 organizations: .*Acme.*Labs[\s\S]*posthog:organizationId/);
  });

  test("that an ingestion host accepts only events, and the right host", async () => {
    expect(await refusedBy({ host: "https://us.i.posthog.com" })).toMatch(
      /accepts events[\s\S]*https:\/\/us\.posthog\.com/,
    );
  });

  test("that nothing answers at the host", async () => {
    expect(await refusedBy({ host: "http://127.0.0.1:9" })).toMatch(
      /http:\/\/127\.0\.0\.1:9 refused the connection \(ECONNREFUSED\)[\s\S]*proxy/,
    );
  }, 30_000);

  test("that a web page answered instead of PostHog, without showing it", () =>
    impostor(
      (_, response) => response.setHeader("content-type", "text/html").end("<html>Sign in to Contoso</html>"),
      async (host) => {
        const messages = await refusedBy({ host });
        expect(messages).toMatch(/answered 200 with a web page instead of PostHog's API/);
        expect(messages).not.toContain("Contoso");
      },
    ));

  test("that a sign-in page redirects", () =>
    impostor(
      (_, response) => response.writeHead(302, { location: "https://login.acme.test/" }).end(),
      async (host) => {
        expect(await refusedBy({ host })).toMatch(
          /answered 302: a redirect to https:\/\/login\.acme\.test\//,
        );
      },
    ));

  test(
    "that a proxy fails, after retries",
    () =>
      impostor(
        (_, response) =>
          response.writeHead(502, { "content-type": "text/html" }).end("<html>Bad gateway</html>"),
        async (host) => {
          const messages = await refusedBy({ host });
          expect(messages).toMatch(/PostHog answered 502[\s\S]*a proxy in front of it, failed/);
          expect(messages).not.toContain("Bad gateway");
        },
      ),
    40_000,
  );
});

test("previews run without a network when preflight is off", () =>
  withWorld(async ({ emulator, resource, run, requests }) => {
    run({ preflight: "false", host: "http://127.0.0.1:9" });
    expect(await resource("Project").refusals(args)).toEqual([]);
    expect(requests()).toEqual([]);
    expect(emulator.requests).toEqual([]);
  }));

test("reading the key and the organization once serves every resource of a run", () =>
  withWorld(async ({ resource, requests }) => {
    for (const name of ["One", "Two", "Three"]) await resource("Project", name).refusals({ name });
    expect(requests()).toEqual(["GET /api/personal_api_keys/@current", "GET ", "GET /projects"]);
  }));
