import { existsSync, mkdtempSync, rmSync } from "node:fs";
import * as nodeModule from "node:module";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { handlers } from "../../provider/handlers";
import { run } from "../../tools/processes";
import { root } from "../support/sources";

/** Loads the first modules, then prints what the others load in addition. */
const LOADER = `
const [before, text] = process.argv.slice(1);
if (before !== "") require(before);
const known = new Set(Object.keys(require.cache));
eval(text);
console.log(JSON.stringify(Object.keys(require.cache).filter((path) => !known.has(path))));
`;

/** What a process loads: the package's own files, by their path below `provider/` without extension, and packages. */
interface Loaded {
  readonly own: readonly string[];
  readonly packages: readonly string[];
}

async function loadedBy(text: string, before = ""): Promise<Loaded> {
  const result = await run(process.execPath, ["-e", LOADER, before, text], { cwd: root });
  if (result.code !== 0) throw new Error(result.text);
  const paths: string[] = JSON.parse(result.stdout.split("\n", 1)[0] ?? "");
  const below = join(root, "dist", "provider", "/");
  const packages = paths.flatMap((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? []);
  return {
    own: paths
      .filter((path) => path.startsWith(below))
      .map((path) => path.slice(below.length, -".js".length)),
    packages: [...new Set(packages)].sort(),
  };
}

/** What a provider process loads for resources of one kind, up to its first request. */
function forResource(type: string, runtime = "pulumi-posthog/runtime"): Promise<Loaded> {
  const first = `
    const provider = require(${JSON.stringify(runtime)}).provider(${JSON.stringify(type)});
    provider.configure({ config: { get: (key) => ({ "posthog:apiKey": "phx_x", "posthog:host": "http://127.0.0.1:9" })[key] } });
    provider.diff("id", {}, {}).catch(() => {});
  `;
  return loadedBy(first);
}

/** A handler's file, without its folder, which is the handler's domain. */
const nameOf = (type: string): string => `${type.charAt(0).toLowerCase()}${type.slice(1)}`;
const handlerNames: ReadonlySet<string> = new Set([...handlers.keys()].map(nameOf));
const handlersAmong = (paths: readonly string[]): string[] =>
  paths
    .filter((path) => path.startsWith("handlers/"))
    .map((path) => basename(path))
    .filter((name) => handlerNames.has(name));

beforeAll(() => {
  if (!existsSync(join(root, "dist/provider/runtime.js"))) {
    throw new Error("dist/ is not there: these tests load what the build made. Run: npm run build");
  }
});

describe("a provider process", () => {
  // The bundle contains all files, and runs each on its first use, as Node loads the original files.
  const unbundled = join(root, "dist/provider/runtime.js");

  test.each([...handlers.keys()])("loads only its own handler for %s", async (type) => {
    const { own } = await forResource(type, unbundled);
    expect(handlersAmong(own)).toEqual([nameOf(type)]);
  });

  test("loads none of the package's files that wait for their first use: sessions, single sign-on, matrix", async () => {
    const { own } = await forResource("ProjectMember", unbundled);
    expect(own.filter((path) => /session|^sso\/|^matrix\//.test(path))).toEqual([]);
  });

  test("loads one file, and only the libraries in it", async () => {
    expect(await forResource("ProjectMember")).toEqual({ own: ["startup", "runtime.bundle"], packages: [] });
  });

  test("keeps its compiled code for the next one in the user's own cache, if Node supports that", async () => {
    const caches = mkdtempSync(join(tmpdir(), "posthog-caches-"));
    try {
      const text = 'require("pulumi-posthog/runtime"); setTimeout(() => {}, 600);';
      const result = await run(process.execPath, ["-e", text], {
        cwd: root,
        env: { ...process.env, XDG_CACHE_HOME: caches },
      });
      expect(result).toMatchObject({ code: 0, text: "" });
      const kept = existsSync(join(caches, "pulumi-posthog", "compiled"));
      expect(kept).toBe("enableCompileCache" in nodeModule);
    } finally {
      rmSync(caches, { recursive: true });
    }
  });

  test("loads the XML reader if single sign-on is set up", async () => {
    const { packages } = await forResource("OrgSsoSettings");
    expect(packages).toContain("fast-xml-parser");
  });
});

test("a program loads only the classes, in addition to Pulumi's SDK", async () => {
  const { own, packages } = await loadedBy('require("pulumi-posthog")', "@pulumi/pulumi");
  expect(packages).toEqual([]);
  expect(own).toContain("resources/projectMember");
  const later =
    /^(handlers|posthog|sso|audit|review|policy|snapshot|functions\/readers)\/|^matrix\/(evaluate|parse)$/;
  // Classes derive these from the domain and the host without a request.
  expect(own.filter((path) => later.test(path))).toEqual(["sso/serviceProvider"]);
});
