import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { withWorld } from "../../support/driver";
import { acmeWorld } from "../../support/seeds";

/** A proxy that passes every request on to PostHog, and spoils the first answer to the POST at this path. */
async function spoiling(target: string, path: RegExp, body: (url: string) => Promise<void>): Promise<void> {
  let spoilt = false;
  const server: Server = createServer(async (request, response) => {
    const sent = await text(request);
    const method = request.method ?? "GET";
    const answer = await fetch(`${target}${request.url}`, {
      method,
      headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === "string" && !/^(host|connection|content-length)$/.test(name) ? [[name, value]] : [],
      ),
      ...(sent === "" ? {} : { body: sent }),
    });
    const spoil = method === "POST" && path.test(request.url ?? "") && !spoilt;
    spoilt ||= spoil;
    for (const cookie of answer.headers.getSetCookie()) response.appendHeader("Set-Cookie", cookie);
    response.writeHead(answer.status, { "Content-Type": spoil ? "text/html" : "application/json" });
    response.end(spoil ? "<html>session expired</html>" : await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

describe("a successful response that a proxy replaces with a web page", () => {
  test("does not lose the project that was created", () =>
    withWorld(({ emulator, resource, run }) =>
      spoiling(emulator.url, /\/projects\/$/, async (host) => {
        run({ host });
        const project = resource("Project");
        await project.up({ name: "Staging" });
        expect(emulator.store.projects.all()).toHaveLength(2);
        expect(emulator.store.projects.get(Number(project.id))?.name).toBe("Staging");
      }),
    ));

  test("leaves no key behind whose value is unknown", () =>
    withWorld(({ emulator, resource, run }) =>
      spoiling(emulator.url, /\/personal_api_keys\/$/, async (host) => {
        run({ host });
        const key = resource("PersonalApiKey");
        await expect(key.up({ label: "Reporting", scopes: ["insight:read"] })).rejects.toThrow(/a web page/);
        const labels = emulator.store.personalApiKeys.all().map(({ label }) => label);
        expect(labels).not.toContain("Reporting");
      }),
    ));
});

test("waiting for the rate limit does not use up retries for a failing server", () =>
  withWorld(async ({ emulator, resource }) => {
    const projects = /\/projects\/$/;
    emulator.faults.add({ kind: "status", method: "GET", path: projects, status: 502 });
    emulator.faults.add({
      kind: "status",
      method: "GET",
      path: projects,
      status: 429,
      headers: { "Retry-After": "0.001" },
      times: 6,
    });
    await resource("Project").up({ name: "Staging" });
  }, acmeWorld()));

describe("a key that has exactly the scopes that previews ask for", () => {
  const cases: [string, string, Record<string, unknown>, string[]][] = [
    ["a project", "Project", { name: "Staging" }, ["project:write"]],
    [
      "a project with a default access",
      "Project",
      { name: "Staging", defaultAccess: "none" },
      ["project:write", "access_control:write", "organization_member:read"],
    ],
    [
      "a person's access",
      "ProjectMember",
      { projectId: 1, user: "analyst@acme.test", accessLevel: "member" },
      ["access_control:write", "organization_member:read"],
    ],
  ];
  test.each(cases)("makes %s", (_, type, args, scopes) =>
    withWorld(async ({ resource }) => {
      expect(await resource(type).refusals(args)).toEqual([]);
      await resource(type).up(args);
    }, acmeWorld({ scopes })),
  );
});
