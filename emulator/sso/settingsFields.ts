import { hasFeature } from "../server/effectiveAccess";
import { invalid } from "../server/errors";
import { boolean, checked, type Field, list, refuse, text } from "../server/fields";
import type { Organization } from "../store/entities";
import { reasonAgainstFetching } from "./urlRules";

/** The body fields of SAML, SCIM and XAA in configurations, and in domains of earlier servers. */
export function settingsFields() {
  const samlText = () => text({ max: 512, blank: true }).nullable().optional();
  return {
    saml_entity_id: samlText(),
    saml_acs_url: samlText(),
    saml_x509_cert: text({ blank: true }).nullable().optional(),
    scim_enabled: boolean().optional(),
    id_jag_issuer_url: fetchableUrl().nullable().optional(),
    id_jag_jwks_url: fetchableUrl().nullable().optional(),
    id_jag_allowed_clients: list(text({ max: 256 })).optional(),
  };
}

function fetchableUrl(): Field<string | null> {
  const trimmed: Field<string | null> = text({ max: 512, blank: true }).transform(
    (url) => url.replace(/\/+$/, "") || null,
  );
  return checked(trimmed, (url) => {
    const reason = url === null ? undefined : reasonAgainstFetching(url);
    if (reason !== undefined) {
      refuse("invalid", `URL is not allowed: ${reason}`);
    }
  });
}

/** Rejects settings that the plan lacks: any value of `scim_enabled`, even `false`, and an XAA issuer. */
export function checkSettingsPlan(
  organization: Organization,
  body: { readonly scim_enabled?: boolean; readonly id_jag_issuer_url?: string | null },
): void {
  const code = "feature_not_available";
  if (body.scim_enabled !== undefined && !hasFeature(organization, "scim")) {
    const detail = "SCIM provisioning is not available for this organization.";
    throw invalid(detail, { attr: "scim_enabled", code });
  }
  if (body.id_jag_issuer_url && !hasFeature(organization, "xaa_authentication")) {
    const detail = "XAA (ID-JAG) is not available for this organization.";
    throw invalid(detail, { attr: "id_jag_issuer_url", code });
  }
}
