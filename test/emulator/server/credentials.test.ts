import { type Emulator, SYSTEM, startEmulator } from "../../../emulator";
import {
  as,
  asNobody,
  asOwner,
  Client,
  forbidden,
  IDS,
  missing,
  refusal,
  requestRows,
  twoOrganizations,
  withEmulator,
  withKey,
} from "../support";

let emulator: Emulator;
withEmulator({ seed: twoOrganizations() }, (started) => {
  emulator = started;
});

const ACME = `/api/organizations/${IDS.acme}/`;
const MEMBERS = `${ACME}members/`;
const WEBSITE = `/api/projects/${IDS.website}/`;

function invalidKey(place: string): object {
  const detail = `Personal API key found in request ${place} is invalid.`;
  return refusal(401, "authentication_error", "authentication_failed", detail);
}

describe("credentials", () => {
  test("newer servers show where to get missing credentials", async () => {
    const answer = await asNobody(emulator).get("/api/users/@me/");
    expect(answer).toMatchObject(
      refusal(
        401,
        "authentication_error",
        "not_authenticated",
        "Authentication credentials were not provided.",
      ),
    );
    expect(answer.headers.get("www-authenticate")).toBe(
      `Bearer resource_metadata="${emulator.url}/.well-known/oauth-protected-resource"`,
    );
  });

  test("a key works in the header, in the body and in the query", async () => {
    const nobody = asNobody(emulator);
    expect(await nobody.get("/api/users/@me/?personal_api_key=phx_owner")).toMatchObject({ status: 200 });
    const body = { personal_api_key: "phx_owner", name: "Renamed" };
    expect(await nobody.patch(ACME, body)).toMatchObject({ status: 200 });
    expect(await as(emulator, "owner").get("/api/users/@me/")).toMatchObject({ status: 200 });
  });

  test("the header wins over the query, and Bearer is spelled exactly", async () => {
    const wrong = await withKey(emulator, "phx_wrong").get("/api/users/@me/?personal_api_key=phx_owner");
    expect(wrong).toMatchObject(invalidKey("Authorization header"));
    const lower = new Client(emulator, { Authorization: "bearer phx_owner" });
    expect(await lower.get("/api/users/@me/")).toMatchObject({ body: { code: "not_authenticated" } });
  });

  test("a wrong key is refused with the place it was found in", async () => {
    const nobody = asNobody(emulator);
    expect(await nobody.get("/api/users/@me/?personal_api_key=phx_x")).toMatchObject(
      invalidKey("query string"),
    );
    expect(await nobody.post("/api/projects/", { personal_api_key: "phx_x" })).toMatchObject(
      invalidKey("body"),
    );
    expect(await withKey(emulator, "pha_x").get("/api/users/@me/")).toMatchObject(
      refusal(401, "authentication_error", "authentication_failed", "Invalid access token."),
    );
  });

  test("a deleted key stops working at once, and so do the keys of a closed account", async () => {
    const { store } = emulator;
    const key = store.personalApiKeys.find(({ label }) => label === "admin");
    store.personalApiKeys.delete(key?.id ?? "", SYSTEM);
    expect(await as(emulator, "admin").get(ACME)).toMatchObject(invalidKey("Authorization header"));
    const analyst = store.users.where("uuid", IDS.analystUser)[0];
    store.users.update(analyst?.id ?? 0, { is_active: false }, SYSTEM);
    expect(await as(emulator, "analyst").get(ACME)).toMatchObject(invalidKey("Authorization header"));
  });

  test("no key is stored in plain text", () => {
    const { personalApiKeys } = emulator.store;
    expect(JSON.stringify(personalApiKeys.all())).not.toContain('phx_owner"');
    expect(personalApiKeys.all()[0]?.secure_value).toMatch(/^sha256\$[0-9a-f]{64}$/);
  });

  test("a key's last use is recorded at most once an hour, and not in the log", async () => {
    let now = new Date("2026-06-01T10:00:00Z");
    const clocked = await startEmulator({ seed: twoOrganizations(), now: () => now });
    const used = () => clocked.store.personalApiKeys.find(({ label }) => label === "admin")?.last_used_at;
    for (const [minutes, expected] of [
      [0, "10:00"],
      [59, "10:00"],
      [61, "11:01"],
    ] as const) {
      now = new Date(Date.UTC(2026, 5, 1, 10, minutes));
      await as(clocked, "admin").get(ACME);
      expect(used()).toContain(`T${expected}:00`);
    }
    expect(requestRows(clocked)).toEqual([]);
    await clocked.close();
  });
});

describe("project secret keys", () => {
  test("are refused on every other route", async () => {
    const { store } = emulator;
    const [key] = store.personalApiKeys.all();
    if (key === undefined) {
      throw new Error("The seed has no keys.");
    }
    const { secure_value, mask_value, scopes, created_at } = key;
    store.projectSecretApiKeys.insert(
      {
        id: "secret",
        team_id: IDS.website,
        label: "flags",
        secure_value,
        mask_value,
        scopes,
        created_by_id: null,
        created_at,
        last_used_at: null,
        last_rolled_at: null,
      },
      SYSTEM,
    );
    const holder = as(emulator, "owner");
    expect(await holder.get(WEBSITE)).toMatchObject(
      forbidden("This action does not support project secret API key access"),
    );
    expect(await holder.get(MEMBERS)).toMatchObject(
      forbidden("Project secret API keys are only supported on project-based endpoints."),
    );
  });
});

describe("bodies", () => {
  const send = (body: string, type: string) =>
    fetch(`${emulator.url}${ACME}`, {
      method: "PATCH",
      headers: { Authorization: "Bearer phx_owner", "Content-Type": type },
      body,
    });

  test("broken JSON is a parse error", async () => {
    const response = await send("{", "application/json");
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      type: "invalid_request",
      code: "parse_error",
      detail:
        "JSON parse error - Expecting property name enclosed in double quotes: line 1 column 2 (char 1)",
    });
  });

  test("forms are read, and other types are not", async () => {
    expect((await send("name=Formal", "application/x-www-form-urlencoded")).status).toBe(200);
    const other = await send("name: Acme", "text/yaml; charset=utf-8");
    expect(other.status).toBe(415);
    expect(await other.json()).toMatchObject({
      code: "unsupported_media_type",
      detail: 'Unsupported media type "text/yaml; charset=utf-8" in request.',
    });
  });
});

test("unknown routes are not found, with or without a key", async () => {
  expect(await asOwner(emulator).get("/api/nothing/here/")).toMatchObject(missing("Endpoint not found."));
  expect(await asNobody(emulator).get("/api/nothing/here")).toMatchObject(missing("Endpoint not found."));
});
