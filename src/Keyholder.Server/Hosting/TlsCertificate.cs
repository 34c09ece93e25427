using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keyholder.Server.Configuration;

namespace Keyholder.Server.Hosting;

/// <summary>The server's certificate from its PEM files, read again when they change. A change that cannot be read leaves the old certificate in place.</summary>
internal sealed partial class TlsCertificate
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(10);

    private readonly TlsConfiguration _files;
    private readonly TimeProvider _time;
    private readonly Lock _gate = new();
    private Loaded _loaded;

    /// <exception cref="StartException">The files are no certificate with its key.</exception>
    public TlsCertificate(TlsConfiguration files, TimeProvider time)
    {
        _files = files;
        _time = time;
        try
        {
            _loaded = Load();
        }
        catch (Exception e) when (IsUnusable(e))
        {
            throw new StartException($"The certificate {files.CertificateFile} with the key {files.KeyFile} cannot be used: {e.Message}", e);
        }
    }

    /// <summary>The certificate for a handshake that begins now.</summary>
    public SslStreamCertificateContext Current(ILogger logger)
    {
        lock (_gate)
        {
            if (_time.GetElapsedTime(_loaded.CheckedAt) >= CheckInterval)
            {
                _loaded = Check(logger);
            }

            return _loaded.Certificate;
        }
    }

    private Loaded Check(ILogger logger)
    {
        var unchanged = _loaded with { CheckedAt = _time.GetTimestamp() };
        try
        {
            if (Stamp() == _loaded.Stamp)
            {
                return unchanged;
            }

            var loaded = Load();
            LogReloaded(logger, _files.CertificateFile);
            return loaded;
        }
        catch (Exception e) when (IsUnusable(e))
        {
            LogUnusable(logger, _files.CertificateFile, e.Message);
            return unchanged;
        }
    }

    private Loaded Load()
    {
        var stamp = Stamp();
        using var pem = X509Certificate2.CreateFromPemFile(_files.CertificateFile, _files.KeyFile);
        var leaf = X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), password: null);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(_files.CertificateFile);
        return new(SslStreamCertificateContext.Create(leaf, chain, offline: true), stamp, _time.GetTimestamp());
    }

    private (DateTime Certificate, DateTime Key) Stamp() =>
        (File.GetLastWriteTimeUtc(_files.CertificateFile), File.GetLastWriteTimeUtc(_files.KeyFile));

    private static bool IsUnusable(Exception e) => e is CryptographicException or IOException or UnauthorizedAccessException or ArgumentException;

    [LoggerMessage(2110, LogLevel.Information, "The certificate {File} has changed and is in use")]
    private static partial void LogReloaded(ILogger logger, string file);

    [LoggerMessage(2111, LogLevel.Error, "The certificate {File} has changed but cannot be used; the previous one stays: {Reason}")]
    private static partial void LogUnusable(ILogger logger, string file, string reason);

    private sealed record Loaded(SslStreamCertificateContext Certificate, (DateTime, DateTime) Stamp, long CheckedAt);
}
