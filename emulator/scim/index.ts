import type { Call, Reply, RouteFamily } from "../server/routing";
import { createGroup, deleteGroup, listGroups, patchGroup, replaceGroup, retrieveGroup } from "./groups";
import { SCIM_JSON, type ScimCall, scimHandler } from "./protocol";
import { createUser, deleteUser, listUsers, patchUser, replaceUser, retrieveUser } from "./users";

/** What identity providers write through SCIM: people, and groups, which become roles (PostHog: SCIM API). */
export const provisioning: RouteFamily = (routes) => {
  const rule = { keys: "unread", since: "2026-07", mediaType: SCIM_JSON } as const;
  const add = (
    method: Parameters<typeof routes.anyone>[0],
    path: string,
    handle: (call: ScimCall) => Reply,
  ): void => {
    const checked: (call: Call) => Reply = scimHandler(handle);
    routes.anyone(method, `scim/v2/:tenant/${path}`, checked, rule);
  };
  add("GET", "Users", listUsers);
  add("POST", "Users", createUser);
  add("GET", "Users/:user_id", retrieveUser);
  add("PUT", "Users/:user_id", replaceUser);
  add("PATCH", "Users/:user_id", patchUser);
  add("DELETE", "Users/:user_id", deleteUser);
  add("GET", "Groups", listGroups);
  add("POST", "Groups", createGroup);
  add("GET", "Groups/:group_id", retrieveGroup);
  add("PUT", "Groups/:group_id", replaceGroup);
  add("PATCH", "Groups/:group_id", patchGroup);
  add("DELETE", "Groups/:group_id", deleteGroup);
};
