import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import * as posthog from "pulumi-posthog";

const config = new pulumi.Config();
// Google has no API for SAML applications. The first run has no file and prints what to type into the console.
const file = config.get("metadataFile");

const signOn = new posthog.OrgSsoSettings("acme", {
  domain: config.require("domain"),
  ...(file === undefined
    ? {}
    : { saml: { metadataXml: readFileSync(file, "utf8") }, jitProvisioning: true, enforcement: "saml" }),
});

export const forTheConsole = { entityId: signOn.spEntityId, acsUrl: signOn.spAcsUrl };
export const startUrl = signOn.relayState; // The console's "Start URL", set after the second run.
export const record = { name: signOn.challengeRecordName, value: signOn.challengeRecordValue };
export const enforced = signOn.enforceSso;
export const certificateEnds = signOn.certificateExpiresAt;
