using System.CommandLine;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Tokens;
using Keyholder.Users;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder serve</c>, also what runs without a command.</summary>
internal static class ServeCommand
{
    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var command = new Command("serve", "Runs the server until it is stopped. The default command.");
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed.GetValue(config), context, cancellationToken));
        return command;
    }

    public static async Task<int> RunAsync(string? path, ProcessContext context, CancellationToken cancellationToken)
    {
        var loaded = ConfigurationLoader.Load(path, context.Environment);
        var (configuration, file) = (KeyholderCommand.Require(loaded), loaded.File);
        await using var app = await KeyholderApp.BuildAsync(
            configuration, context.Time, builder => builder.Services.AddConfigurationReload(loaded, context.Environment), cancellationToken);
        await app.StartAsync(cancellationToken);

        // Not before: a start that fails must not use up the one moment the password is shown.
        var services = app.Services;
        var password = await FirstUser.EnsureAsync(services.GetRequiredService<IUserStore>(), services.GetRequiredService<LocalUserService>(), cancellationToken);
        var adminToken = password is null ? null : await services.GetRequiredService<AdminTokens>().CreateAsync(FirstUser.AdminTokenName, "system", cancellationToken);
        await context.Output.WriteLineAsync(StartupReport.Of(configuration, file));
        if (password is not null)
        {
            await context.Output.WriteLineAsync($"\n  Sign in as {FirstUser.Name} with the password {password}\n  It is shown only this once; 'keyholder user password {FirstUser.Name}' sets a new one.\n");
        }

        if (adminToken is not null)
        {
            await context.Output.WriteLineAsync($"  Administer with the token {adminToken}\n  It is shown only this once; 'keyholder admin token revoke {FirstUser.AdminTokenName}' ends it, 'keyholder admin token create NAME' makes another.\n");
        }

        await app.WaitForShutdownAsync(cancellationToken);
        return 0;
    }
}
