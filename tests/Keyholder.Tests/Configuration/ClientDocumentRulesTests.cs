using System.Text.Json;
using Keyholder.Clients;
using Keyholder.Server.Configuration;
using Keyholder.Tests.Clients;

namespace Keyholder.Tests.Configuration;

public sealed class ClientDocumentRulesTests : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("keyholder-documents-");

    public void Dispose() => _directory.Delete(recursive: true);

    [Fact]
    public void A_copy_is_a_client_that_is_known_without_a_fetch()
    {
        var result = Parse(new { fetch = false, copies = Copy(TestDocuments.Url, TestDocuments.Json()) });

        result.Problems.ShouldBeEmpty();
        var client = result.Configuration!.Clients.Single();
        client.Id.ShouldBe(TestDocuments.Url);
        client.Source.ShouldBe(ClientSource.MetadataDocument);
    }

    [Fact]
    public void A_copy_of_another_document_or_without_sense_is_a_mistake()
    {
        Refused(Copy(TestDocuments.Url, TestDocuments.Json("https://other.example/c"))).ShouldContain("client_id");
        Refused(Copy(TestDocuments.Url, "{")).ShouldContain("JSON");
        Refused(Copy("https://app.example.com/", TestDocuments.Json("https://app.example.com/"))).ShouldContain("URL of a document");
        Refused(new Dictionary<string, string> { [TestDocuments.Url] = Path.Combine(_directory.FullName, "missing") }).ShouldContain("cannot be read");
    }

    [Fact]
    public void Copies_of_documents_that_are_switched_off_and_domains_that_are_none_are_mistakes()
    {
        Parse(new { enabled = false, copies = Copy(TestDocuments.Url, TestDocuments.Json()) }).Problems.Single().Path.ShouldBe("clientMetadataDocuments.copies");
        Parse(new { allowedDomains = new[] { "app.example.com", "https://app.example.com" } }).Problems.Single().Path.ShouldBe("clientMetadataDocuments.allowedDomains[1]");
    }

    private static ConfigurationResult Parse(object section) =>
        ConfigurationLoader.Parse(JsonSerializer.Serialize(new { clientMetadataDocuments = section }), new Dictionary<string, string>());

    private static string Refused(Dictionary<string, string> copies) => Parse(new { copies }).Problems.Single().ToString();

    private Dictionary<string, string> Copy(string url, string document)
    {
        var file = Path.Combine(_directory.FullName, Path.GetRandomFileName());
        File.WriteAllText(file, document);
        return new() { [url] = file };
    }
}
