using System.CommandLine;
using Keyholder.Revocation;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Users;

namespace Keyholder.Server.Commands;

/// <summary><c>keyholder revoke</c>: the kill switch, written straight to the database, whether or not the server runs.</summary>
internal static class RevokeCommand
{
    private static readonly (string Name, RevocationTargetKind Kind, string Description)[] Targets =
    [
        ("user", RevocationTargetKind.Subject, "The user's sign-in name or id."),
        ("client", RevocationTargetKind.Client, "The client id."),
        ("vk", RevocationTargetKind.VirtualKey, "The id of the virtual key."),
        ("resource", RevocationTargetKind.Resource, "The resource's name or URI."),
        ("provider", RevocationTargetKind.Provider, "The provider's name."),
        ("session", RevocationTargetKind.Session, "The session id."),
    ];

    public static Command Create(Option<string?> config, ProcessContext context)
    {
        var command = new Command("revoke", "Cuts sessions and tokens off, at once and everywhere. Works without the server.");
        foreach (var (name, kind, description) in Targets)
        {
            command.Add(Target(name, kind, new Argument<string>(name) { Description = description }, config, context));
        }

        command.Add(Target("all", RevocationTargetKind.All, null, config, context));
        command.Add(List(config, context));
        command.Add(Lift(config, context));
        return command;
    }

    private static Command Target(string name, RevocationTargetKind kind, Argument<string>? value, Option<string?> config, ProcessContext context)
    {
        var quarantine = new Option<bool>("--quarantine") { Description = "Refuse everything it matches until 'keyholder revoke lift', and end nothing." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Say how many sessions it means, and change nothing." };
        var reason = new Option<string?>("--reason") { Description = "Why, for the audit trail." };
        var command = new Command(name, value is null ? "Revokes every session and token." : $"Revokes every session and token of a {name}.") { quarantine, dryRun, reason };
        if (value is not null)
        {
            command.Add(value);
        }

        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await KillSwitchSession.OpenAsync(parsed.GetValue(config), context, cancellationToken);
            var text = value is null ? "" : parsed.GetRequiredValue(value);
            var request = new RevocationRequest(new(kind, kind == RevocationTargetKind.Subject ? await UserAsync(session.Storage.Users, text, cancellationToken) : text))
            {
                Quarantine = parsed.GetValue(quarantine),
                Reason = parsed.GetValue(reason),
            };
            await session.RevokeAsync(request, parsed.GetValue(dryRun), cancellationToken);
            return 0;
        });
        return command;
    }

    private static Command List(Option<string?> config, ProcessContext context)
    {
        var list = new Command("list", "Lists what stands, newest first.");
        list.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await KillSwitchSession.OpenAsync(parsed.GetValue(config), context, cancellationToken);
            await session.ListAsync(cancellationToken);
            return 0;
        });
        return list;
    }

    private static Command Lift(Option<string?> config, ProcessContext context)
    {
        var id = new Argument<long>("id") { Description = "The id that 'keyholder revoke list' shows." };
        var lift = new Command("lift", "Lifts a quarantine: what it matched works again.") { id };
        lift.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = await KillSwitchSession.OpenAsync(parsed.GetValue(config), context, cancellationToken);
            await session.LiftAsync(parsed.GetRequiredValue(id));
            return 0;
        });
        return lift;
    }

    // A subject's text form ("user:ID") is taken as it is, so that someone who is deleted already can still be cut off.
    private static async Task<string> UserAsync(IUserStore users, string text, CancellationToken cancellationToken)
    {
        if (Subject.TryParse(text, out var subject) && subject.Kind == SubjectKind.User)
        {
            return text;
        }

        if (LocalUserName.Normalize(text) is { } name && await users.FindLocalAsync(name, cancellationToken) is { } local)
        {
            return Subject.User(local.User.Id).ToString();
        }

        return await users.FindAsync(text, cancellationToken) is { } user
            ? Subject.User(user.Id).ToString()
            : throw new StartException($"there is no user '{text}'");
    }
}
