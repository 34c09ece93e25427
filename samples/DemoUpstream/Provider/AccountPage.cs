using System.Text;
using System.Text.Encodings.Web;

namespace DemoUpstream.Provider;

/// <summary>The two HTML pages of the provider. Everything that came from a request is encoded.</summary>
internal static class AccountPage
{
    public static IResult Choose(AuthorizationRequest request, IReadOnlyList<string> accounts)
    {
        var body = new StringBuilder("<form method=\"post\" action=\"/authorize\">");
        foreach (var name in AuthorizationRequest.ParameterNames)
        {
            if (request[name] is { } value) body.Append($"<input type=\"hidden\" name=\"{name}\" value=\"{Encode(value)}\">");
        }

        body.Append("<fieldset><legend>Choose an account</legend>");
        foreach (var account in accounts)
            body.Append($"<p><button name=\"account\" value=\"{Encode(account)}\">{Encode(account)}</button></p>");
        body.Append("</fieldset><p><button name=\"decision\" value=\"deny\">Cancel</button></p></form>");
        return Page($"<p><strong>{Encode(request["client_id"]!)}</strong> asks for access.</p>{body}", StatusCodes.Status200OK);
    }

    public static IResult Error(string sentence) => Page($"<p>{Encode(sentence)}</p>", StatusCodes.Status400BadRequest);

    private static IResult Page(string main, int status) => Results.Text(
        $"<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Demo provider</title><h1>Demo provider</h1><main>{main}</main></html>",
        "text/html", Encoding.UTF8, status);

    private static string Encode(string value) => HtmlEncoder.Default.Encode(value);
}
