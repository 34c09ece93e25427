using System.CommandLine;
using Keyholder.Server.Endpoints.Api;
using Keyholder.Server.Hosting;
using Keyholder.Sessions;
using Keyholder.Storage;
using Keyholder.Users;

namespace Keyholder.Server.Commands;

/// <summary>The options that say which sessions a command means.</summary>
internal sealed class SessionFilterOptions
{
    public Option<string?> User { get; } = new("--user") { Description = "Only sessions of this user: a local user's name, or a user id." };

    public Option<string?> VirtualKey { get; } = new("--virtual-key") { Description = "Only sessions of the virtual key with this id." };

    public Option<string?> Client { get; } = new("--client") { Description = "Only sessions of the client with this id." };

    public Option<string?> SubjectKind { get; } = new("--subject-kind") { Description = "Only sessions of this kind of subject: user, vk or session." };

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(User);
        command.Add(VirtualKey);
        command.Add(Client);
        command.Add(SubjectKind);
    }

    /// <summary>What the options say.</summary>
    /// <exception cref="StartException">They contradict each other or are not understood.</exception>
    public async Task<SessionSelector> ReadAsync(ParseResult parsed, IUserStore users, CancellationToken cancellationToken)
    {
        var (user, key, kind) = (parsed.GetValue(User), parsed.GetValue(VirtualKey), parsed.GetValue(SubjectKind));
        if (user is not null && key is not null)
        {
            throw new StartException("--user and --virtual-key cannot be combined: a session has one subject");
        }

        return new SessionSelector
        {
            Subject = user is not null ? Subject.User(await FindUserIdAsync(user, users, cancellationToken))
                : key is not null ? new Subject(Sessions.SubjectKind.VirtualKey, key)
                : null,
            SubjectKind = kind is null ? null : SubjectKinds.Parse(kind) ?? throw new StartException("--subject-kind " + SubjectKinds.Problem),
            ClientId = parsed.GetValue(Client),
        };
    }

    /// <summary>The id a local user's name stands for; whatever else it is, itself: a user who was deleted has no name any more, but may have sessions.</summary>
    public static async Task<string> FindUserIdAsync(string nameOrId, IUserStore users, CancellationToken cancellationToken) =>
        LocalUserName.Normalize(nameOrId) is { } name && await users.FindLocalAsync(name, cancellationToken) is { } local ? local.User.Id : nameOrId;
}
