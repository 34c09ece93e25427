namespace Keyholder.Server.Configuration;

/// <summary>The certificate files of the https addresses, read again when they change.</summary>
/// <param name="CertificateFile">PEM chain, leaf first.</param>
/// <param name="KeyFile">PEM private key, unencrypted.</param>
public sealed record TlsConfiguration(string CertificateFile, string KeyFile);
