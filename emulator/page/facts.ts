import type { Organization } from "../store/entities";
import { html, type Markup } from "./html";
import { badge, count } from "./parts";

/** The organization's id, its plan, and the settings that decide who gets in. */
export function facts(organization: Organization): Markup {
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
  const said: [boolean, string][] = [
    [organization.enforce_2fa === true, "2FA required"],
    [organization.enforce_verified_domains === true, "verified domains only"],
    [organization.members_can_invite === false, "members cannot invite"],
    [organization.members_can_create_projects === true, "members can create projects"],
    [!organization.members_can_use_personal_api_keys, "members cannot use API keys"],
    [!organization.members_can_see_org_members, "members see only companions"],
    [!organization.allow_publicly_shared_resources, "no public sharing"],
  ];
  return said.filter(([holds]) => holds).map(([, text]) => text);
}
