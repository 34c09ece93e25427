namespace Keyholder.Clients;

/// <summary>A client that was just registered, with the one copy of its secret there will ever be.</summary>
/// <param name="client">The client as stored.</param>
/// <param name="secret">Its secret; null for a public client.</param>
public sealed class RegisteredClient(Client client, string? secret)
{
    /// <summary>The client as stored.</summary>
    public Client Client { get; } = client;

    /// <summary>43 characters, to be sent once and forgotten; null for a public client.</summary>
    public string? Secret { get; } = secret;

    /// <inheritdoc />
    public override string ToString() => Client.ToString();
}
