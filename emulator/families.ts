import type { RouteFamily } from "./core/routing";
import { organizations } from "./routes/organizations";

/** Every family of endpoints that the embedded PostHog serves. */
export const FAMILIES: readonly RouteFamily[] = [organizations];
