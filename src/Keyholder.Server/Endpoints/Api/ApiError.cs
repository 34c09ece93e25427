namespace Keyholder.Server.Endpoints.Api;

/// <summary>An error the API answers with, as a value. Everything in it is public.</summary>
/// <param name="Id">The stable id of docs/errors.md.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Code">The <c>error</c> code; of RFC 6750 where it names one.</param>
/// <param name="Description">The <c>error_description</c>: ASCII without quotes.</param>
internal sealed record ApiError(string Id, int Status, string Code, string Description)
{
    /// <summary>The same error about one named parameter.</summary>
    public ApiError About(string parameter, string problem) => this with { Description = $"{parameter}: {problem}" };
}
