namespace Keyholder.Users;

/// <summary>What became of a sign-in with name and password.</summary>
public enum LocalSignInOutcome
{
    SignedIn,

    /// <summary>Unknown name, wrong password or disabled user; nobody is told which.</summary>
    Refused,

    /// <summary>Too many failures lately, or too many sign-ins at this moment; the password was not looked at.</summary>
    RateLimited,
}
