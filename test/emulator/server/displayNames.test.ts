import { type Emulator, startEmulator } from "../../../emulator";
import { as, badValue, type Client, IDS, twoOrganizations, withEmulator } from "../support";

/** What PostHog's validate_display_name and validate_message_body reject (posthog/helpers/email_utils.py). */

let owner: Client;
withEmulator({ seed: twoOrganizations(), generation: "2026-07" }, (started: Emulator) => {
  owner = as(started, "owner");
});

const ORGANIZATION = `/api/organizations/${IDS.acme}/`;
const refused = (what: string, code: string, attr: string) =>
  badValue(`${what} are not allowed in this field.`, attr, code);

test.each([
  ["Go to https://evil.example", "URLs", "invalid_url"],
  ["evil.example", "URLs", "invalid_url"],
  ["www. here", "URLs", "invalid_url"],
  ["mailto:me", "URLs", "invalid_url"],
  ["ｈｔｔｐ：／／evil", "URLs", "invalid_url"],
  ["Acme <b>", "Angle brackets", "invalid_bracket"],
  ["Ac\u200bme", "Invisible or direction-override characters", "invalid_invisible_char"],
  ["Ac\nme", "Line breaks and control characters", "invalid_control_char"],
])("%j is not a valid name of an organization or a person", async (text, what, code) => {
  expect(await owner.patch(ORGANIZATION, { name: text })).toMatchObject(refused(what, code, "name"));
  expect(await owner.post("/api/organizations/", { name: text })).toMatchObject(refused(what, code, "name"));
  const invite = { target_email: "new@example.com", first_name: text };
  expect(await owner.post(`${ORGANIZATION}invites/`, invite)).toMatchObject(
    refused(what, code, "first_name"),
  );
});

test("a message may have lines and names of domains, but no addresses", async () => {
  const send = (message: string) =>
    owner.post(`${ORGANIZATION}invites/`, { target_email: "new@example.com", message });
  expect(await send("Welcome!\n\tSee acme.example.")).toMatchObject({ status: 201 });
  expect(await send("See https://acme.example")).toMatchObject(refused("URLs", "invalid_url", "message"));
});

test("projects accept such names, and servers of August 2025 accept them everywhere", async () => {
  expect(await owner.post(`${ORGANIZATION}projects/`, { name: "https://a.example" })).toMatchObject({
    status: 201,
  });
  const older = await startEmulator({ seed: twoOrganizations(), generation: "2025-08" });
  expect(await as(older, "owner").patch(ORGANIZATION, { name: "acme.example" })).toMatchObject({
    status: 200,
  });
  await older.close();
});
