namespace Keyholder.Tests.Sessions.Model;

/// <summary>An operation as its caller saw it.</summary>
/// <param name="Began">Its place in the order of everything that began or ended.</param>
/// <param name="Ended">Likewise.</param>
/// <param name="Operation">What was asked.</param>
/// <param name="Now">The time, which stood still meanwhile.</param>
/// <param name="Answer">What was answered.</param>
internal sealed record ObservedCall(long Began, long Ended, SessionOperation Operation, DateTimeOffset Now, SessionAnswer Answer);
