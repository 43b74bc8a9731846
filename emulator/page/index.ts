import { createHash } from "node:crypto";
import type { Hono } from "hono";
import type { Backend } from "../server/backend";
import type { Controls } from "../server/control";
import type { ServerEnv } from "../server/server";
import type { Organization } from "../store/entities";
import { facts } from "./facts";
import { activitySection, requestsSection } from "./history";
import { html, Markup } from "./html";
import { keysSection } from "./keys";
import { count } from "./parts";
import { accessSection, invitesSection, rolesSection } from "./people";
import { signOnSection } from "./signOn";
import { SCRIPT, STYLE } from "./style";

const ICON = encodeURIComponent(
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path fill="#c2410c" d="M2 14V2l12 12z"/></svg>',
);
const POLICY = [
  "default-src 'none'",
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash("sha256").update(SCRIPT).digest("base64")}'`,
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Serves the page for people at `/`, and its changing part at `/_emulator/page`. */
export function servePage(app: Hono<ServerEnv>, backend: Backend, controls: Controls): void {
  app.get("/", (context) => {
    context.header("Content-Security-Policy", POLICY);
    return context.html(page(backend, controls, context.req.query("organization")).text);
  });
  app.get("/_emulator/page", (context) => {
    context.header("Cache-Control", "no-store");
    return context.html(contents(backend, controls, context.req.query("organization")).text);
  });
}

function chosen({ store }: Backend, id: string | undefined): Organization | undefined {
  return store.organizations.get(id) ?? store.organizations.all()[0];
}

function page(backend: Backend, controls: Controls, id: string | undefined): Markup {
  const organization = chosen(backend, id);
  const name = organization?.name ?? "No organization";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name} · embedded PostHog</title>
<link rel="icon" href="data:image/svg+xml,${new Markup(ICON)}">
<noscript><meta http-equiv="refresh" content="5"></noscript>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<h1>${name}</h1>
<span class="stand-in">embedded PostHog</span>
<span>${backend.siteUrl}</span>
<span>generation <b>${backend.generation}</b>, ${backend.cloud ? "Cloud" : "self-hosted"}</span>
${organization === undefined ? null : organizationMenu(backend, organization)}
</header>
<main>${contents(backend, controls, id)}</main>
<script>${new Markup(SCRIPT)}</script>
</body>
</html>
`;
}

function organizationMenu({ store }: Backend, current: Organization): Markup | null {
  const organizations = store.organizations.all();
  if (organizations.length < 2) {
    return null;
  }
  const links = organizations.map(({ id, name }) =>
    id === current.id
      ? html`<a aria-current="page" href="/?organization=${id}">${name}</a>`
      : html`<a href="/?organization=${id}">${name}</a>`,
  );
  return html`<nav>${count(organizations.length, "organization", "organizations")}: ${links}</nav>`;
}

function contents(backend: Backend, controls: Controls, id: string | undefined): Markup {
  const organization = chosen(backend, id);
  if (organization === undefined) {
    return requestsSection(controls);
  }
  return html`${[
    facts(organization),
    accessSection(backend, organization),
    rolesSection(backend, organization),
    invitesSection(backend, organization),
    keysSection(backend, organization),
    signOnSection(backend, organization),
    activitySection(backend, organization),
    requestsSection(controls),
  ]}`;
}
