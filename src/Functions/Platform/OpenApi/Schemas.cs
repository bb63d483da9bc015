using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform.OpenApi;

/// <summary>JSON Schemas of the records that functions name, as those are written: members that may be null are left out, but for those that say otherwise.</summary>
internal static class Schemas
{
    private const string Nullable = "x-nullable";
    private const string AlwaysThere = "x-always-there";

    private static readonly JsonSerializerOptions Options = new(AnswerJson.Options) { RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true };

    private static readonly JsonSchemaExporterOptions Exporter = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Transform };

    /// <param name="closed">Whether members that are not listed are refused, as in requests.</param>
    /// <param name="named">Gets the types that hold themselves, by name.</param>
    public static JsonNode Of(Type type, bool closed, IDictionary<string, JsonNode>? named = null)
    {
        var schema = Options.GetJsonSchemaAsNode(type, Exporter);
        named ??= new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        new SchemaReferences(schema, named).WriteOut();
        Tidy(schema, closed);
        foreach (var component in named.Values)
        {
            Tidy(component, closed);
        }

        return schema;
    }

    /// <summary>Takes away what a place says of itself and not of its type: that it may be null, and that it is always there.</summary>
    internal static void Unmark(JsonObject schema)
    {
        schema.Remove(AlwaysThere);
        RemoveNull(schema);
    }

    public static JsonObject Money() => new()
    {
        ["type"] = "object",
        ["description"] = "Integer minor units of an ISO 4217 currency; positive in requests.",
        ["properties"] = new JsonObject
        {
            ["amount"] = new JsonObject { ["type"] = "integer", ["format"] = "int64", ["examples"] = new JsonArray(1050) },
            ["currency"] = new JsonObject { ["type"] = "string", ["examples"] = new JsonArray("CNY") },
        },
        ["required"] = new JsonArray("amount", "currency"),
    };

    public static JsonObject Problem() => new()
    {
        ["type"] = "object",
        ["description"] = "A refusal (RFC 9457).",
        ["properties"] = new JsonObject
        {
            ["type"] = new JsonObject { ["type"] = "string", ["format"] = "uri-reference" },
            ["title"] = Text("The same at every occurrence of the code."),
            ["status"] = new JsonObject { ["type"] = "integer" },
            ["detail"] = Text("This occurrence, in the caller's language."),
            ["instance"] = Text("The path that was asked for."),
            ["code"] = Text("Stable, snake_case."),
            ["requestId"] = Text("As in X-Request-Id."),
            ["errors"] = ListOf("field", "code", "detail"),
            ["nextSteps"] = ListOf("action", "route"),
            ["challengeId"] = Text("What to confirm, with confirmation_required."),
            ["methods"] = new JsonObject { ["type"] = "array", ["items"] = Text("payment_password, otp or device_key: how this customer may confirm.") },
            ["expiresAt"] = new JsonObject { ["type"] = "string", ["format"] = "date-time", ["description"] = "Until when the challenge can be answered." },
        },
        ["required"] = new JsonArray("type", "title", "status", "detail", "instance", "code", "requestId"),
    };

    private static JsonObject Text(string description) => new() { ["type"] = "string", ["description"] = description };

    private static JsonObject ListOf(params string[] members) => new()
    {
        ["type"] = "array",
        ["items"] = new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject(members.Select(member => KeyValuePair.Create<string, JsonNode?>(member, new JsonObject { ["type"] = "string" }))),
        },
    };

    /// <summary>What the product's own converters write is not visible to the exporter.</summary>
    private static JsonNode Transform(JsonSchemaExporterContext context, JsonNode schema)
    {
        var underlying = System.Nullable.GetUnderlyingType(context.TypeInfo.Type);
        var type = underlying ?? context.TypeInfo.Type;
        JsonObject? ours =
            type == typeof(Money) ? new JsonObject { ["$ref"] = "#/components/schemas/Money" }
            : type == typeof(DateTimeOffset) ? new JsonObject { ["type"] = "string", ["format"] = "date-time" }
            : IdConverterFactory.IsId(type) ? new JsonObject { ["type"] = "string", ["pattern"] = $"^{PrefixOf(type)}[0-9a-hjkmnp-tv-z]{{26}}{StepOf(type)}$" }
            : null;
        if (ours is not null && underlying is not null)
        {
            ours[Nullable] = true;
        }

        var node = ours ?? schema;
        if (ours is null && node is JsonObject pointing && pointing.ContainsKey("$ref"))
        {
            pointing[SchemaReferences.TypeName] = type.Name;
            if (underlying is not null || context.PropertyInfo is { IsGetNullable: true })
            {
                pointing[Nullable] = true;
            }
        }

        if (node is JsonObject member
            && context.PropertyInfo?.AttributeProvider?.GetCustomAttributes(typeof(JsonIgnoreAttribute), inherit: true) is [JsonIgnoreAttribute { Condition: JsonIgnoreCondition.Never }])
        {
            member[AlwaysThere] = true;
        }

        return node;
    }

    /// <summary>A later step of something, such as a payout's return, is a transaction of its own, named after a colon.</summary>
    private static string StepOf(Type id) => id == typeof(TransactionId) ? "(:[0-9a-z_-]+)*" : "";

    private static string PrefixOf(Type id) => (string)id.GetProperty("Prefix")!.GetValue(null)!;

    private static void Tidy(JsonNode? node, bool closed)
    {
        if (node is JsonArray items)
        {
            foreach (var item in items)
            {
                Tidy(item, closed);
            }
        }
        else if (node is JsonObject schema)
        {
            if (schema["properties"] is JsonObject properties)
            {
                DropNulls(schema, properties);
                if (closed)
                {
                    schema["additionalProperties"] = false;
                }
            }

            foreach (var (_, child) in schema)
            {
                Tidy(child, closed);
            }
        }
    }

    /// <summary>A member that may be null may be absent, and null is not written unless the member is always there.</summary>
    private static void DropNulls(JsonObject schema, JsonObject properties)
    {
        var optional = properties.Where(member => member.Value is JsonObject value && !KeepNull(value) && RemoveNull(value)).Select(member => member.Key).ToHashSet(StringComparer.Ordinal);
        if (schema["required"] is JsonArray required)
        {
            var left = required.Select(name => name!.GetValue<string>()).Where(name => !optional.Contains(name)).ToArray();
            schema.Remove("required");
            if (left.Length > 0)
            {
                schema["required"] = new JsonArray([.. left.Select(name => JsonValue.Create(name))]);
            }
        }
    }

    private static bool KeepNull(JsonObject schema)
    {
        var kept = schema.Remove(AlwaysThere);
        if (kept && schema.Remove(Nullable) && schema["type"] is JsonValue type)
        {
            schema["type"] = new JsonArray(type.GetValue<string>(), "null");
        }

        return kept;
    }

    private static bool RemoveNull(JsonObject schema)
    {
        var nullable = schema.Remove(Nullable);
        if (schema["type"] is JsonArray types && types.Any(type => type?.GetValue<string>() == "null"))
        {
            var left = types.Select(type => type!.GetValue<string>()).Where(type => type != "null").ToArray();
            schema["type"] = left.Length == 1 ? JsonValue.Create(left[0]) : new JsonArray([.. left.Select(type => JsonValue.Create(type))]);
            nullable = true;
        }

        if (schema["enum"] is JsonArray values && values.Any(value => value is null))
        {
            schema["enum"] = new JsonArray([.. values.Where(value => value is not null).Select(value => value!.DeepClone())]);
            nullable = true;
        }

        return nullable;
    }
}
