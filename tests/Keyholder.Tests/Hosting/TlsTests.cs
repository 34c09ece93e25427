using System.Net;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Keyholder.OAuth;
using Keyholder.Server.Configuration;
using Keyholder.Server.Hosting;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Hosting;

public sealed class TlsTests : IDisposable
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-tls-");
    private readonly TlsConfiguration _files;

    public TlsTests() => _files = new TlsConfiguration
    {
        CertificateFile = Path.Combine(_directory.FullName, "tls.crt"),
        KeyFile = Path.Combine(_directory.FullName, "tls.key"),
    };

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public async Task A_renewed_certificate_is_used_without_a_restart_and_a_broken_one_never()
    {
        var first = Write("keys.example", new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await using var host = await StartAsync();
        (await PresentedAsync(host)).ShouldBe(first);

        var second = Write("keys.example", new DateTime(2030, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        (await PresentedAsync(host)).ShouldBe(first);
        host.Time.Advance(TimeSpan.FromSeconds(10));
        (await PresentedAsync(host)).ShouldBe(second);

        await File.WriteAllTextAsync(_files.CertificateFile, "half a cert", Token);
        host.Time.Advance(TimeSpan.FromSeconds(10));
        (await PresentedAsync(host)).ShouldBe(second);
        host.Logs.ToString().ShouldContain("cannot be used");
    }

    [Fact]
    public async Task Files_that_are_no_certificate_stop_the_start_with_a_message()
    {
        await File.WriteAllTextAsync(_files.CertificateFile, "no certificate", Token);
        await File.WriteAllTextAsync(_files.KeyFile, "no key", Token);

        (await Should.ThrowAsync<StartException>(StartAsync)).Message.ShouldContain(_files.CertificateFile);
    }

    private Task<KeyholderHost> StartAsync() => KeyholderHost.StartAsync(config => config with
    {
        Issuer = new Issuer("https://keys.example"),
        Listen = [new ListenAddress(Secure: true, "127.0.0.1", 443)],
        Tls = _files,
    });

    private static async Task<string> PresentedAsync(KeyholderHost host)
    {
        string? thumbprint = null;
        using var handler = host.CreateHandler();
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            {
                thumbprint = certificate!.GetCertHashString(HashAlgorithmName.SHA256);
                return certificate.Subject == "CN=keys.example";
            },
        };
        using var client = new HttpClient(handler);

        (await client.GetAsync("https://keys.example/healthz/ready", Token)).StatusCode.ShouldBe(HttpStatusCode.OK);
        return thumbprint.ShouldNotBeNull();
    }

    private string Write(string name, DateTime stamp)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=" + name, key, HashAlgorithmName.SHA256);
        using var certificate = request.CreateSelfSigned(new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(2090, 1, 1, 0, 0, 0, TimeSpan.Zero));
        File.WriteAllText(_files.CertificateFile, certificate.ExportCertificatePem());
        File.WriteAllText(_files.KeyFile, key.ExportPkcs8PrivateKeyPem());
        File.SetLastWriteTimeUtc(_files.CertificateFile, stamp);
        return certificate.GetCertHashString(HashAlgorithmName.SHA256);
    }
}
