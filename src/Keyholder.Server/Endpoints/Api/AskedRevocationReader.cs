using System.Globalization;
using System.Text.Json;
using Keyholder.Revocation;

namespace Keyholder.Server.Endpoints.Api;

/// <summary>Reads the body of <c>POST /api/revocations</c>. A member that is unknown, null or of another type is refused, never overlooked.</summary>
internal static class AskedRevocationReader
{
    private static readonly string[] Moments = ["yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK"];

    /// <summary>The request, or what is wrong with it.</summary>
    public static (AskedRevocation? Asked, ApiError? Error) Read(JsonElement body)
    {
        RevocationTargetKind? kind = null;
        var request = new RevocationRequest(new(RevocationTargetKind.All, ""));
        var dryRun = false;
        foreach (var member in body.EnumerateObject())
        {
            switch (member.Name)
            {
                case "target":
                    kind = RevocationTargets.KindOf(ApiBody.Text(member));
                    if (kind is null)
                    {
                        return (null, ApiErrors.ParameterInvalid.About("target", $"has to be one of {string.Join(", ", RevocationTargets.Names)}."));
                    }

                    break;
                case "value" when ApiBody.Text(member) is { } value:
                    request = request with { Target = request.Target with { Value = value } };
                    break;
                case "reason" when ApiBody.Text(member) is { } reason:
                    request = request with { Reason = reason };
                    break;
                case "expires_at" when Moment(member) is { } moment:
                    request = request with { ExpiresAt = moment };
                    break;
                case "quarantine" when ApiBody.Flag(member) is { } quarantine:
                    request = request with { Quarantine = quarantine };
                    break;
                case "dry_run" when ApiBody.Flag(member) is { } flag:
                    dryRun = flag;
                    break;
                default:
                    return (null, ApiErrors.BodyInvalid);
            }
        }

        return kind is null
            ? (null, ApiErrors.ParameterInvalid.About("target", "is missing."))
            : (new AskedRevocation(request with { Target = request.Target with { Kind = kind.Value } }, dryRun), null);
    }

    private static DateTimeOffset? Moment(JsonProperty member) =>
        DateTimeOffset.TryParseExact(ApiBody.Text(member), Moments, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var moment)
            ? moment
            : null;
}
