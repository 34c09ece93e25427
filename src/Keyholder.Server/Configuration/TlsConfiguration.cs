namespace Keyholder.Server.Configuration;

/// <summary>The certificate files of the https addresses, read again when they change.</summary>
public sealed record TlsConfiguration
{
    /// <summary>The certificate chain in PEM, the server's own certificate first. Required.</summary>
    public string CertificateFile { get; init; } = "";

    /// <summary>The private key in PEM, not encrypted. Required.</summary>
    public string KeyFile { get; init; } = "";
}
