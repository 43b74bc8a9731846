import { join } from "node:path";
import { engineEnvironment, ensureEngine } from "../../tools/engine";
import { run } from "../../tools/processes";
import { schemaPath } from "../../tools/schema/document";
import { root } from "../support/sources";

test("Pulumi accepts the package schema without a warning", async () => {
  const engine = await ensureEngine();
  const env = { ...engineEnvironment(engine, process.env), PULUMI_SKIP_UPDATE_CHECK: "true" };
  const { code, text } = await run(join(engine.bin, "pulumi"), ["schema", "check", schemaPath], {
    cwd: root,
    env,
  });
  expect({ code, text: text.trim() }).toEqual({ code: 0, text: "" });
});
