using System.Text.Json;
using Keyholder.Server.Configuration;
using Keyholder.Vault;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>The body of <c>POST /api/keys</c>.</summary>
/// <param name="Delay">How long the new key is only read with.</param>
internal sealed record AskedKey(TimeSpan Delay)
{
    /// <summary>The request, or what is wrong with it.</summary>
    public static (AskedKey? Asked, ApiError? Error) Read(JsonElement body)
    {
        var asked = new AskedKey(VaultKeyChanges.DefaultDelay);
        foreach (var member in body.EnumerateObject())
        {
            if (member.Name != "delay")
            {
                return (null, ApiErrors.BodyInvalid);
            }

            if (Duration.Parse(ApiBody.Text(member) ?? "") is not { } delay)
            {
                return (null, ApiErrors.ParameterInvalid.About("delay", "has to be a duration such as 90s or 15m."));
            }

            asked = new AskedKey(delay);
        }

        return (asked, null);
    }
}
