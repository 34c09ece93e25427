using Keyholder.Clients;
using Keyholder.Resources;

namespace Keyholder.Server.Configuration;

/// <summary>What the <c>clientMetadataDocuments</c> section has to look like, and the clients its copies describe.</summary>
internal static class ClientDocumentRules
{
    private const string Section = "clientMetadataDocuments";

    public static IReadOnlyList<Client> Build(KeyholderFile file, ConfigurationProblems problems)
    {
        var options = file.ClientMetadataDocuments;
        for (var i = 0; i < options.AllowedDomains.Count; i++)
        {
            if (!ClientMetadataDocumentPolicy.IsDomain(options.AllowedDomains[i]))
            {
                problems.Add($"{Section}.allowedDomains[{i}]", "is neither a host name nor one behind *.");
            }
        }

        if (options is { Enabled: false, Copies.Count: > 0 })
        {
            problems.Add(Section + ".copies", "are given although the documents are switched off; set fetch to false to use nothing but the copies");
        }

        return [.. options.Copies.Select(copy => Read(copy.Key, copy.Value, file, problems)).OfType<Client>()];
    }

    private static Client? Read(string url, string path, KeyholderFile file, ConfigurationProblems problems)
    {
        var key = $"{Section}.copies.{url}";
        if (!ClientMetadataDocumentPolicy.IsDocumentUrl(url, file.ClientMetadataDocuments.AllowLoopback))
        {
            problems.Add(key, "is not the URL of a document: https, with a path, without fragment, userinfo and dot segments");
            return null;
        }

        try
        {
            var client = ClientMetadataDocumentReader.Read(File.ReadAllBytes(path), url, file.Registration.AllowPrivateUseSchemes, file.ClientMetadataDocuments.AllowLoopback, DateTimeOffset.UnixEpoch);
            if (!client.Failed)
            {
                return client.Value;
            }

            problems.Add(key, "is refused: " + client.Error.Description);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            problems.Add(key, $"names the file {path}, which cannot be read");
        }

        return null;
    }
}
