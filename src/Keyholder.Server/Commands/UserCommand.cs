using System.CommandLine;
using Keyholder.Server.Hosting;
using Keyholder.Storage;
using Keyholder.Users;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder user</c>: local users, written straight to the database, whether or not the server runs.</summary>
internal static class UserCommand
{
    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var name = new Argument<string>("name") { Description = "The name to sign in with." };
        var displayName = new Option<string?>("--display-name") { Description = "The name pages show." };
        var fromInput = new Option<bool>("--password-stdin") { Description = "Read the password from the first line of standard input instead of generating one." };

        var administrator = new Option<bool>("--administrator") { Description = "Let the user administer Keyholder." };

        var add = new Command("add", "Adds a local user.") { name, displayName, administrator, fromInput };
        add.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(config),
            context,
            parsed.GetValue(fromInput),
            (users, password) => parsed.GetValue(administrator)
                ? users.AddAdministratorAsync(parsed.GetRequiredValue(name), password, parsed.GetValue(displayName), Operator.Actor, cancellationToken)
                : users.AddAsync(parsed.GetRequiredValue(name), password, parsed.GetValue(displayName), Operator.Actor, cancellationToken),
            cancellationToken));

        var password = new Command("password", "Sets the password of a local user.") { name, fromInput };
        password.SetAction((parsed, cancellationToken) => RunAsync(
            parsed.GetValue(config),
            context,
            parsed.GetValue(fromInput),
            (users, secret) => users.SetPasswordAsync(parsed.GetRequiredValue(name), secret, Operator.Actor, cancellationToken),
            cancellationToken));

        return new Command("user", "Adds local users, sets their passwords and says who administers Keyholder.") { add, password, CreateAdmin(config, context) };
    }

    private static Command CreateAdmin(Option<string?> config, ProcessContext context)
    {
        var user = new Argument<string>("user") { Description = "A local user's name, or a user id." };
        var grant = new Option<bool>("--grant") { Description = "Let the user administer Keyholder." };
        var revoke = new Option<bool>("--revoke") { Description = "Do not let the user administer Keyholder any more. Holds at once." };
        var command = new Command("admin", "Makes a user an administrator, or ends that.") { user, grant, revoke };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var granted = parsed.GetValue(grant);
            if (granted == parsed.GetValue(revoke))
            {
                throw new StartException("say --grant or --revoke");
            }

            await using var storage = await StorageServices.OpenForCommandAsync(parsed.GetValue(config), context, cancellationToken);
            var id = await SessionFilterOptions.FindUserIdAsync(parsed.GetRequiredValue(user), storage.Users, cancellationToken);
            var outcome = await Administrators.SetAsync(storage.Users, id, granted, Operator.Actor, context.Time.GetUtcNow(), cancellationToken);
            if (outcome == UserChangeOutcome.NotFound)
            {
                throw new StartException($"there is no user '{CommandOutput.Text(parsed.GetRequiredValue(user))}'");
            }

            await context.Output.WriteLineAsync(outcome == UserChangeOutcome.Changed ? "Done." : granted ? "The user is an administrator already." : "The user is no administrator.");
            return 0;
        });
        return command;
    }

    private static async Task<int> RunAsync(
        string? path, ProcessContext context, bool fromInput, Func<LocalUserService, string, Task<LocalUserOutcome>> act, CancellationToken cancellationToken)
    {
        var password = fromInput ? await context.Input.ReadLineAsync(cancellationToken) ?? "" : FirstUser.GeneratePassword();
        await using var storage = await StorageServices.OpenForCommandAsync(path, context, cancellationToken);
        var outcome = await act(new LocalUserService(storage.Users, new FrameworkPasswordHasher(), context.Time), password);
        if (Refusal(outcome) is { } refusal)
        {
            throw new StartException(refusal);
        }

        await context.Output.WriteLineAsync(fromInput ? "Done." : "Done. The password, shown only this once: " + password);
        return 0;
    }

    private static string? Refusal(LocalUserOutcome outcome) => outcome switch
    {
        LocalUserOutcome.Done => null,
        LocalUserOutcome.NameInvalid => $"a name is 1 to {LocalUserName.MaxLength} of a-z, 0-9 and . _ @ + -",
        LocalUserOutcome.NameTaken => "a user of that name exists already; 'keyholder user password' sets a new password",
        LocalUserOutcome.NotFound => "there is no local user of that name",
        LocalUserOutcome.PasswordTooShort => $"a password has at least {PasswordPolicy.MinLength} characters",
        LocalUserOutcome.PasswordTooLong => $"a password has at most {PasswordPolicy.MaxLength} characters",
        LocalUserOutcome.PasswordIsName => "a password is not the name",
        _ => "a password is not one character repeated",
    };
}
