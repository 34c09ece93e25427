using System.Text.Json;

namespace Keyholder.Tests.Storage.Contracts;

/// <summary>Compares rows by every public member, byte arrays and lists by content.</summary>
internal static class RowAssertions
{
    public static void ShouldBeRow<T>(this T? actual, T? expected)
        where T : class
    {
        actual.ShouldNotBeNull();
        JsonSerializer.Serialize(actual).ShouldBe(JsonSerializer.Serialize(expected));
    }
}
