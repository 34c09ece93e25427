using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>Opens connections with the settings every Keyholder connection has.</summary>
internal static class PostgresConnections
{
    // Settings below are made once per connection and kept: nothing else changes a connection's state.
    // Commits are durable when they are acknowledged (a stricter setting of the operator stays); a node that hangs inside a transaction
    // holds no lock for long; and one locked row holds up a group commit for a moment only.
    private const string Settings = """
        SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
        SET idle_in_transaction_session_timeout = '10s';
        SET lock_timeout = '5s';
        """;

    /// <summary>The pool everything but the listener uses.</summary>
    public static NpgsqlDataSource CreatePool(PostgresStorageOptions options) => Create(options, builder =>
    {
        builder.MaxAutoPrepare = 200;
        builder.AutoPrepareMinUsages = 2;
        builder.NoResetOnClose = true;
    });

    /// <summary>Connections that are not shared and notice when they are dead.</summary>
    public static NpgsqlDataSource CreateForListening(PostgresStorageOptions options) => Create(options, builder =>
    {
        builder.Pooling = false;
        builder.KeepAlive = 10;
    });

    private static NpgsqlDataSource Create(PostgresStorageOptions options, Action<NpgsqlConnectionStringBuilder> configure)
    {
        var source = new NpgsqlSlimDataSourceBuilder(options.ConnectionString);
        source.EnableTransportSecurity();
        var settings = source.ConnectionStringBuilder;
        settings.ApplicationName ??= "keyholder";
        settings.IncludeErrorDetail = false;
        settings.PersistSecurityInfo = false;
        settings.Enlist = false;
        configure(settings);
        source.UsePhysicalConnectionInitializer(Initialize, InitializeAsync);
        return source.Build();
    }

    private static void Initialize(NpgsqlConnection connection)
    {
        using var command = new NpgsqlCommand(Settings, connection);
        command.ExecuteNonQuery();
    }

    private static async Task InitializeAsync(NpgsqlConnection connection)
    {
        await using var command = new NpgsqlCommand(Settings, connection);
        await command.ExecuteNonQueryAsync();
    }
}
