using Keyholder.Server.Configuration;
using Keyholder.Tests.Testing;

namespace Keyholder.Tests.Configuration;

public sealed class ConfigurationSchemaTests
{
    [Fact]
    public void The_published_schema_is_the_one_of_the_types_the_server_reads()
    {
        var generated = ConfigurationSchema.Generate();
        if (generated != RepositoryFiles.Read("keyholder.schema.json"))
        {
            var actual = Path.Combine(RepositoryFiles.Root, "artifacts", "keyholder.schema.json");
            File.WriteAllText(actual, generated);
            Assert.Fail($"keyholder.schema.json is out of date; review {actual} and copy it over.");
        }
    }

    [Fact]
    public void The_configuration_page_explains_every_key()
    {
        var page = RepositoryFiles.Read("docs/configuration.md");

        Keys(typeof(KeyholderFile), "").Where(key => !page.Contains($"`{key}`", StringComparison.Ordinal)).ShouldBeEmpty();
    }

    private static IEnumerable<string> Keys(Type type, string path)
    {
        foreach (var (key, property) in ConfigurationKeys.Of(type))
        {
            var keyPath = path.Length == 0 ? key : $"{path}.{key}";
            yield return keyPath;
            var inner = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
            var entry = ConfigurationKeys.ValueTypeOf(inner) ?? ConfigurationKeys.ItemTypeOf(inner);
            if ((entry ?? inner) is { IsClass: true, Namespace: not null } section && section.Namespace.StartsWith("Keyholder", StringComparison.Ordinal))
            {
                foreach (var deeper in Keys(section, entry is null ? keyPath : keyPath + (ConfigurationKeys.ItemTypeOf(inner) is null ? ".NAME" : "[]")))
                {
                    yield return deeper;
                }
            }
        }
    }
}
