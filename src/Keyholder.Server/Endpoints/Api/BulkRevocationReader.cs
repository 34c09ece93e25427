using System.Text.Json;
using Keyholder.Sessions;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Reads the body of a bulk revocation. Unknown and null members are refused: each would select more than was meant.</summary>
internal static class BulkRevocationReader
{
    /// <summary>The request, or what is wrong with it.</summary>
    public static (BulkRevocation? Revocation, ApiError? Error) Read(JsonElement body)
    {
        var selector = new SessionSelector();
        var dryRun = false;
        foreach (var member in body.EnumerateObject())
        {
            if (member.NameEquals("dry_run") && ApiBody.Flag(member) is { } flag)
            {
                dryRun = flag;
            }
            else if (Narrow(selector, member) is { } narrowed)
            {
                selector = narrowed;
            }
            else
            {
                return (null, ApiErrors.BodyInvalid);
            }
        }

        return selector.IsEmpty ? (null, ApiErrors.SelectorEmpty) : (new BulkRevocation(selector, dryRun), null);
    }

    private static SessionSelector? Narrow(SessionSelector selector, JsonProperty member) => (member.Name, ApiBody.Text(member)) switch
    {
        (_, null) => null,
        ("user_id", { } user) when selector.Subject is null => selector with { Subject = Subject.User(user) },
        ("virtual_key_id", { } key) when selector.Subject is null => selector with { Subject = new Subject(SubjectKind.VirtualKey, key) },
        ("client_id", { } client) => selector with { ClientId = client },
        ("resource", { } resource) => selector with { Resource = resource },
        ("subject_kind", { } name) when SubjectKinds.Parse(name) is { } kind => selector with { SubjectKind = kind },
        _ => null,
    };
}
