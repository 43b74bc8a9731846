import * as z from "zod";
import { type Manifest, repositoryAddress } from "../release/manifest";

const schemaShape = z.looseObject({
  language: z.looseObject({ go: z.looseObject({}) }),
});

/**
 * The package schema of a release: with the repository's addresses, from which the engine downloads the plugin. If
 * `package.json` has no repository, the schema has no addresses.
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

/** The address of a version's archives. The engine fills in the version. */
export function downloadAddress(address: string): string {
  const { host, pathname } = new URL(address);
  return host === "github.com"
    ? `github://api.github.com${pathname}`
    : `${address}/releases/download/v${["$", "{VERSION}"].join("")}`;
}
