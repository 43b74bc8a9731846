import { createHash } from "node:crypto";
import type { Hono } from "hono";
import type { Backend } from "../server/backend";
import type { ServerEnv } from "../server/server";
import type { Organization } from "../store/entities";
import { accessSection } from "./access";
import { activitySection, requestsSection } from "./history";
import { keysSection } from "./keys";
import { badge, count, type Extent, html, Markup, PAPER, SCREEN } from "./parts";
import { invitesSection, rolesSection } from "./people";
import { signOnSection } from "./sso";
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

/** Serves the page at `/`, and its changing part at `/_emulator/page`; `?print` gives the version for paper. */
export function servePage(app: Hono<ServerEnv>, backend: Backend): void {
  app.get("/", (context) => {
    context.header("Content-Security-Policy", POLICY);
    return context.html(page(backend, context.req.query("organization")).text);
  });
  app.get("/_emulator/page", (context) => {
    context.header("Cache-Control", "no-store");
    const extent = context.req.query("print") === undefined ? SCREEN : PAPER;
    return context.html(contents(backend, context.req.query("organization"), extent).text);
  });
}

function chosen({ store }: Backend, id: string | undefined): Organization | undefined {
  return store.organizations.get(id) ?? store.organizations.all()[0];
}

function page(backend: Backend, id: string | undefined): Markup {
  const organization = chosen(backend, id);
  const name = organization?.name ?? "No organization";
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name} · PostHog emulator</title>
<link rel="icon" href="data:image/svg+xml,${new Markup(ICON)}">
<noscript><meta http-equiv="refresh" content="5"></noscript>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<h1>${name}</h1>
<span class="stand-in">PostHog emulator</span>
<span>${backend.siteUrl}</span>
<span>generation <b>${backend.generation}</b>, ${backend.cloud ? "Cloud" : "self-hosted"}</span>
${organization === undefined ? null : organizationMenu(backend, organization)}
</header>
<main>${contents(backend, id, SCREEN)}</main>
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

function contents(backend: Backend, id: string | undefined, extent: Extent): Markup {
  const organization = chosen(backend, id);
  if (organization === undefined) {
    return requestsSection(backend);
  }
  return html`${[
    facts(organization),
    accessSection(backend, organization, extent),
    rolesSection(backend, organization, extent),
    invitesSection(backend, organization, extent),
    keysSection(backend, organization, extent),
    signOnSection(backend, organization, extent),
    activitySection(backend, organization),
    requestsSection(backend),
  ]}`;
}

/** The organization's id, its plan, and its settings on who can join. */
function facts(organization: Organization): Markup {
  const { available_product_features: features } = organization;
  return html`<p class="facts"><code>${organization.id}</code> ${[
    badge(
      features.length === 0 ? "no paid features" : count(features.length, "plan feature", "plan features"),
    ),
    ...restrictions(organization).map((text) => badge(text, "strong")),
    organization.is_pending_deletion ? badge("being deleted", "bad") : null,
  ]}</p>`;
}

function restrictions(organization: Organization): string[] {
  const phrases: [boolean, string][] = [
    [organization.enforce_2fa === true, "2FA required"],
    [organization.enforce_verified_domains === true, "verified domains only"],
    [organization.members_can_invite === false, "members cannot invite"],
    [organization.members_can_create_projects === true, "members can create projects"],
    [!organization.members_can_use_personal_api_keys, "members cannot use API keys"],
    [!organization.members_can_see_org_members, "members see only people in their projects"],
    [!organization.allow_publicly_shared_resources, "no public sharing"],
  ];
  return phrases.filter(([holds]) => holds).map(([, text]) => text);
}
