import { Tenant, type TenantArgs } from "./tenant";

// Every tenant has an entry in `posthog:accounts` with its own host, key and organization.
const people: Record<string, TenantArgs> = {
  acme: { analysts: ["ana@acme.example"], engineers: ["eli@acme.example"] },
  globex: { analysts: ["gus@globex.example"], engineers: ["gia@globex.example"] },
};

const tenants = Object.entries(people).map(([name, args]) => [name, new Tenant(name, args)] as const);

export const projects = Object.fromEntries(tenants.map(([name, { url }]) => [name, url]));
export const flagsKeys = Object.fromEntries(tenants.map(([name, { flagsKey }]) => [name, flagsKey]));
