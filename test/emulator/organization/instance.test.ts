import { startEmulator } from "../../../emulator";
import { asNobody } from "../support";

test.each([
  [
    true,
    {
      cloud: true,
      realm: "cloud",
      region: "US",
      available_social_auth_providers: { "google-oauth2": true, github: true, gitlab: true },
    },
  ],
  [
    false,
    {
      cloud: false,
      realm: "hosted-clickhouse",
      region: null,
      available_social_auth_providers: { "google-oauth2": false, github: false, gitlab: false },
    },
  ],
])("with cloud: %s, a server shows what it is without a login", async (cloud, expected) => {
  const emulator = await startEmulator({ cloud });
  try {
    expect(await asNobody(emulator).get("/_preflight/")).toMatchObject({ status: 200, body: expected });
  } finally {
    await emulator.close();
  }
});
