import * as nodeModule from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import type * as runtime from "./runtime";

/** How long after loading the compiled code is kept: by then the first calls have compiled what they use. */
const KEEP_AFTER_MS = 300;

/**
 * Lets Node 22 and newer keep the compiled code of this process for the next one, in a folder of the user's own: anyone who
 * can write there decides what runs here, so it is not the folder for temporary files that Node takes by itself.
 * The engine ends this process without a warning, so the code is kept while it runs.
 */
function keepCompiledCode(): void {
  // Node 20 has neither.
  const { enableCompileCache, flushCompileCache }: typeof nodeModule & Partial<CompileCache> = nodeModule;
  if (enableCompileCache === undefined || flushCompileCache === undefined) return;
  try {
    const caches = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
    enableCompileCache(join(caches, "pulumi-posthog", "compiled"));
  } catch {
    // A user without a home: every process compiles its own.
    return;
  }
  setTimeout(flushCompileCache, KEEP_AFTER_MS).unref();
}

interface CompileCache {
  enableCompileCache(directory: string): unknown;
  flushCompileCache(): void;
}

keepCompiledCode();

// No source: the build makes it of `runtime.ts` and the libraries that every process needs, and puts it here.
const bundle: typeof runtime = nodeModule.createRequire(__filename)("./runtime.bundle.js");

export const { DynamicProvider, provider } = bundle;
