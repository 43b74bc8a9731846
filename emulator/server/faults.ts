/** What a fault does to the request it applies to. */
export type FaultKind =
  /** Answers with `status` (default 500), `body` and `headers`; the request is not applied. */
  | "status"
  /** Cuts the connection; the request is not applied. */
  | "dropBefore"
  /** Applies the request, then cuts the connection instead of answering. */
  | "dropAfter"
  /** Waits `delayMs`, then handles the request as usual. */
  | "delay"
  /** Answers with something that is not PostHog's JSON; the request is not applied. */
  | "garbage"
  /** Applies the request, then answers with a proxy's web page. */
  | "spoilAfter"
  /** Applies the request, then cuts the answer off in the middle of its body. */
  | "truncate"
  /** Cuts the connection, and applies the request `delayMs` later. */
  | "late";

/** A fault: the requests it applies to, and what it does to them. */
export interface FaultOptions {
  readonly kind: FaultKind;
  /** HTTP method; any by default. */
  readonly method?: string;
  /** Path prefix (as requested, without the query) or a pattern; any by default. */
  readonly path?: string | RegExp;
  /** Status of the answer; by default 500 for `status`, 200 for `garbage`. */
  readonly status?: number;
  /** Body of the answer: a string is sent unchanged, anything else as JSON. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly delayMs?: number;
  /** How many requests it applies to; default 1. */
  readonly times?: number;
  /** How many matching requests it skips first; default 0. */
  readonly skip?: number;
  /** Whether the server is down afterwards: it cuts every later request before it is applied. */
  readonly thenDown?: boolean;
}

interface Fault {
  readonly options: FaultOptions;
  skip: number;
  times: number;
}

/** The pending faults. The first one that matches a request applies to it. */
export class Faults {
  private waiting: Fault[] = [];

  /** Adds a fault and returns a function that removes it. */
  add(options: FaultOptions): () => void {
    const fault = { options, skip: options.skip ?? 0, times: options.times ?? 1 };
    this.waiting.push(fault);
    return () => {
      this.waiting = this.waiting.filter((other) => other !== fault);
    };
  }

  clear(): void {
    this.waiting = [];
  }

  get pending(): number {
    return this.waiting.length;
  }

  /** The fault that applies to this request; counts it as used. */
  meet(method: string, path: string): FaultOptions | undefined {
    for (const fault of this.waiting) {
      if (!fits(fault.options, method, path)) {
        continue;
      }
      if (fault.skip > 0) {
        fault.skip -= 1;
        continue;
      }
      fault.times -= 1;
      if (fault.times <= 0) {
        this.waiting = this.waiting.filter((other) => other !== fault);
      }
      if (fault.options.thenDown) {
        const down = { kind: "dropBefore", times: Number.POSITIVE_INFINITY } as const;
        this.waiting.unshift({ options: down, skip: 0, times: down.times });
      }
      return fault.options;
    }
    return undefined;
  }
}

function fits({ method, path }: FaultOptions, requestMethod: string, requestPath: string): boolean {
  if (method !== undefined && method.toUpperCase() !== requestMethod) {
    return false;
  }
  if (path instanceof RegExp) {
    return new RegExp(path.source, path.flags.replace(/[gy]/g, "")).test(requestPath);
  }
  return path === undefined || requestPath.startsWith(path);
}
