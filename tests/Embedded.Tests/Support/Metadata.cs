namespace Embedded.Tests.Support;

internal static class Metadata
{
    public static IDictionary<string, string> Of(params (string Name, string Value)[] pairs) =>
        pairs.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);
}
