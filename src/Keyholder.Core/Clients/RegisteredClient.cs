namespace Keyholder.Clients;

/// <summary>A client as its owner may see it, with secrets of which no other copy is kept.</summary>
/// <param name="client">The client as stored.</param>
/// <param name="secret">Its secret when it was just made; else null.</param>
/// <param name="registrationToken">Its registration access token; null when it has none.</param>
public sealed class RegisteredClient(Client client, string? secret, string? registrationToken = null)
{
    /// <summary>The client as stored.</summary>
    public Client Client { get; } = client;

    /// <summary>43 characters, to be sent once and forgotten; null when none was made.</summary>
    public string? Secret { get; } = secret;

    /// <summary>43 characters (RFC 7592 section 3); null when there is none.</summary>
    public string? RegistrationToken { get; } = registrationToken;

    /// <inheritdoc />
    public override string ToString() => Client.ToString();
}
