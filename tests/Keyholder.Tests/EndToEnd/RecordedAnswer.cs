namespace Keyholder.Tests.EndToEnd;

/// <summary>One answer: what was asked (method and path), and status, headers and body as text.</summary>
internal sealed record RecordedAnswer(string Asked, string Text);
