using Keyholder.Tokens;

namespace Keyholder.Tests.Sessions.Model;

/// <summary>What was found when an access token was used.</summary>
/// <param name="Began">Its place in the order of everything that began or ended.</param>
/// <param name="Ended">Likewise.</param>
/// <param name="Outcome">What was found.</param>
internal sealed record ObservedValidation(long Began, long Ended, AccessTokenOutcome Outcome);
