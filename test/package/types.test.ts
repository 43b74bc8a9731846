import { execFile, execFileSync } from "node:child_process";
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import ts from "typescript";
import * as z from "zod";
import { root } from "../support/sources";

jest.setTimeout(120_000);

const folder = realpathSync(mkdtempSync(join(tmpdir(), "package-")));
const programs = join(root, "test/package/programs");
const run = promisify(execFile);
let linted: Promise<{ stdout: string }>;

/** Literals with something missing, something too much, or something wrong. */
const wrong = [
  'new posthog.ProjectMember("neither", { projectId: 1, accessLevel: "member" });',
  'new posthog.ProjectMember("both", { projectId: 1, user: "ann@acme.com", role: "A", accessLevel: "member" });',
  'new posthog.ProjectMember("alone", { user: "ann@acme.com" });',
  'new posthog.ProjectMember("alone", { role: "Analysts" });',
  'new posthog.ProjectMember("slip", { projectId: 1, usr: "ann@acme.com", accessLevel: "member" });',
  'new posthog.ProjectMember("slip", { projectId: 1, user: "ann@acme.com", accessLevel: "membr" });',
  'new posthog.OrgSsoSettings("none", { domain: "acme.com", saml: {} });',
  'new posthog.OrgSsoSettings("two", { domain: "acme.com", saml: { metadataXml: "a", metadataUrl: "b" } });',
  'new posthog.IdentityProvider("part", { name: "Okta", domains: [], saml: { entityId: "a", ssoUrl: "b" } });',
  'new posthog.OrgSsoSettings("all", { domain: "acme.com", saml: { metadataUrl: "a", entityId: "a", ssoUrl: "b", x509Cert: "c" }, });',
  'new posthog.OrgSsoSettings("slip", { domain: "acme.com", saml: { metadataXm: "a" } });',
];

/** Packs the build, and installs it next to programs of Node's two module kinds. */
beforeAll(() => {
  const packed = execFileSync("npm", ["pack", "--ignore-scripts", "--json", "--pack-destination", folder], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  const [{ filename } = { filename: "" }] = z
    .array(z.object({ filename: z.string() }))
    .parse(JSON.parse(packed));
  const tarball = join(folder, filename);
  linted = run(process.execPath, [join(__dirname, "lint.mjs"), tarball]);
  linted.catch(() => undefined); // A later test reports this error.
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "@types"), { recursive: true });
  execFileSync("tar", ["-xzf", tarball, "-C", modules]);
  execFileSync("mv", [join(modules, "package"), join(modules, "pulumi-posthog")]);
  for (const name of ["@pulumi", "@types/node"])
    symlinkSync(join(root, "node_modules", name), join(modules, name));
  for (const type of ["commonjs", "module"]) {
    mkdirSync(join(folder, type));
    writeFileSync(join(folder, type, "package.json"), JSON.stringify({ type }));
    writeFileSync(
      join(folder, type, "wrong.ts"),
      ['import * as posthog from "pulumi-posthog";', ...wrong].join("\n"),
    );
    for (const name of readdirSync(programs)) copyFileSync(join(programs, name), join(folder, type, name));
  }
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The compiler settings of Pulumi's templates and of bundlers, oldest first. */
const { ModuleKind, ModuleResolutionKind, ScriptTarget } = ts;
const templates: [string, string, ts.CompilerOptions][] = [
  [
    "commonjs with node, without esModuleInterop",
    "commonjs",
    {
      module: ModuleKind.CommonJS,
      moduleResolution: ModuleResolutionKind.Node10,
      target: ScriptTarget.ES2016,
    },
  ],
  [
    "node16",
    "commonjs",
    { module: ModuleKind.Node16, moduleResolution: ModuleResolutionKind.Node16, target: ScriptTarget.ES2020 },
  ],
  [
    "nodenext with modules",
    "module",
    {
      module: ModuleKind.NodeNext,
      moduleResolution: ModuleResolutionKind.NodeNext,
      target: ScriptTarget.ES2020,
    },
  ],
  [
    "bundler",
    "module",
    {
      module: ModuleKind.ESNext,
      moduleResolution: ModuleResolutionKind.Bundler,
      target: ScriptTarget.ES2022,
    },
  ],
];

/** One key for all settings: services share the parsed declarations, which take most of the time. */
const registry = ts.createDocumentRegistry();
const key = registry.getKeyForCompilationSettings({});
registry.getKeyForCompilationSettings = () => key;

/** An editor's language service for programs in one of the two folders. */
function serviceOf(
  type: string,
  options: ts.CompilerOptions,
  files: Record<string, string>,
): ts.LanguageService {
  const read = (path: string): string | undefined => files[path] ?? ts.sys.readFile(path);
  const settings: ts.CompilerOptions = {
    ...options,
    strict: true,
    noEmit: true,
    noFallthroughCasesInSwitch: true,
    noImplicitReturns: true,
    forceConsistentCasingInFileNames: true,
  };
  const host: ts.LanguageServiceHost = {
    getCompilationSettings: () => settings,
    getScriptFileNames: () => Object.keys(files),
    getScriptVersion: () => "1",
    getScriptSnapshot: (path) => {
      const text = read(path);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
    getCurrentDirectory: () => join(folder, type),
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    fileExists: (path) => path in files || ts.sys.fileExists(path),
    readFile: read,
    directoryExists: ts.sys.directoryExists,
    realpath: ts.sys.realpath,
  };
  return ts.createLanguageService(host, registry);
}

test.each(templates)("programs compile as %s, and wrong literals do not", (_, type, options) => {
  const files = [...readdirSync(programs), "wrong.ts"].map((name) => join(folder, type, name));
  const texts = Object.fromEntries(files.map((path) => [path, readFileSync(path, "utf8")]));
  const program = serviceOf(type, options, texts).getProgram();
  if (program === undefined) throw new Error("the compiler made no program");
  // Excludes the compiler's and Pulumi's declarations: those of @pulumi/policy have mistakes.
  const own = program.getSourceFiles().filter(({ fileName }) => fileName.startsWith(folder));
  const problems = [
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...own.flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
  const isOfWrong = ({ file }: ts.Diagnostic): boolean => file?.fileName.endsWith("/wrong.ts") === true;
  const unexpected = problems.filter((problem) => !isOfWrong(problem));
  expect(unexpected.map(({ file, messageText }) => [file?.fileName, messageText])).toEqual([]);
  const refused = problems.filter(isOfWrong).map(({ file, start = 0 }) => {
    return file?.getLineAndCharacterOfPosition(start).line;
  });
  expect([...new Set(refused)]).toEqual(wrong.map((_, index) => index + 1));
  expect(own.length).toBeGreaterThan(files.length + 40);
  const paths = program.getSourceFiles().map(({ fileName }) => fileName);
  expect(paths.filter((path) => /\/node_modules\/(zod|axios)\//.test(path))).toEqual([]);
});

test("publint and arethetypeswrong report nothing", async () => {
  const { stdout } = await linted;
  expect(JSON.parse(stdout)).toEqual({ publint: [], types: [] });
});

test("the package declares only what programs can reach", () => {
  const declared = readdirSync(join(folder, "node_modules/pulumi-posthog/dist"), {
    recursive: true,
    encoding: "utf8",
  });
  const folders = declared.filter((path) => path.endsWith(".d.ts")).map((path) => path.split("/")[0]);
  expect([...new Set(folders)].sort()).toEqual(["emulator", "provider"]);
  expect(folders.length).toBeLessThan(80);
});

describe("an editor completes", () => {
  const wanted: [string, string, string][] = [
    [
      "scopes of a personal key",
      'new posthog.PersonalApiKey("k", { label: "k", scopes: ["|"] })',
      "query:read",
    ],
    [
      "scopes of a project's key",
      'new posthog.ProjectSecretApiKey("k", { projectId: 1, label: "k", scopes: ["|"] })',
      "loop:write",
    ],
    ["types of resource", 'new posthog.AccessControl("r", { projectId: 1, resource: "|" })', "product_tour"],
    [
      "types by name",
      'new posthog.ProjectAccess("a", { projectId: 1, resources: { | } })',
      "session_recording",
    ],
    ["time zones", 'new posthog.Project("p", { name: "p", timezone: "|" })', "Europe/Berlin"],
    [
      "enforcement",
      'new posthog.OrganizationDomain("d", { domain: "d", enforcement: "|" })',
      "google-oauth2",
    ],
    ["enforcement of sign-on", 'new posthog.OrgSsoSettings("d", { domain: "d", enforcement: "|" })', "oidc"],
    ["a member's arguments", 'new posthog.ProjectMember("m", { projectId: 1, | })', "role"],
    [
      "sources of SAML",
      'new posthog.IdentityProvider("i", { name: "i", domains: [], saml: { | } })',
      "metadataXml",
    ],
  ];
  const file = join(folder, "module", "editor.ts");
  const lines = ['import * as posthog from "pulumi-posthog";', ...wanted.map(([, line]) => line)];
  const text = lines.join("\n").replaceAll("|", "");
  const service = serviceOf("module", { module: ModuleKind.NodeNext }, { [file]: text });

  test.each(wanted)("%s", (_, line, expected) => {
    const position = text.indexOf(line.replace("|", "")) + line.indexOf("|");
    const found = service.getCompletionsAtPosition(file, position, {});
    expect(found?.entries.map(({ name }) => name)).toContain(expected);
  });
});
