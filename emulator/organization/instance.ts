import { SOCIAL_PROVIDERS } from "../server/backend";
import { type Call, ok, type Reply, type RouteFamily } from "../server/routing";

/** What anyone can read about a server (PostHog: `preflight_check` in `posthog/views.py`). */
export const instance: RouteFamily = (routes) => {
  routes.anyone("GET", "_preflight", preflight);
};

function preflight({ backend: { cloud } }: Call): Reply {
  return ok({
    django: true,
    initiated: true,
    cloud,
    demo: false,
    realm: cloud ? "cloud" : "hosted-clickhouse",
    region: cloud ? "US" : null,
    // Cloud has all of them. A self-hosted server needs an application and its secret for each.
    available_social_auth_providers: Object.fromEntries(
      SOCIAL_PROVIDERS.map((provider) => [provider, cloud]),
    ),
  });
}
