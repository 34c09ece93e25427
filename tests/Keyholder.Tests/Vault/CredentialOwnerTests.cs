using Keyholder.Resources;
using Keyholder.Sessions;
using Keyholder.Tests.Upstream;
using Keyholder.Vault;

namespace Keyholder.Tests.Vault;

public sealed class CredentialOwnerTests
{
    private static readonly SessionId Session = SessionId.Create();

    [Theory]
    [InlineData(SubjectKind.User, "user:7")]
    [InlineData(SubjectKind.VirtualKey, "vk:7")]
    [InlineData(SubjectKind.Session, "session:7")]
    public void By_default_a_credential_belongs_to_whoever_the_session_acts_for(SubjectKind kind, string owner) =>
        CredentialOwner.For(Providers.OAuth2(), new Subject(kind, "7"), Session).ToString().ShouldBe(owner);

    [Fact]
    public void A_key_that_is_used_by_itself_has_no_session_and_holds_what_would_be_its_sessions()
    {
        var provider = Providers.OAuth2() with { Owner = ProviderOwner.Session };

        CredentialOwner.For(provider, new Subject(SubjectKind.VirtualKey, Session.ToString()), Session).ToString().ShouldBe("vk:" + Session);
        CredentialOwner.For(provider, new Subject(SubjectKind.VirtualKey, SessionId.Create().ToString()), Session).ToString().ShouldBe("session:" + Session);
        CredentialOwner.For(provider, new Subject(SubjectKind.Session, Session.ToString()), Session).ToString().ShouldBe("session:" + Session);
    }

    [Fact]
    public void A_provider_can_give_each_session_its_own_and_all_of_them_one()
    {
        CredentialOwner.For(Providers.OAuth2() with { Owner = ProviderOwner.Session }, Subject.User("7"), Session).ToString().ShouldBe("session:" + Session);
        CredentialOwner.For(Providers.OAuth2() with { Owner = ProviderOwner.Shared }, Subject.User("7"), Session).ToString().ShouldBe("shared:github");
    }
}
