import { type Certificate, certificateName, isCurrent, type Parsed, read, unreadable } from "./certificate";
import type { MetadataDocument } from "./metadata";

/**
 * What decides which certificate of a document PostHog gets: it stores one, and documents list several during a
 * rotation.
 */
export interface CertificateChoice {
  /** The fingerprint that the program specifies; if missing, the rules decide. */
  readonly wanted?: string;
  /** The fingerprint of the certificate in PostHog. */
  readonly held?: string;
  readonly now: Date;
}

/** Chooses the certificate that the identity provider currently signs with. */
export function chooseCertificate(
  document: MetadataDocument,
  { wanted, held, now }: CertificateChoice,
): Parsed<Certificate> {
  const { certificates } = document;
  const listed = (fingerprint: string | undefined) =>
    certificates.find((one) => one.fingerprint256 === fingerprint);
  if (wanted !== undefined) {
    const chosen = listed(wanted);
    return chosen === undefined
      ? unreadable(`saml.certificate is none of the metadata's certificates: ${names(certificates)}`)
      : read(chosen, others(certificates, chosen, "as saml.certificate says"));
  }
  const current = certificates.find((one) => isCurrent(one, now));
  if (listsBeforeUse(document.entityId)) {
    const kept = listed(held);
    if (kept !== undefined) return read(kept, others(certificates, kept, "which PostHog holds"));
    const [first] = certificates;
    return read(
      first,
      others(
        certificates,
        first,
        "the first; this identity provider lists the next one before it signs with it, so check which one is active there",
      ),
    );
  }
  const signer = document.signers.map(listed).find((one) => one !== undefined);
  if (signer !== undefined)
    return read(signer, others(certificates, signer, "which is also in the document's own signature"));
  const chosen = current ?? certificates[0];
  const why = chosen === certificates[0] ? "the first" : "the first whose dates include today";
  return read(chosen, others(certificates, chosen, why));
}

/** Whether it is Entra or ADFS, which list the next certificate before they sign with it. */
const listsBeforeUse = (entityId: string): boolean =>
  /^https:\/\/sts\.windows\.net\//i.test(entityId) || /\/adfs\/services\/trust\/?$/i.test(entityId);

function others(certificates: readonly Certificate[], chosen: Certificate, why: string): string[] {
  const rest = certificates.filter((one) => one !== chosen);
  return rest.length === 0
    ? []
    : [
        `the metadata lists ${certificates.length} signing certificates, and PostHog holds one: ${certificateName(chosen)} is used, ${why}. ` +
          `It also lists ${names(rest)}; set saml.certificate to a fingerprint to choose`,
      ];
}

const names = (certificates: readonly Certificate[]): string => certificates.map(certificateName).join(", ");
