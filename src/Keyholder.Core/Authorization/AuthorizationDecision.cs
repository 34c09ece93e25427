using Keyholder.Clients;
using Keyholder.OAuth;
using Keyholder.Resources;
using Keyholder.VirtualKeys;

namespace Keyholder.Authorization;

/// <summary>What the dispatcher decided, with what it decided on.</summary>
/// <param name="Step">What has to happen.</param>
/// <param name="Client">The client; there from <see cref="AuthorizationStep.SignIn"/> to <see cref="AuthorizationStep.Complete"/>, but for what is shared, and for what nobody's session asked for.</param>
/// <param name="Resource">The resource; there from <see cref="AuthorizationStep.SignIn"/> to <see cref="AuthorizationStep.Complete"/>, but for what is shared.</param>
/// <param name="Remembered">What the subject approved for this client, as it is now, before; null when nothing.</param>
/// <param name="Provider">The provider of <see cref="AuthorizationStep.Connect"/>, <see cref="AuthorizationStep.OfferConnection"/> and <see cref="AuthorizationStep.EnterHeaders"/>.</param>
/// <param name="Legs">The legs of <see cref="AuthorizationStep.PlanLegs"/>.</param>
/// <param name="Key">The virtual key that is connected; null when it is not one.</param>
/// <param name="Error">The error of <see cref="AuthorizationStep.Fail"/>.</param>
public sealed record AuthorizationDecision(
    AuthorizationStep Step,
    Client? Client = null,
    Resource? Resource = null,
    Consent? Remembered = null,
    Provider? Provider = null,
    IReadOnlyList<AuthorizationLeg>? Legs = null,
    VirtualKey? Key = null,
    OAuthError? Error = null);
