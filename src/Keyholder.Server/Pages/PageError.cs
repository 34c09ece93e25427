namespace Keyholder.Server.Pages;

/// <summary>An error a person sees. Nothing of the request is in it.</summary>
/// <param name="Id">The stable id of docs/errors.md.</param>
/// <param name="Status">The HTTP status.</param>
/// <param name="Title">What happened.</param>
/// <param name="Text">What to do about it.</param>
public sealed record PageError(string Id, int Status, string Title, string Text);
