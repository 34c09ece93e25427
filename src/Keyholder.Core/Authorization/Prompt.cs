namespace Keyholder.Authorization;

/// <summary>The <c>prompt</c> parameter (OpenID Connect Core section 3.1.2.1): space-delimited words, stored as written here.</summary>
/// <param name="None">No page may be shown; <c>none</c>, which excludes the others.</param>
/// <param name="Login">The person has to sign in anew; <c>login</c> or <c>select_account</c>.</param>
/// <param name="Consent">The person has to approve anew; <c>consent</c>.</param>
public readonly record struct Prompt(bool None, bool Login, bool Consent)
{
    /// <summary>Parses the parameter; null for an unknown word, or <c>none</c> with others. An absent one asks for nothing special.</summary>
    public static Prompt? Parse(string? text)
    {
        var prompt = default(Prompt);
        var words = (text ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var word in words)
        {
            switch (word)
            {
                case "none" when words.Length == 1:
                    prompt = prompt with { None = true };
                    break;
                case "login" or "select_account":
                    prompt = prompt with { Login = true };
                    break;
                case "consent":
                    prompt = prompt with { Consent = true };
                    break;
                default:
                    return null;
            }
        }

        return prompt;
    }

    /// <summary>The text <see cref="Parse"/> reads back; null when nothing special is asked for.</summary>
    public string? Format() => (None, Login, Consent) switch
    {
        (true, _, _) => "none",
        (_, true, true) => "login consent",
        (_, true, _) => "login",
        (_, _, true) => "consent",
        _ => null,
    };
}
