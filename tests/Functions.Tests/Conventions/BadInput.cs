using System.Text.Json.Nodes;

namespace Functions.Tests.Conventions;

/// <summary>Bodies that are wrong, made from what the contract says of the right one.</summary>
internal static class BadInput
{
    /// <summary>No route has it.</summary>
    public const string UnknownMember = "memberThatNobodyKnows";

    /// <summary>Whole bodies that no route may take.</summary>
    public static IEnumerable<(string Name, byte[] Body)> WholeBodies()
    {
        yield return ("nothing", []);
        yield return ("half an object", "{\"a\":"u8.ToArray());
        yield return ("a list", "[]"u8.ToArray());
        yield return ("null", "null"u8.ToArray());
        yield return ("a text", "\"text\""u8.ToArray());
        yield return ("a member twice", "{\"amount\":1,\"amount\":2}"u8.ToArray());
        yield return ("half a surrogate pair", "{\"a\":\"\\ud800\"}"u8.ToArray());
        yield return ("not UTF-8", [(byte)'{', (byte)'"', 0xFF, (byte)'"', (byte)':', (byte)'1', (byte)'}']);
        yield return ("deep", System.Text.Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("{\"a\":", 5_000)) + "1" + new string('}', 5_000)));
        yield return ("MIME", "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n--x--"u8.ToArray());
        yield return ("random bytes", RandomBytes(2_000));
        yield return ("a form", "amount=1&currency=CNY"u8.ToArray());
    }

    /// <summary>A body in which everything looks right.</summary>
    public static JsonObject Sample(JsonObject schema)
    {
        var sample = new JsonObject();
        foreach (var (name, member) in schema["properties"] as JsonObject ?? [])
        {
            // A schema may also be the mere `true`: anything goes.
            sample[name] = member is JsonObject described ? Value(described) : new JsonObject();
        }

        return sample;
    }

    /// <summary>The sample with one member wrong in every way, members of members included.</summary>
    public static IEnumerable<(string Name, JsonObject Body)> Mutations(JsonObject schema)
    {
        var sample = Sample(schema);
        foreach (var path in Paths(sample, []))
        {
            foreach (var (what, value) in WrongValues())
            {
                var body = sample.DeepClone().AsObject();
                var holder = path.SkipLast(1).Aggregate(body, (node, name) => node[name]!.AsObject());
                holder[path[^1]] = value?.DeepClone();
                yield return ($"{string.Join('.', path)} = {what}", body);
            }

            var without = sample.DeepClone().AsObject();
            path.SkipLast(1).Aggregate(without, (node, name) => node[name]!.AsObject()).Remove(path[^1]);
            yield return ($"no {string.Join('.', path)}", without);
        }
    }

    private static IEnumerable<(string What, JsonNode? Value)> WrongValues()
    {
        yield return ("null", null);
        yield return ("7", 7);
        yield return ("-1", -1);
        yield return ("a fraction", 10.5);
        yield return ("a huge number", JsonNode.Parse("1e400"));
        yield return ("many digits", JsonNode.Parse("123456789012345678901234567890"));
        yield return ("true", true);
        yield return ("a list", new JsonArray(1, "a", null));
        yield return ("an object", new JsonObject { ["x"] = new JsonObject() });
        yield return ("no text", "");
        yield return ("a quote", "' or PartitionKey ne '");
        yield return ("control characters", "a\u0000b\u001f\u007f");
        yield return ("keys' forbidden characters", "/\\#?%");
        yield return ("emoji and right-to-left", "😀\u202Eabc");
        yield return ("a long text", new string('x', 70_000));
    }

    private static IEnumerable<string[]> Paths(JsonObject body, string[] above)
    {
        foreach (var (name, value) in body)
        {
            string[] path = [.. above, name];
            yield return path;
            if (value is JsonObject inner)
            {
                foreach (var deeper in Paths(inner, path))
                {
                    yield return deeper;
                }
            }
        }
    }

    private static JsonNode? Value(JsonObject schema)
    {
        if (schema["$ref"] is not null)
        {
            return new JsonObject { ["amount"] = 100, ["currency"] = "CNY" };
        }

        if (schema["enum"] is JsonArray { Count: > 0 } values)
        {
            return values[0]!.DeepClone();
        }

        if (schema["pattern"] is { } pattern)
        {
            return pattern.GetValue<string>()[1..].Split('[')[0] + new string('0', 26);
        }

        return (schema["type"] as JsonValue)?.GetValue<string>() switch
        {
            "object" when schema["properties"] is JsonObject => Sample(schema),
            "integer" or "number" => 3,
            "boolean" => true,
            "array" => new JsonArray(),
            "string" when schema["format"]?.GetValue<string>() == "date-time" => "2026-12-01T00:00:00Z",
            "object" => new JsonObject(),
            _ => "x",
        };
    }

    private static byte[] RandomBytes(int count)
    {
        var bytes = new byte[count];
        // A fixed seed, so that a failure can be seen again.
        new Random(20261122).NextBytes(bytes);
        return bytes;
    }
}
