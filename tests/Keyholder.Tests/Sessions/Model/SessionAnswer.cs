namespace Keyholder.Tests.Sessions.Model;

/// <summary>An answer as far as it can be predicted.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Generation">The generation of the refresh token it holds; 0 when it holds none.</param>
internal readonly record struct SessionAnswer(AnswerKind Kind, uint Generation = 0);
