namespace Keyholder.Server.Endpoints.Api;

/// <summary>A key that was added to the vault.</summary>
/// <param name="Id">What it is called.</param>
/// <param name="SealsFrom">From when on it seals; what older keys have sealed is sealed anew soon after.</param>
internal sealed record KeyAnswer(string Id, DateTimeOffset SealsFrom);
