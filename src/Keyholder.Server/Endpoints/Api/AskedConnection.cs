using System.Text.Json;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>What a caller wants to connect.</summary>
/// <param name="Provider">The provider's name.</param>
/// <param name="Resource">The name or URI of the resource that uses it; null for what is shared.</param>
/// <param name="VirtualKeyId">The virtual key it is for; null = the caller, or everybody.</param>
internal sealed record AskedConnection(string Provider, string? Resource, string? VirtualKeyId)
{
    /// <summary>Reads the body of a request.</summary>
    public static (AskedConnection? Value, ApiError? Error) Read(JsonElement body)
    {
        string? provider = null, resource = null, key = null;
        foreach (var member in body.EnumerateObject())
        {
            if (ApiBody.Text(member) is not { } text)
            {
                return (null, ApiErrors.BodyInvalid);
            }

            switch (member.Name)
            {
                case "provider":
                    provider = text;
                    break;
                case "resource":
                    resource = text;
                    break;
                case "virtual_key_id":
                    key = text;
                    break;
                default:
                    return (null, ApiErrors.BodyInvalid);
            }
        }

        return provider is null || (key is not null && resource is null) ? (null, ApiErrors.BodyInvalid) : (new(provider, resource, key), null);
    }
}
