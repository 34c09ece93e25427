using Keyholder.Sessions;

namespace Keyholder.Tests.Sessions;

public sealed class ProofKeyTests
{
    // RFC 7636 appendix B.
    private const string Verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    private const string Challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    [Fact]
    public void The_example_of_the_rfc_verifies() => ProofKey.Verifies(Verifier, Challenge).ShouldBeTrue();

    [Theory]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjX")]
    [InlineData("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk=")]
    [InlineData("dBjftJeZ4CVP+mB92K27uhbUJU1p1r/wW1gFWFOEjXk")]
    [InlineData("")]
    [InlineData(Challenge)]
    public void Another_verifier_does_not(string verifier) => ProofKey.Verifies(verifier, Challenge).ShouldBeFalse();

    [Fact]
    public void A_verifier_longer_than_128_characters_does_not_even_when_it_matches()
    {
        static string ChallengeFor(string verifier) =>
            Keyholder.OAuth.Base64UrlText.Encode(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(verifier)));

        ProofKey.Verifies(new string('a', 128), ChallengeFor(new string('a', 128))).ShouldBeTrue();
        ProofKey.Verifies(new string('a', 129), ChallengeFor(new string('a', 129))).ShouldBeFalse();
        ProofKey.Verifies(new string('a', 42), ChallengeFor(new string('a', 42))).ShouldBeFalse();
        ProofKey.Verifies(new string('a', 43), ChallengeFor(new string('a', 43))).ShouldBeTrue();
    }

    [Theory]
    [InlineData(Challenge, true)]
    [InlineData(Verifier, true)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cN", false)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c", false)]
    [InlineData("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM=", false)]
    [InlineData("", false)]
    public void A_challenge_is_43_characters_of_canonical_base64url(string challenge, bool expected) =>
        ProofKey.IsChallenge(challenge).ShouldBe(expected);
}
