using Keyholder.Storage;

namespace Keyholder.Maintenance;

/// <summary>Which sweeps there are, in the order they run. Pure.</summary>
public static class SweepPlan
{
    /// <summary>
    /// The sweeps of the options. Requests come before sessions and sessions before clients and credentials, because what is gone holds nothing back any more.
    /// A duration that is not positive turns its rule or sweep off: it deletes nothing.
    /// </summary>
    public static IReadOnlyList<Sweep> Of(MaintenanceOptions options)
    {
        Sweep[] sweeps =
        [
            new("authorization_requests", options.AuthorizationRequestInterval, [new(SweepTarget.AuthorizationRequests, options.AuthorizationRequestRetention)]),
            new("connection_flows", options.AuthorizationRequestInterval, [new(SweepTarget.ConnectionFlows, options.AuthorizationRequestRetention)]),
            new("device_authorizations", options.AuthorizationRequestInterval, [new(SweepTarget.DeviceAuthorizations, options.AuthorizationRequestRetention)]),
            new("browser_sessions", options.BrowserSessionInterval, [new(SweepTarget.BrowserSessions, options.BrowserSessionRetention)]),
            new(
                "sessions",
                options.SessionInterval,
                [
                    new(SweepTarget.UnredeemedSessions, options.UnredeemedSessionRetention),
                    new(SweepTarget.ExpiredSessions, options.ExpiredSessionRetention),
                    new(SweepTarget.RevokedSessions, options.RevokedSessionRetention),
                ]),
            new(
                "clients",
                options.ClientInterval,
                [
                    new(SweepTarget.UnusedClients, options.UnusedClientRetention),
                    new(SweepTarget.ExpiredClients, options.ExpiredClientRetention),
                    new(SweepTarget.ClientSnapshots, options.UnusedClientRetention),
                ]),
            new(
                "credentials",
                options.CredentialInterval,
                [
                    new(SweepTarget.OrphanedCredentials, options.OrphanedCredentialRetention),
                    new(SweepTarget.SessionCredentials, options.SessionCredentialRetention),
                    new(SweepTarget.UpstreamRevocations, options.UpstreamRevocationRetention),
                ]),
            new("revocations", options.RevocationInterval, [new(SweepTarget.Revocations, options.RevocationRetention)]),
            new("signing_keys", options.SigningKeyInterval, [new(SweepTarget.SupersededSigningKeys, options.SigningKeyRetention)]),
            new("audit_events", options.AuditInterval, options.AuditRetention is { } retention ? [new(SweepTarget.AuditEvents, retention)] : []),
        ];
        return
        [
            .. sweeps
                .Select(sweep => sweep with { Rules = [.. sweep.Rules.Where(rule => rule.Retention > TimeSpan.Zero)] })
                .Where(sweep => sweep.Interval > TimeSpan.Zero && sweep.Rules.Count > 0),
        ];
    }
}
