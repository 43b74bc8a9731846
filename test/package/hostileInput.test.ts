import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { loadSeed } from "../../emulator/seed/seed";
import { readCursor } from "../../provider/audit/cursor";
import { readMoment } from "../../provider/audit/moments";
import { parseMatrix } from "../../provider/matrix/parse";
import { PosthogError } from "../../provider/posthog/errors";
import { allPages } from "../../provider/posthog/paging";
import { parseRetryAfter } from "../../provider/posthog/retry";
import { readCertificate } from "../../provider/sso/certificate";
import { parseIdentityProviderMetadata } from "../../provider/sso/metadata";
import { plain } from "../fixtures/sso/metadata";
import { withFolder } from "../support/command";

const root = join(__dirname, "../..");

beforeAll(() => {
  if (!existsSync(join(root, "dist/cli/main.js"))) {
    throw new Error("dist/ is not there: these tests load what the build made. Run: npm run build");
  }
});

/** Texts that may take a parser long, or too much memory, if they are repeated tens of thousands of times. */
const repeated = [
  ...["? ", "- ", ": ", "a: ", "? - ", "- ? ", "a:\n", "? a\n: ", "&a ", "*a ", "!t ", "<<: *a\n", "a: &a\n"],
  ...["[", "{", "}", "[{a: ", "{? ", ",", '"', "'", "\\", "#", "|\n", "---\n", "%"],
  ...[" ", "\t", "\r", "\n", "\n ", "\u0000", "\u001b[", "\u202e", "\u00e9", "\ud800"],
  ...[
    "<a>",
    "<a ",
    "</",
    "<!--",
    "<![CDATA[",
    "<a b='",
    "&amp;",
    "&#",
    "<?x ?>",
    "<!DOCTYPE ",
    "xmlns:a='b' ",
  ],
  ...["a", "a.", ".", "-", "@", "a@", "a@a.", "/", "a/", ";", "=", ";=", "1", "9", "0.", "Z", "%41"],
  ...["-----BEGIN CERTIFICATE-----", "-----BEGIN ", "-----END A-----", "MI", "phx_", "phx_aaaaaa ", "_", "A"],
];
/** Their places: alone, or as a person, a name and a date in a matrix, in metadata, a certificate, a cursor, a seed. */
const places: [string, string][] = [
  ["", ""],
  ['access_matrix:\n  eng:\n    members: ["', '"]\n'],
  ['access_matrix:\n  eng:\n    members: ["a@', '@"]\n'],
  ['access_matrix:\n  "', '":\n    prod: {role: member, until: x}\n'],
  ["access_matrix:\n  eng:\n    ", "\n"],
  ['<EntityDescriptor entityID="', '"><IDPSSODescriptor/></EntityDescriptor>'],
  ["<EntityDescriptor>", "</EntityDescriptor>"],
  ["-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"],
  ['{"version":1,"of":{"a":"', '"},"seen":[]}'],
  ['users: [{email: "', '"}]\n'],
  ["https://a.test/", " x"],
];

/** The built parsers of texts that others write. */
const parsers: [string, string][] = [
  ["the access matrix", 'require("./dist/provider/matrix/parse").parseMatrix(text)'],
  ["metadata", 'require("./dist/provider/sso/metadata").parseIdentityProviderMetadata(text, new Date())'],
  ["certificates", 'require("./dist/provider/sso/certificate").readCertificate(text)'],
  ["cursors", 'require("./dist/provider/audit/cursor").readCursor(text, {})'],
  ["moments", 'require("./dist/provider/audit/moments").readMoment(text, new Date(), "start")'],
  ["seeds", 'fs.writeFileSync(file, text); require("./dist/emulator/seed/seed").loadSeed(file)'],
  ["headers", 'require("./dist/provider/posthog/retry").parseRetryAfter(text, 0)'],
  [
    "arguments",
    'const { userArg, domain, httpsUrl } = require("./dist/provider/arguments/fields"); for (const field of [userArg, domain, httpsUrl]) field.safeParse(text)',
  ],
  [
    "entries of the log",
    'require("./dist/provider/audit/messages").describeActivity({ activity: text, scope: "Role", detail: { name: text, changes: [] } })',
  ],
  ["cells of CSV", 'require("./dist/provider/audit/printable").csvRow([text])'],
  ["Markdown", 'require("./dist/cli/common/markdown").markdownText(text)'],
];

const length = 40_000;
/** Processor time. Work that grows with the square of the length takes longer. */
const mostSeconds = 4;

/** Runs a parser on every text in a process with little memory, and returns those that took too long. */
const script = (call: string, file: string) => `
  const fs = require("node:fs");
  const file = ${JSON.stringify(file)};
  const slow = [];
  for (const unit of ${JSON.stringify(repeated)}) {
    for (const [before, after] of ${JSON.stringify(places)}) {
      const text = before + unit.repeat(Math.ceil(${length} / unit.length)) + after;
      const start = process.cpuUsage();
      try { ${call} } catch (error) {
        if (error instanceof RangeError || error instanceof TypeError) slow.push([unit, before, String(error)]);
      }
      const { user } = process.cpuUsage(start);
      if (user > ${mostSeconds} * 1e6) slow.push([unit, before, user / 1e6 + " s"]);
    }
  }
  console.log(JSON.stringify(slow));
`;

describe("a hostile text costs little time and memory", () => {
  test.each(parsers)(
    "in %s",
    (_, call) =>
      withFolder(async (path) => {
        const run = spawnSync("node", ["--max-old-space-size=256", "-e", script(call, path("seed.yaml"))], {
          cwd: root,
          encoding: "utf8",
        });
        // An error that ends the process shows here.
        expect(run.status === 0 ? "" : run.stderr).toBe("");
        expect(JSON.parse(run.stdout)).toEqual([]);
      }),
    180_000,
  );
});

describe("any text is read, or rejected with a message", () => {
  const matrix =
    "access_matrix:\n  eng:\n    members: [ann@acme.com]\n    prod: {role: member, until: 2026-01-01}\n";
  const seed = "users:\n  - { email: ann@acme.test, firstName: Ann }\norganizations:\n  - name: Acme\n";
  const cursor = '{"version":1,"of":{},"from":"2026-01-01T00:00:00Z","seen":[["a","2026-01-01T00:00:00Z"]]}';

  /** A text of that kind with one part replaced, or any text. */
  const near = (text: string) =>
    fc.oneof(
      fc.string({ unit: "binary" }),
      fc
        .tuple(
          fc.nat(text.length),
          fc.nat(20),
          fc.oneof(
            fc.string({ unit: "binary" }),
            fc.constantFrom(...repeated),
            fc.constantFrom(...text.split(/\b/)),
          ),
        )
        .map(([at, cut, put]) => text.slice(0, at) + put + text.slice(at + cut)),
    );
  // The same texts in every run, so that failures repeat.
  const settings = { numRuns: 300, seed: 20 };

  test("as a matrix", () =>
    fc.assert(
      fc.property(near(matrix), (text) => {
        const { matrix: found, problems } = parseMatrix(text);
        expect(found === undefined && problems.length === 0).toBe(false);
      }),
      settings,
    ));

  test("as metadata and as a certificate", () =>
    fc.assert(
      fc.property(near(plain), (text) => {
        for (const parsed of [parseIdentityProviderMetadata(text, new Date(0)), readCertificate(text)])
          expect(parsed.ok || parsed.problem !== "").toBe(true);
      }),
      settings,
    ));

  test("as a cursor", () =>
    fc.assert(
      fc.property(near(cursor), (text) => {
        const read = readCursor(text, {});
        expect("problem" in read ? read.problem : read.seen).toBeDefined();
      }),
      settings,
    ));

  test("as a time, and as a header", () =>
    fc.assert(
      fc.property(near("2026-01-01T00:00:00+01:00"), near("120"), (moment, header) => {
        expect(Date.parse(readMoment(moment, new Date(0), "start") ?? "2026-01-01T00:00:00Z")).not.toBeNaN();
        const wait = parseRetryAfter(header, 0) ?? 0;
        expect(wait >= 0 && wait <= 86_400_000).toBe(true);
      }),
      settings,
    ));

  test("as a seed", () =>
    withFolder(async (path) => {
      fc.assert(
        fc.property(near(seed), (text) => {
          writeFileSync(path("seed.yaml"), text);
          try {
            loadSeed(path("seed.yaml"));
          } catch (error) {
            expect(String(error)).toMatch(/^Error: Seed file /);
          }
        }),
        settings,
      );
    }));

  test("as the address of a list's next page", () =>
    fc.assert(
      fc.asyncProperty(near("https://us.posthog.com/api/projects/?limit=2&offset=2"), async (next) => {
        const paths: string[] = [];
        const read = async (path: string) => {
          paths.push(path);
          return { results: [1], next: paths.length > 5 ? null : next };
        };
        const outcome = await allPages(read, "/api/projects/", "listing projects").catch(
          (error: unknown) => error,
        );
        expect(Array.isArray(outcome) || outcome instanceof PosthogError).toBe(true);
        // No request goes to another host.
        for (const path of paths) expect(path).toMatch(/^\/(?!\/)/);
      }),
      {
        ...settings,
        examples: [["a: &a\nhttps://us.posthog.com/api/projects/?limit=2&offset=2"], ["a:@other.test/"]],
      },
    ));
});
