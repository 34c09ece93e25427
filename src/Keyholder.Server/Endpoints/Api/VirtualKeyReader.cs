using System.Text.Json;
using Keyholder.Server.Configuration;
using Keyholder.VirtualKeys;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Reads what a caller asks of virtual keys. Unknown members are refused: each may have been meant to narrow what the key can do.</summary>
internal static class VirtualKeyReader
{
    /// <summary>A new key: <c>name</c>, and perhaps <c>user_id</c> and <c>expires_at</c>.</summary>
    public static (VirtualKeyChange? Change, ApiError? Error) ReadNew(JsonElement body, DateTimeOffset now)
    {
        var (change, error) = ReadChange(body, now);
        return change switch
        {
            null => (null, error),
            { Name: null } => (null, ApiErrors.ParameterInvalid.About("name", "is missing.")),
            { Active: not null } => (null, ApiErrors.ParameterInvalid.About("active", "is not for a new key.")),
            _ => (change, null),
        };
    }

    /// <summary>A change: any of <c>name</c>, <c>user_id</c>, <c>expires_at</c> and <c>active</c>.</summary>
    public static (VirtualKeyChange? Change, ApiError? Error) ReadChange(JsonElement body, DateTimeOffset now)
    {
        var change = new VirtualKeyChange();
        foreach (var member in body.EnumerateObject())
        {
            var error = Read(member, now, ref change);
            if (error is not null)
            {
                return (null, error);
            }
        }

        return (change, null);
    }

    /// <summary>A rotation's <c>overlap</c>; none when it is left out.</summary>
    public static (string? Overlap, ApiError? Error) ReadOverlap(JsonElement body)
    {
        var overlap = "0s";
        foreach (var member in body.EnumerateObject())
        {
            if (!member.NameEquals("overlap"))
            {
                return (null, ApiErrors.BodyInvalid);
            }

            if (ApiBody.Text(member) is not { } text || Duration.Parse(text) is not { } duration || !VirtualKeyRules.IsOverlap(duration))
            {
                return (null, ApiErrors.ParameterInvalid.About("overlap", "has to be a duration from 0s to 30d, for example 10m."));
            }

            overlap = text;
        }

        return (overlap, null);
    }

    private static ApiError? Read(JsonProperty member, DateTimeOffset now, ref VirtualKeyChange change)
    {
        switch (member.Name)
        {
            case "name":
                change = change with { Name = ApiBody.Text(member) };
                return change.Name is { } name && VirtualKeyRules.IsName(name)
                    ? null
                    : ApiErrors.ParameterInvalid.About("name", $"has to be 1 to {VirtualKeyRules.MaxNameLength} of a-z, A-Z, 0-9 and . _ -");
            case "user_id":
                change = change with { OwnerUserId = new(ApiBody.Text(member)) };
                return change.OwnerUserId?.Value is null && member.Value.ValueKind != JsonValueKind.Null
                    ? ApiErrors.ParameterInvalid.About("user_id", "has to be a user's id or null.")
                    : null;
            case "expires_at":
                var isDate = member.Value.ValueKind == JsonValueKind.String && member.Value.TryGetDateTimeOffset(out var expiry) ? expiry : (DateTimeOffset?)null;
                change = change with { ExpiresAt = new(isDate) };
                return (isDate is null && member.Value.ValueKind != JsonValueKind.Null) || !VirtualKeyRules.IsExpiry(isDate, now)
                    ? ApiErrors.ParameterInvalid.About("expires_at", "has to be a date in the future or null.")
                    : null;
            case "active":
                change = change with { Active = ApiBody.Flag(member) };
                return change.Active is null ? ApiErrors.ParameterInvalid.About("active", "has to be true or false.") : null;
            default:
                return ApiErrors.BodyInvalid;
        }
    }
}
