import { parseOptions } from "../../../tools/demo/options";
import { changeLines, counted, outputLines, Show } from "../../../tools/demo/show";
import type { StackStep } from "../../../tools/stack";

// Removes colors, which depend on where the tests run.
const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, "g");
const plain = (text: string): string => text.replace(ESCAPES, "");

describe("the command line", () => {
  test.each([
    [[], { keep: false, host: undefined, quickstart: {} }],
    [["--keep"], { keep: true, host: undefined, quickstart: {} }],
    [["--host=http://localhost:8000"], { keep: false, host: "http://localhost:8000", quickstart: {} }],
    [
      ["--analyst", "ana@x.test", "--domain", "x.test"],
      {
        keep: false,
        host: undefined,
        quickstart: { "quickstart:analyst": "ana@x.test", "quickstart:domain": "x.test" },
      },
    ],
    [["--help", "--keep"], "help"],
  ])("%j is understood", (args, options) => {
    expect(parseOptions(args)).toEqual(options);
  });

  test.each([
    [["--kepp"], /--kepp[\s\S]*npm run demo -- --keep/],
    [["--host"], /--host[\s\S]*npm run demo/],
    [["now"], /now[\s\S]*npm run demo/],
    [["--keep", "--host", "http://x"], /--keep keeps the emulator running, --host uses another PostHog/],
  ])("%j shows the usage", (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });
});

describe("what a run changes", () => {
  const step = (op: string, name: string, more: Partial<StackStep> = {}): StackStep => ({
    op,
    name,
    urn: `urn:pulumi:dev::p::t::${name}`,
    type: "pulumi-nodejs:dynamic/posthog:ProjectMember",
    diffs: [],
    before: {},
    inputs: {},
    outputs: {},
    ...more,
  });

  test("is a line for each changed resource, with the old and the new value if it is updated", () => {
    const update = {
      diffs: ["accessLevel", "settings"],
      before: { accessLevel: "admin", settings: { words: ["a long list of them", "and one more"] } },
      inputs: { accessLevel: "member" },
    };
    const steps = [step("same", "a"), step("refresh", "b"), step("create", "c"), step("update", "d", update)];
    expect(changeLines(steps).map(plain)).toEqual([
      "+ ProjectMember   c",
      expect.stringMatching(
        /^~ ProjectMember {3}d +accessLevel: admin -> member, settings: \{"words":\["a long list of the… -> unset$/,
      ),
    ]);
  });
});

test("outputs are one line each, however deep they are", () => {
  expect(outputLines({ token: "phc_1", keys: { ci: "[secret]" }, none: null }).map(plain)).toEqual([
    "token    phc_1",
    "keys.ci  [secret]",
    "none     null",
  ]);
});

test.each([
  [0, "0 requests"],
  [1, "1 request"],
  [12, "12 requests"],
])("%d items are counted as %s", (count, text) => {
  expect(counted(count, "request")).toBe(text);
});

describe("a chapter", () => {
  test("shows its heading at once, then its time and requests, then its lines", async () => {
    const written: string[] = [];
    const show = new Show((text) => written.push(plain(text)));
    const result = await show.chapter(
      "pulumi up",
      async () => {
        expect(written).toEqual(["\n 1 pulumi up"]);
        return { result: 7, requests: 3 };
      },
      (number) => [`made ${number}`],
    );
    expect(result).toBe(7);
    expect(written.join("")).toMatch(/^\n 1 pulumi up +3 requests, 0\.\d s\n {3}made 7\n$/);
  });

  test("that fails ends its line, so that the error starts a new one", async () => {
    const written: string[] = [];
    const show = new Show((text) => written.push(text));
    const failing = show.chapter(
      "pulumi up",
      () => Promise.reject(new Error("no")),
      () => [],
    );
    await expect(failing).rejects.toThrow("no");
    expect(written.at(-1)).toBe("\n");
  });
});
