import { request as ask, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { withWorld } from "../../../support/driver";
import { peopleIn } from "../../../support/people";
import { acmeWorld } from "../../../support/seeds";

/** Passes requests on to a server, and counts how many run concurrently. */
async function counting(
  target: string,
  body: (url: string, most: () => number) => Promise<void>,
): Promise<void> {
  let [running, most] = [0, 0];
  const server = createServer((incoming, answer) => {
    running += 1;
    most = Math.max(most, running);
    answer.on("close", () => {
      running -= 1;
    });
    const { method, headers, url = "" } = incoming;
    const onwards = ask(`${target}${url}`, { method, headers }, (answered) => {
      answer.writeHead(answered.statusCode ?? 500, answered.headers);
      answered.pipe(answer);
    });
    incoming.pipe(onwards);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    await body(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => most);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}

test("people join and leave a role concurrently, up to the limit", () => {
  const people = Array.from({ length: 250 }, (_, person) => `person${person}@acme.test`);
  const members = [
    { email: "owner@acme.test", level: "owner" as const },
    ...people.map((email) => ({ email })),
  ];
  const { emulator, config } = acmeWorld({ people, organization: { members, roles: [] } });
  return withWorld(
    async (world) => {
      await counting(world.emulator.url, async (host, most) => {
        world.run({ host });
        const role = world.resource("Role");
        await role.up({ name: "Team", members: people });
        expect(peopleIn(world.emulator, "Team")).toHaveLength(250);
        expect(most()).toBe(8);
      });
      await counting(world.emulator.url, async (host, most) => {
        world.run({ host });
        await world.resource("Role").up({ name: "Team", members: [], removalLimit: 1 });
        expect(peopleIn(world.emulator, "Team")).toHaveLength(0);
        expect(most()).toBe(8);
      });
    },
    { emulator: { ...emulator, latencyMs: 25 }, config },
  );
});
