// Prints what publint and arethetypeswrong report about a packed package, without a network. Jest cannot load them,
// because they are ES modules.
import { readFileSync } from "node:fs";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const tarball = readFileSync(process.argv[2]);
const { messages, pkg } = await publint({ pack: { tarball: new Uint8Array(tarball).buffer } });
const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
console.log(
  JSON.stringify({
    publint: messages.map((message) => formatMessage(message, pkg, { color: false })),
    types: analysis.problems,
  }),
);
