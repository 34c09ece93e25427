using System.ComponentModel.DataAnnotations;

namespace Keyholder.Server.Configuration;

/// <summary>Where the server listens and under which name it is known.</summary>
public sealed record ServerSection
{
    /// <summary>The URL clients and browsers use, without path: the issuer. Default: the first listen address when it is a loopback one; else required, and https.</summary>
    public string? PublicUrl { get; init; }

    /// <summary>URLs to listen on: http or https, <c>localhost</c>, an IP address or <c>*</c>, and a port.</summary>
    public IReadOnlyList<string> Listen { get; init; } = ["http://localhost:7717"];

    /// <summary>The certificate of the https addresses.</summary>
    public TlsConfiguration? Tls { get; init; }

    /// <summary>Addresses or networks (<c>10.0.0.0/8</c>) of the reverse proxies whose <c>X-Forwarded-For</c> and <c>X-Forwarded-Proto</c> count.</summary>
    public IReadOnlyList<string> TrustedProxies { get; init; } = [];

    /// <summary>Origins (<c>https://app.example.com</c>) of web pages that may use the resources from a browser.</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    /// <summary>How often a running server looks whether the configuration file has changed. Default 5 s; at most 1 h.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ReloadInterval { get; init; } = TimeSpan.FromSeconds(5);
}
