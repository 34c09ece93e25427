using FsCheck;
using FsCheck.Fluent;
using Keyholder.Clients;

namespace Keyholder.Tests.Clients;

public sealed class RedirectUriPolicyProperties
{
    private static readonly Gen<string> Ports = Gen.OneOf(Gen.Constant(""), Gen.Choose(1, 65535).Select(port => $":{port}"));

    private static readonly Gen<string> Rests = Gen.Elements("", "/", "/cb", "/CB", "/cb/", "/cb?x=1", "/a/cb", "/a%2Fcb", "/a%2fcb");

    private static readonly Gen<string> Origins =
        Gen.Elements("http://localhost", "http://127.0.0.1", "http://[::1]", "https://localhost", "https://app.example.com", "https://App.example.com");

    /// <summary>Few hosts and paths on purpose: two arbitrary URIs have to agree often.</summary>
    private static readonly Arbitrary<string> Uris =
        (from origin in Origins from port in Ports from rest in Rests select origin + port + rest).ToArbitrary();

    private static readonly string[] Pieces =
    [
        "http", "javascript", ":", "//", "/", "\\", "@", "#", "?", "%", "%2e", "%2f", "..", ".", "[", "]", "::1", "localhost", "127.0.0.1", "evil.example", ":80", "0", " ", "\t", "\0", "é", "a", "-",
    ];

    /// <summary>Real URIs with up to three pieces put in anywhere: close enough to the truth to get through a sloppy check.</summary>
    private static readonly Arbitrary<string> Mutants =
        (from uri in Uris.Generator
         from count in Gen.Choose(0, 3)
         from cuts in Gen.Choose(0, 10_000).ArrayOf(count)
         from pieces in Gen.Elements(Pieces).ArrayOf(count)
         select cuts.Zip(pieces).Aggregate(uri, (text, cut) => text.Insert(cut.First % (text.Length + 1), cut.Second))).ToArbitrary();

    private static readonly Config Thorough = Config.QuickThrowOnFailure.WithMaxTest(2_000);

    [Fact]
    public void Every_generated_uri_can_be_registered_so_the_properties_speak_of_real_ones() =>
        Prop.ForAll(Uris, uri => RedirectUriPolicy.Refusal(uri, false) is null).Check(Thorough);

    [Fact]
    public void Matching_is_reflexive_and_symmetric() =>
        Prop.ForAll(Uris, Uris, (a, b) => Matches(a, a) && Matches(a, b) == Matches(b, a)).Check(Thorough);

    [Fact]
    public void Matching_is_equality_once_loopback_ports_are_taken_away() =>
        Prop.ForAll(Uris, Uris, (a, b) => Matches(a, b) == (WithoutLoopbackPort(a) == WithoutLoopbackPort(b))).Check(Thorough);

    [Fact]
    public void Another_loopback_port_always_matches_and_never_for_a_confidential_client() =>
        Prop.ForAll(Uris, Gen.Choose(1, 65535).ToArbitrary(), (uri, port) =>
        {
            var moved = Move(uri, port);
            return Matches(uri, moved) && RedirectUriPolicy.Matches(uri, moved, anyLoopbackPort: false) == (uri == moved);
        }).Check(Thorough);

    [Fact]
    public void What_can_be_registered_goes_where_the_framework_says_it_goes() =>
        Prop.ForAll(Mutants, text =>
        {
            if (RedirectUriPolicy.Refusal(text, false) is not null)
            {
                return true;
            }

            var uri = new Uri(text, UriKind.Absolute);
            return uri.Scheme is "http" or "https" && uri.UserInfo.Length == 0 && uri.Fragment.Length == 0
                && (uri.Scheme == "https" || uri.IsLoopback)
                && RedirectUriPolicy.RedirectHost(text).StartsWith(uri.Host, StringComparison.Ordinal);
        }).Check(Thorough);

    [Fact]
    public void No_text_matches_a_registered_uri_without_being_registrable_itself() =>
        Prop.ForAll(Mutants, Uris, (text, uri) => !Matches(uri, text) || RedirectUriPolicy.Refusal(text, false) is null).Check(Thorough);

    [Fact]
    public void A_matching_uri_has_the_same_redirect_host_so_consent_covers_it() =>
        Prop.ForAll(Uris, Uris, (a, b) => !Matches(a, b) || RedirectUriPolicy.RedirectHost(a) == RedirectUriPolicy.RedirectHost(b)).Check(Thorough);

    private static bool Matches(string registered, string requested) => RedirectUriPolicy.Matches(registered, requested, anyLoopbackPort: true);

    private static string? LoopbackOrigin(string uri) =>
        new[] { "http://localhost", "http://127.0.0.1", "http://[::1]" }.FirstOrDefault(origin => uri.StartsWith(origin, StringComparison.Ordinal));

    private static string WithoutLoopbackPort(string uri) => LoopbackOrigin(uri) is { } origin ? origin + Rest(uri, origin) : uri;

    private static string Move(string uri, int port) => LoopbackOrigin(uri) is { } origin ? $"{origin}:{port}{Rest(uri, origin)}" : uri;

    private static string Rest(string uri, string origin) =>
        uri[origin.Length..].StartsWith(':') ? uri[(origin.Length + 1)..].TrimStart("0123456789".ToCharArray()) : uri[origin.Length..];
}
