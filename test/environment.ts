// What tests see must not depend on who runs them: neither their PostHog and Pulumi, nor whether it is a terminal, where
// Jest sets FORCE_COLOR for its own workers.
for (const name of Object.keys(process.env)) if (/^(POSTHOG|PULUMI)_/.test(name)) delete process.env[name];
delete process.env.FORCE_COLOR;
process.env.NO_COLOR = "1";
