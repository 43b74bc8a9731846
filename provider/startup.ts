import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import type * as runtime from "./runtime";

/** How long after loading the compiled code is stored: by then the first calls have compiled what they use. */
const KEEP_AFTER_MS = 300;

/**
 * Makes Node 22 and newer store the compiled code of this process for the next one, in a folder that belongs to the
 * user. Anyone who can write there decides what runs here, so it is not the temporary folder that is Node's default.
 * The engine ends this process without a warning, so the code is stored while the process runs.
 */
function keepCompiledCode(): void {
  // Node 20 has neither.
  const { enableCompileCache, flushCompileCache }: typeof nodeModule & Partial<CompileCache> = nodeModule;
  if (enableCompileCache === undefined || flushCompileCache === undefined) return;
  try {
    const caches = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
    enableCompileCache(join(caches, "pulumi-posthog", "compiled"));
  } catch {
    // The user has no home folder: every process compiles its own code.
    return;
  }
  setTimeout(flushCompileCache, KEEP_AFTER_MS).unref();
}

interface CompileCache {
  enableCompileCache(directory: string): unknown;
  flushCompileCache(): void;
}

keepCompiledCode();

// Not a source file: the build creates it here from `runtime.ts` and the libraries that every process needs.
const bundle: typeof runtime = nodeModule.createRequire(__filename)("./runtime.bundle.js");

export const { DynamicProvider, provider } = bundle;
