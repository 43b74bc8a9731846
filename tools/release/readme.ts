import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { repositoryRoot } from "../repository";
import { readManifest, repositoryAddress } from "./manifest";

/** The repository host's path segments for a file as a page and as raw text. */
const PAGE = "blob";
const RAW = "raw";

const PICTURE = /\.(?:png|svg|jpg|gif)$/;
const MARKDOWN_LINK = /(\]\()([^)\s]+)(\))/g;
const HTML_LINK = /((?:src|srcset|href)=")([^"]+)(")/g;

/**
 * A README whose links and pictures work without the repository's files, as on npm's page of the package.
 *
 * @param address the repository's web address.
 * @param version the version whose files the links lead to.
 */
export function withAbsoluteLinks(readme: string, address: string, version: string): string {
  const absolute = (_: string, before: string, link: string, after: string): string => {
    if (/^(?:#|[a-z]+:)/i.test(link)) return before + link + after;
    const kind = PICTURE.test(link) ? RAW : PAGE;
    return `${before}${address}/${kind}/v${version}/${link.replace(/^\.\//, "")}${after}`;
  };
  return readme.replace(MARKDOWN_LINK, absolute).replace(HTML_LINK, absolute);
}

/** npm runs `npm pack` between the two. If a run stops in between, the next one repairs it. */
function main(stage: string | undefined): void {
  const root = repositoryRoot();
  const [readme, kept] = [join(root, "README.md"), join(root, "node_modules", ".README.md")];
  if (existsSync(kept)) renameSync(kept, readme);
  const manifest = readManifest(root);
  const address = repositoryAddress(manifest);
  if (stage !== "packing" || address === undefined) return;
  const text = readFileSync(readme, "utf8");
  writeFileSync(kept, text);
  writeFileSync(readme, withAbsoluteLinks(text, address, manifest.version));
}

if (require.main === module) main(process.argv[2]);
