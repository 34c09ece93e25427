using System.Reflection;
using Keyholder.OAuth;
using Keyholder.Server.Endpoints.Api;
using Keyholder.Server.Gateway;
using Keyholder.Server.Pages;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.RepositoryTests;

/// <summary>docs/errors.md names every error of every catalogue.</summary>
public sealed class ErrorsDocumentTests
{
    private static readonly string Document = RepositoryFiles.Read("docs/errors.md");

    [Fact]
    public void It_names_every_OAuth_error() =>
        Properties<OAuthError>(typeof(OAuthErrors)).Select(e => e.Code).Where(c => !Document.Contains($"`{c}`", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void It_names_every_gateway_error_with_its_status_and_text() =>
        GatewayErrors.All.Where(e => !Document.Contains($"| `{e.Id}` | {e.Status} | `{e.Code}` |", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void It_names_every_API_error_with_its_status_and_text() =>
        ApiErrors.All.Where(e => !Document.Contains($"| `{e.Id}` | {e.Status} | `{e.Code}` | {e.Description} |", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void It_names_every_page_with_its_status() =>
        Properties<PageError>(typeof(PageErrors)).Where(e => !Document.Contains($"| `{e.Id}` | {e.Status} |", StringComparison.Ordinal)).ShouldBeEmpty();

    private static List<T> Properties<T>(Type catalogue)
    {
        var errors = catalogue.GetProperties(BindingFlags.Public | BindingFlags.Static)
            .Where(p => p.PropertyType == typeof(T))
            .Select(p => (T)p.GetValue(null)!)
            .ToList();
        errors.ShouldNotBeEmpty();
        return errors;
    }
}
