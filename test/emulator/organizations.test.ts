import { type Emulator, startEmulator } from "../../emulator";
import { asOwner, at, forbidden } from "./support";

let emulator: Emulator;
beforeAll(async () => {
  emulator = await startEmulator();
});
afterEach(() => emulator.reset());
afterAll(() => emulator.close());

test("an update changes the organization, and its activity-log row names client and change", async () => {
  const answer = await asOwner(emulator).patch(
    "/api/organizations/@current/",
    { name: "Acme Corp", colour: "blue" },
    { "x-posthog-client": "tests" },
  );
  expect(answer.status).toBe(200);
  expect(at(answer, "name")).toBe("Acme Corp");
  expect(emulator.ignoredFields).toEqual([
    { method: "PATCH", path: "/api/organizations/@current/", field: "colour" },
  ]);
  expect(emulator.store.activity.all()).toMatchObject([
    {
      scope: "Organization",
      activity: "updated",
      client: "tests",
      detail: { changes: [{ field: "name", before: "Acme", after: "Acme Corp" }] },
    },
  ]);
});

test("an action that is missing on a path is refused to keys before its method is", async () => {
  expect(await asOwner(emulator).post("/api/organizations/@current/")).toMatchObject(
    forbidden("This action does not support personal API key access"),
  );
});
