using Npgsql;

namespace Keyholder.Storage.Postgres;

/// <summary>Opens connections with the settings every Keyholder connection has.</summary>
internal static class PostgresConnections
{
    // Settings below are made once per connection and kept: nothing else changes a connection's state.
    // Commits are durable when they are acknowledged (a stricter setting of the operator stays); a node that hangs inside a transaction
    // holds no lock for long; and one locked row holds up a group commit for a moment only. No statement runs so long that compiling it would pay.
    private const string Settings = """
        SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';
        SET idle_in_transaction_session_timeout = '10s';
        SET lock_timeout = '5s';
        SET jit = off;
        """;

    // One plan, made once, for every batch: go through the changes in their order and find each row by its primary key. With the usual settings the
    // order in which a join locks rows would depend on how many there are.
    private const string BulkSettings = Settings + """

        SET plan_cache_mode = force_generic_plan;
        SET enable_hashjoin = off;
        SET enable_mergejoin = off;
        SET enable_seqscan = off;
        SET enable_bitmapscan = off;
        """;

    /// <summary>The pool everything but the listener and the write queues uses.</summary>
    public static NpgsqlDataSource CreatePool(PostgresStorageOptions options) => Create(options, Settings, Share);

    /// <summary>The pool of the write queues.</summary>
    public static NpgsqlDataSource CreateBulkPool(PostgresStorageOptions options) => Create(options, BulkSettings, Share);

    /// <summary>Connections that are not shared and notice when they are dead.</summary>
    public static NpgsqlDataSource CreateForListening(PostgresStorageOptions options) => Create(options, Settings, builder =>
    {
        builder.Pooling = false;
        builder.KeepAlive = 10;
    });

    private static void Share(NpgsqlConnectionStringBuilder builder)
    {
        builder.MaxAutoPrepare = 200;
        builder.AutoPrepareMinUsages = 2;
        builder.NoResetOnClose = true;
    }

    private static NpgsqlDataSource Create(PostgresStorageOptions options, string sessionSettings, Action<NpgsqlConnectionStringBuilder> configure)
    {
        var source = new NpgsqlSlimDataSourceBuilder(options.ConnectionString);
        source.EnableTransportSecurity();
        source.EnableArrays();
        var settings = source.ConnectionStringBuilder;
        settings.ApplicationName ??= "keyholder";
        settings.IncludeErrorDetail = false;
        settings.PersistSecurityInfo = false;
        settings.Enlist = false;
        configure(settings);
        source.UsePhysicalConnectionInitializer(
            connection =>
            {
                using var command = CreateCommand(connection, sessionSettings);
                command.ExecuteNonQuery();
            },
            async connection =>
            {
                await using var command = CreateCommand(connection, sessionSettings);
                await command.ExecuteNonQueryAsync();
            });
        return source.Build();
    }

#pragma warning disable CA2100 // The settings are constants.
    private static NpgsqlCommand CreateCommand(NpgsqlConnection connection, string settings) => new(settings, connection);
#pragma warning restore CA2100
}
