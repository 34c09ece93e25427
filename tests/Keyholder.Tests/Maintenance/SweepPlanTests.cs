using Keyholder.Maintenance;
using Keyholder.Server.Configuration;
using Keyholder.Storage;

namespace Keyholder.Tests.Maintenance;

public sealed class SweepPlanTests
{
    [Fact]
    public void Requests_come_before_sessions_and_sessions_before_clients_and_credentials()
    {
        var names = SweepPlan.Of(new()).Select(sweep => sweep.Name).ToList();

        names.ShouldBe(["authorization_requests", "connection_flows", "device_authorizations", "browser_sessions", "sessions", "clients", "credentials", "revocations", "signing_keys"]);
    }

    [Fact]
    public void By_default_reuse_and_orphans_are_kept_30_days_and_unused_clients_an_hour()
    {
        var retentions = SweepPlan.Of(new()).SelectMany(sweep => sweep.Rules).ToDictionary(rule => rule.Target, rule => rule.Retention);

        retentions[SweepTarget.RevokedSessions].ShouldBe(TimeSpan.FromDays(30));
        retentions[SweepTarget.OrphanedCredentials].ShouldBe(TimeSpan.FromDays(30));
        retentions[SweepTarget.UnusedClients].ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public void Audit_events_are_kept_for_ever_unless_a_retention_is_configured()
    {
        Targets(new()).ShouldNotContain(SweepTarget.AuditEvents);
        Targets(new() { AuditRetention = TimeSpan.FromDays(365) }).ShouldContain(SweepTarget.AuditEvents);
    }

    [Fact]
    public void With_an_audit_retention_there_is_a_sweep_for_every_target() =>
        Targets(new() { AuditRetention = TimeSpan.FromDays(1) }).ShouldBe(Enum.GetValues<SweepTarget>(), ignoreOrder: true);

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_duration_that_is_not_positive_turns_off_its_rule_or_sweep_and_no_other(int seconds)
    {
        var duration = TimeSpan.FromSeconds(seconds);

        Targets(new() { RevokedSessionRetention = duration }).ShouldBe(Targets(new()).Except([SweepTarget.RevokedSessions]));
        Targets(new() { SessionInterval = duration }).ShouldBe(
            Targets(new()).Except([SweepTarget.UnredeemedSessions, SweepTarget.ExpiredSessions, SweepTarget.RevokedSessions]));
        Targets(new() { BrowserSessionRetention = duration }).ShouldBe(Targets(new()).Except([SweepTarget.BrowserSessions]));
        Targets(new() { AuditRetention = duration }).ShouldBe(Targets(new()));
    }

    [Fact]
    public void The_configuration_refuses_every_duration_that_is_not_positive()
    {
        var keys = ConfigurationKeys.Of(typeof(MaintenanceOptions))
            .Where(key => (Nullable.GetUnderlyingType(key.Value.PropertyType) ?? key.Value.PropertyType) == typeof(TimeSpan))
            .Select(key => key.Key)
            .ToList();

        keys.Count.ShouldBeGreaterThan(15);
        foreach (var key in keys)
        {
            var json = $$"""{ "maintenance": { "{{key}}": "0s" } }""";
            ConfigurationLoader.Parse(json, new Dictionary<string, string>()).Problems.ShouldHaveSingleItem().ToString().ShouldStartWith($"maintenance.{key}: must be ");
        }
    }

    [Fact]
    public void A_signing_key_is_never_swept_while_a_token_of_its_can_live()
    {
        var result = ConfigurationLoader.Parse("""{ "maintenance": { "signingKeyRetention": "119m" } }""", new Dictionary<string, string>());

        result.Problems.ShouldHaveSingleItem().ToString().ShouldStartWith("maintenance.signingKeyRetention: must be from 2h");
        TimeSpan.FromHours(2).ShouldBeGreaterThan(Keyholder.Tokens.AccessTokenOptions.MaxLifetime);
    }

    private static List<SweepTarget> Targets(MaintenanceOptions options) => [.. SweepPlan.Of(options).SelectMany(sweep => sweep.Rules).Select(rule => rule.Target)];
}
