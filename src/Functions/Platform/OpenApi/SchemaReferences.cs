using System.Text.Json.Nodes;

namespace WalletFunctions.Platform.OpenApi;

/// <summary>
/// Writes out what the exporter points to. Where a type occurs a second time in a schema it points to the first place, from the
/// schema's root ("#/properties/limit"); within a document that would be the document's root, where there is no such place.
/// </summary>
/// <param name="root">A schema as exported.</param>
/// <param name="named">Where types go that hold themselves and therefore cannot be written out.</param>
internal sealed class SchemaReferences(JsonNode root, IDictionary<string, JsonNode> named)
{
    /// <summary>On what points somewhere: the type's name.</summary>
    public const string TypeName = "x-type-name";

    private const string Reference = "$ref";
    private const string Components = "#/components/schemas/";

    private readonly JsonNode exported = root.DeepClone();

    /// <summary>Changes the schema in place.</summary>
    public void WriteOut() => WriteOut(root, ["#"]);

    /// <param name="places">The node's place as exported, the last, and those that it was written out from, each of which it is inside of.</param>
    private void WriteOut(JsonNode? node, string[] places)
    {
        if (node is JsonArray items)
        {
            for (var i = 0; i < items.Count; i++)
            {
                var written = Replaced(items[i], [.. places[..^1], $"{places[^1]}/{i}"]);
                if (!ReferenceEquals(written, items[i]))
                {
                    items[i] = written;
                }
            }
        }
        else if (node is JsonObject schema)
        {
            foreach (var name in schema.Select(member => member.Key).ToList())
            {
                var written = Replaced(schema[name], [.. places[..^1], $"{places[^1]}/{name}"]);
                if (!ReferenceEquals(written, schema[name]))
                {
                    schema[name] = written;
                }
            }
        }
    }

    private JsonNode? Replaced(JsonNode? node, string[] places)
    {
        if (node is not JsonObject pointing || pointing[Reference]?.GetValue<string>() is not { } target || target.StartsWith(Components, StringComparison.Ordinal))
        {
            WriteOut(node, places);
            return node;
        }

        var name = pointing[TypeName]!.GetValue<string>();
        pointing.Remove(TypeName);
        if (places.Any(place => place == target || place.StartsWith(target + "/", StringComparison.Ordinal)))
        {
            pointing[Reference] = Components + name;
            if (!named.ContainsKey(name))
            {
                var component = At(target);
                named[name] = component;
                WriteOut(component, [target]);
            }

            return pointing;
        }

        var written = At(target);
        WriteOut(written, [.. places, target]);
        foreach (var (flag, value) in pointing.Where(member => member.Key != Reference))
        {
            written[flag] = value?.DeepClone();
        }

        return written;
    }

    /// <summary>A copy of what was exported at a place; whether it may be null is said by who points there.</summary>
    private JsonObject At(string place)
    {
        var found = place.Split('/').Skip(1).Aggregate(exported, (node, name) => node is JsonArray items
            ? items[int.Parse(name, System.Globalization.CultureInfo.InvariantCulture)]!
            : node[name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal)]!);
        var copy = found.DeepClone().AsObject();
        Schemas.Unmark(copy);
        return copy;
    }
}
