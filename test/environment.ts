// Tests must not depend on who runs them: neither on their PostHog and Pulumi settings, nor on whether they have a
// terminal, where Jest sets FORCE_COLOR for its workers.
for (const name of Object.keys(process.env)) if (/^(POSTHOG|PULUMI)_/.test(name)) delete process.env[name];
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = "1";
