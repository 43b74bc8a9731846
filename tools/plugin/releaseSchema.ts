import * as z from "zod";
import { type Manifest, repositoryAddress } from "../release/manifest";

const schemaShape = z.looseObject({
  language: z.looseObject({ go: z.looseObject({}) }),
});

/**
 * The package schema as a release has it: with the addresses of the repository, from which the engine downloads the plugin.
 * Without a repository in `package.json` there are none.
 */
export function releaseSchema(text: string, manifest: Manifest): string {
  const address = repositoryAddress(manifest);
  if (address === undefined) return text;
  const schema = schemaShape.parse(JSON.parse(text));
  const { go } = schema.language;
  const { host, pathname } = new URL(address);
  return JSON.stringify({
    ...schema,
    repository: address,
    ...(manifest.homepage === undefined ? {} : { homepage: manifest.homepage }),
    pluginDownloadURL: downloadAddress(address),
    language: { ...schema.language, go: { ...go, importBasePath: `${host}${pathname}/sdk/go/posthog` } },
  });
}

/** Where the engine finds the archives of a version; it fills in the version itself. */
export function downloadAddress(address: string): string {
  const { host, pathname } = new URL(address);
  return host === "github.com"
    ? `github://api.github.com${pathname}`
    : `${address}/releases/download/v${["$", "{VERSION}"].join("")}`;
}
