import { SecretTexts } from "../../../provider/engine/secretTexts";
import { unknownValue } from "../../../provider/engine/unknown";
import { withWorld } from "../../support/driver";

describe("a message without secrets", () => {
  const cases: [string, unknown, string, string][] = [
    ["a text", "Analysts", 'role "Analysts": adds', 'role "[secret]": adds'],
    ["a text in other capitals", "Ann@acme.com", "ann@acme.com joins", "[secret] joins"],
    [
      "people of a list",
      ["ann@acme.com", "bob@acme.com"],
      "bob@acme.com, ann@acme.com",
      "[secret], [secret]",
    ],
    ["people of a mapping", { "ann@acme.com": "admin" }, "ann@acme.com gains admin", "[secret] gains admin"],
    ["the longer of two texts", ["web", "web app"], "project web app", "project [secret]"],
    ["what looks like a pattern", "a.c (x)+", "a.c (x)+ and abc", "[secret] and abc"],
    ["no part of a word", "ann", "Ann's annals", "[secret]'s annals"],
    ["a short text only in quotes", "a", 'a role "a" of a B', 'a role "[secret]" of a B'],
    ["short and long texts alike", ["HR", "Analysts"], 'role "HR", Analysts', 'role "[secret]", [secret]'],
    ["a short text that looks like a pattern", ".*", 'role ".*", role "ab"', 'role "[secret]", role "ab"'],
    ["no short text in a longer quoted one", "a", 'role "a b"', 'role "a b"'],
    ["nothing of an empty text", ["", " "], "a b", "a b"],
    ["nothing that is unknown", unknownValue, unknownValue, unknownValue],
  ];
  test.each(cases)("hides %s", (_, secret, message, expected) => {
    const texts = new SecretTexts();
    texts.add(secret);
    expect(texts.hideIn(message)).toBe(expected);
  });

  test("stays unchanged where there are none", () => {
    expect(new SecretTexts().hideIn("a [b")).toBe("a [b");
  });
});

test("a marker without a value is not an argument; a value under its name is refused", () =>
  withWorld(async ({ resource }) => {
    const role = resource("Role");
    const args = { name: "Analysts", members: [] };
    expect(await role.refusals({ ...args, userUuids: null, waiting: unknownValue })).toEqual([]);
    expect(await role.refusals({ ...args, userUuids: ["x"] })).toEqual([
      expect.stringMatching(/^userUuids: unknown argument/),
    ]);
    const made = await role.up({ ...args, userUuids: null });
    expect(made.outputs.userUuids).toEqual([]);
  }));
