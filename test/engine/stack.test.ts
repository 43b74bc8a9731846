import { existsSync } from "node:fs";
import { descendants, listProcesses } from "../../tools/processes";
import { PulumiStack, Secret } from "../../tools/stack";
import { changesOf } from "./harness";

/** A resource without PostHog: its outputs are its inputs. */
const STOCK_PROGRAM = `
const pulumi = require("@pulumi/pulumi");
const provider = 'exports.handler = () => ({' +
  'check: async (olds, news) => news.size === "huge" ? { failures: [{ property: "size", reason: "too big" }] } : { inputs: news },' +
  'diff: async (id, olds, news) => ({ changes: olds.size !== news.size }),' +
  'create: async (inputs) => { if (inputs.size === "slow") await new Promise((done) => setTimeout(done, 60000)); return { id: "1", outs: inputs }; },' +
  'update: async (id, olds, news) => ({ outs: news }),' +
  '})';
class Box extends pulumi.CustomResource {
  constructor(name, args) { super("pulumi-nodejs:dynamic/stock:Box", name, { ...args, __provider: provider }); }
}
const config = new pulumi.Config("box");
new Box("box", { size: config.require("size") });
exports.size = config.get("size");
exports.owner = config.getSecret("owner");
exports.people = { owner: config.getSecret("owner") };
`;

async function withBox(
  config: Record<string, string | Secret>,
  body: (stack: PulumiStack) => Promise<void>,
): Promise<void> {
  const stack = await PulumiStack.create({ program: { source: STOCK_PROGRAM }, config });
  try {
    await body(stack);
  } finally {
    await stack.close();
  }
}

test("a stack is previewed, created, changed, refreshed and destroyed by the real engine", () =>
  withBox({ "box:size": "small", "box:owner": new Secret("Ada") }, async (stack) => {
    expect(changesOf(await stack.preview())).toEqual(["create box"]);
    expect((await stack.up()).changes).toEqual({ create: 2 });
    expect(await stack.outputs()).toEqual({
      size: "small",
      owner: "[secret]",
      people: { owner: "[secret]" },
    });
    expect(await stack.outputs({ showSecrets: true })).toEqual({
      size: "small",
      owner: "Ada",
      people: { owner: "Ada" },
    });
    expect(changesOf(await stack.preview({ flags: ["--expect-no-changes"] }))).toEqual([]);

    await stack.setConfig({ "box:size": "large" });
    expect(changesOf(await stack.up())).toEqual(["update box: size"]);
    expect((await stack.refresh()).steps.map(({ op }) => op)).toContain("refresh");
    expect(changesOf(await stack.destroy())).toEqual(["delete box"]);
  }));

test("the state can be exported, changed and imported", () =>
  withBox({ "box:size": "small" }, async (stack) => {
    await stack.up();
    const state = await stack.exportState();
    const [box] = (state.deployment.resources ?? []).filter(({ type }) => type.endsWith(":Box"));
    expect(box).toMatchObject({ id: "1", outputs: { size: "small" } });
    Object.assign(box ?? {}, { inputs: { ...Object(box?.inputs), size: "tampered" } });
    Object.assign(box ?? {}, { outputs: box?.inputs });
    await stack.importState(state);
    expect(changesOf(await stack.preview())).toEqual(["update box: size"]);
  }));

test("a failing command throws the engine's output, unless a failure is expected", () =>
  withBox({ "box:size": "huge" }, async (stack) => {
    await expect(stack.preview()).rejects.toThrow(/pulumi preview failed:[\s\S]*too big/);
    const result = await stack.preview({ fails: true });
    expect(result.code).not.toBe(0);
    expect(result.diagnostics.map(({ message }) => message).join("\n")).toContain("too big");

    await stack.setConfig({ "box:size": "small" });
    await expect(stack.preview({ fails: true })).rejects.toThrow("pulumi preview was expected to fail");
  }));

test("closing a stack in the middle of a run leaves no process and no folder", () =>
  withBox({ "box:size": "slow" }, async (stack) => {
    let root = 0;
    const running = expect(stack.up({ onStart: (pid) => (root = pid) })).rejects.toThrow(
      "pulumi up was stopped",
    );
    const providerRuns = async (): Promise<number[]> => {
      const family = descendants(await listProcesses(), root);
      return family.some(({ command }) => command.includes("dynamic-provider"))
        ? family.map(({ pid }) => pid)
        : [];
    };
    let family: number[] = [];
    while (family.length === 0) family = await providerRuns();

    await stack.close();
    await running;
    const alive = (await listProcesses()).map(({ pid }) => pid);
    expect(family.filter((pid) => alive.includes(pid))).toEqual([]);
    expect(existsSync(stack.folder)).toBe(false);
  }));

test("two stacks see neither each other nor the settings of the person who runs them", async () => {
  process.env.PULUMI_STACK = "someone-elses";
  try {
    await Promise.all(
      ["small", "large"].map((size) =>
        withBox({ "box:size": size }, async (stack) => {
          await stack.up();
          expect(await stack.outputs()).toMatchObject({ size });
        }),
      ),
    );
  } finally {
    delete process.env.PULUMI_STACK;
  }
});
