using Keyholder.Authorization;
using Keyholder.Clients;
using Keyholder.Sessions;
using static Keyholder.Tests.Authorization.AuthorizationSamples;

namespace Keyholder.Tests.Authorization;

public sealed class ConsentPolicyTests
{
    private static readonly AuthorizationOptions Options = new();
    private static readonly AuthorizationRequest Asking = Request(DateTimeOffset.UnixEpoch) with { Subject = Subject.User("u") };

    private static Consent Remembered(Client? client = null, string host = "app.example.com") =>
        new(Subject.User("u"), App.Id, host, NotesUri, ["notes:read"], ClientFingerprint.Of(client ?? App), DateTimeOffset.UnixEpoch);

    [Fact]
    public void A_remembered_approval_of_the_same_thing_suffices() =>
        ConsentPolicy.Suffices(Remembered(), Asking, default, App, Options).ShouldBeTrue();

    [Fact]
    public void Without_one_the_person_is_asked() => ConsentPolicy.Suffices(null, Asking, default, App, Options).ShouldBeFalse();

    [Fact]
    public void Another_subject_client_resource_or_host_is_asked_about()
    {
        ConsentPolicy.Suffices(Remembered() with { Subject = Subject.User("v") }, Asking, default, App, Options).ShouldBeFalse();
        ConsentPolicy.Suffices(Remembered() with { ClientId = "other" }, Asking, default, App, Options).ShouldBeFalse();
        ConsentPolicy.Suffices(Remembered() with { Resource = FilesUri }, Asking, default, App, Options).ShouldBeFalse();
        ConsentPolicy.Suffices(Remembered(host: "other.example.com"), Asking, default, App, Options).ShouldBeFalse();
    }

    [Fact]
    public void A_new_scope_is_asked_about() =>
        ConsentPolicy.Suffices(Remembered(), Asking with { Scopes = ["notes:read", "notes:write"] }, default, App, Options).ShouldBeFalse();

    [Fact]
    public void Prompt_consent_always_asks() =>
        ConsentPolicy.Suffices(Remembered(), Asking, new Prompt(None: false, Login: false, Consent: true), App, Options).ShouldBeFalse();

    [Fact]
    public void A_client_that_changed_what_people_see_is_asked_about_again()
    {
        Client[] changed =
        [
            App with { Name = "Your bank" },
            App with { ClientUri = "https://bank.example" },
            App with { LogoUri = "https://bank.example/logo.png" },
            App with { PolicyUri = "https://bank.example/policy" },
            App with { Source = ClientSource.MetadataDocument },
            App with { RedirectUris = [RedirectUri, "https://app.example.com/more"] },
        ];
        foreach (var client in changed)
        {
            ConsentPolicy.Suffices(Remembered(), Asking, default, client, Options).ShouldBeFalse();
        }
    }

    [Fact]
    public void Fields_of_a_client_cannot_be_shifted_into_one_another() =>
        ClientFingerprint.Of(App with { Name = "ab", ClientUri = "c" }).ShouldNotBe(ClientFingerprint.Of(App with { Name = "a", ClientUri = "bc" }));

    [Theory]
    [InlineData("http://127.0.0.1:9999/cb", "127.0.0.1")]
    [InlineData("cursor://auth/cb", "cursor://auth")]
    public void A_program_on_the_persons_machine_is_asked_about_every_time_unless_configured(string redirectUri, string host)
    {
        var native = App with { RedirectUris = [redirectUri] };
        var asking = Asking with { RedirectUri = redirectUri };
        ConsentPolicy.Suffices(Remembered(native, host), asking, default, native, Options).ShouldBeFalse();
        ConsentPolicy.Suffices(Remembered(native, host), asking, default, native, Options with { RememberConsentForNativeClients = true }).ShouldBeTrue();
    }
}
