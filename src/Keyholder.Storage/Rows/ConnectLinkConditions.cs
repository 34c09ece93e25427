namespace Keyholder.Storage.Rows;

/// <summary>What becomes of the connect link of the authorization request <c>@id</c>, the same in every backend.</summary>
internal static class ConnectLinkConditions
{
    /// <summary>Whether the request needs no link, or its link can be used up at <c>@now</c>; a condition on <c>authorization_requests</c>.</summary>
    public const string LinkIsUnused = """
        (connect_link_hash IS NULL OR EXISTS (
          SELECT 1 FROM connect_links
          WHERE connect_links.id_hash = authorization_requests.connect_link_hash AND connect_links.used_at IS NULL AND connect_links.expires_at > @now))
        """;

    /// <summary>The row of the request's link.</summary>
    public const string OfRequest = "id_hash = (SELECT connect_link_hash FROM authorization_requests WHERE id = @id)";
}
