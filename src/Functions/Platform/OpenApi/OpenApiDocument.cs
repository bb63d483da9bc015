using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Routing.Template;

namespace WalletFunctions.Platform.OpenApi;

/// <summary>The HTTP contract as OpenAPI 3.1, made from the functions' attributes.</summary>
internal static class OpenApiDocument
{
    private const string CatchAll = "{*";

    private static readonly Lazy<JsonObject> Made = new(Make);

    /// <summary>The document; not to be changed.</summary>
    public static JsonObject Root => Made.Value;

    /// <summary>Whether a function is part of the contract: all are, but the one that answers for routes which do not exist.</summary>
    public static bool Includes(HttpFunction function) => !function.Route.StartsWith(CatchAll, StringComparison.Ordinal);

    /// <summary>The path as the document writes it: without constraints.</summary>
    public static string PathOf(HttpFunction function) => "/" + string.Join('/', TemplateParser.Parse(function.Route).Segments
        .Select(segment => string.Concat(segment.Parts.Select(part => part.IsParameter ? $"{{{part.Name}}}" : part.Text))));

    private static JsonObject Make()
    {
        var paths = new JsonObject();
        var named = new Dictionary<string, JsonNode>(StringComparer.Ordinal) { ["Money"] = Schemas.Money(), ["Problem"] = Schemas.Problem() };
        foreach (var function in FunctionCatalog.OfApp.Functions.Where(Includes))
        {
            if (paths[PathOf(function)] is not JsonObject path)
            {
                paths[PathOf(function)] = path = [];
            }

            foreach (var method in function.Methods)
            {
                path[method.ToLowerInvariant()] = Operation(function, named);
            }
        }

        return new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject
            {
                ["title"] = "WalletFunctions",
                ["version"] = "1.0.0",
                ["description"] = "A digital wallet, and the support inbox that it cannot live without. Errors are listed at /api/docs/errors.md.",
            },
            ["servers"] = new JsonArray(new JsonObject { ["url"] = "/api" }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["bearer"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer", ["bearerFormat"] = "JWT" } },
                ["schemas"] = new JsonObject(named.OrderBy(component => component.Key, StringComparer.Ordinal).Select(component => KeyValuePair.Create(component.Key, (JsonNode?)component.Value))),
            },
        };
    }

    private static JsonObject Operation(HttpFunction function, IDictionary<string, JsonNode> named)
    {
        var described = function.Operation ?? throw new InvalidOperationException($"{function.Name} has no Operation attribute.");
        var operation = new JsonObject
        {
            ["operationId"] = char.ToLowerInvariant(function.Name[0]) + function.Name[1..],
            ["summary"] = described.Summary,
            ["tags"] = new JsonArray(Tag(function)),
        };
        var isOpen = function.Access is null or { Who: Role.Anonymous };
        if (!isOpen)
        {
            operation["description"] = $"For: {function.Access!.Who}.";
            operation["security"] = new JsonArray(new JsonObject { ["bearer"] = new JsonArray() });
        }

        if (Parameters(function, described) is { Count: > 0 } parameters)
        {
            operation["parameters"] = parameters;
        }

        if (described.Request is not null || described.RequestMediaType is not null)
        {
            var schema = described.Request is { } request ? Schemas.Of(request, closed: true, named)
                : described.RequestMediaType == "multipart/form-data" ? FileForm()
                : new JsonObject { ["type"] = "string" };
            operation["requestBody"] = new JsonObject
            {
                // Where no member is required the body may be left out.
                ["required"] = described.Request is null || schema["required"] is not null,
                ["content"] = new JsonObject { [described.RequestMediaType ?? "application/json"] = new JsonObject { ["schema"] = schema } },
            };
        }

        operation["responses"] = Responses(function, described, isOpen, named);
        return operation;
    }

    /// <summary>A form with one file in it.</summary>
    private static JsonObject FileForm() => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("file"),
        ["properties"] = new JsonObject { ["file"] = new JsonObject { ["type"] = "string", ["contentMediaType"] = "application/octet-stream" } },
    };

    private static JsonArray Parameters(HttpFunction function, OperationAttribute described)
    {
        var parameters = new JsonArray();
        foreach (var part in TemplateParser.Parse(function.Route).Parameters)
        {
            parameters.Add(Parameter(part.Name!, "path", required: true));
        }

        foreach (var name in described.IsList ? described.Query.Concat(["limit", "cursor"]) : described.Query)
        {
            parameters.Add(Parameter(name, "query", required: false));
        }

        if (described.Key)
        {
            parameters.Add(Parameter("Idempotency-Key", "header", required: true));
        }

        return parameters;
    }

    private static JsonObject Parameter(string name, string place, bool required) => new()
    {
        ["name"] = name,
        ["in"] = place,
        ["required"] = required,
        ["schema"] = new JsonObject { ["type"] = name is "limit" or "wait" ? "integer" : "string" },
    };

    private static JsonObject Responses(HttpFunction function, OperationAttribute described, bool isOpen, IDictionary<string, JsonNode> named)
    {
        var success = new JsonObject { ["description"] = described.Summary };
        if (described.Response is { } answer)
        {
            var schema = Schemas.Of(answer, closed: false, named);
            success["content"] = new JsonObject { [described.ResponseMediaType ?? "application/json"] = new JsonObject { ["schema"] = described.IsList ? ListOf(schema) : schema } };
        }
        else if (described.ResponseMediaType is { } mediaType)
        {
            success["content"] = new JsonObject { [mediaType] = new JsonObject { ["schema"] = new JsonObject { ["type"] = "string" } } };
        }

        var responses = new JsonObject { [described.Status.ToString(CultureInfo.InvariantCulture)] = success };
        foreach (var other in described.AlsoStatus)
        {
            responses[other.ToString(CultureInfo.InvariantCulture)] = success.DeepClone();
        }

        foreach (var group in CodesOf(function, described, isOpen)
            .Select(code => ErrorCatalog.All.GetValueOrDefault(code) ?? throw new InvalidOperationException($"{function.Name} names {code}, which docs/errors.md does not list."))
            .GroupBy(error => error.Status)
            .OrderBy(group => group.Key))
        {
            var status = group.Key.ToString(CultureInfo.InvariantCulture);
            // A success status keeps its place: under_review, for one, is an answer and not a failure.
            responses.TryAdd(status, new JsonObject
            {
                ["description"] = string.Join(", ", group.Select(error => error.Code).Order(StringComparer.Ordinal)),
                ["content"] = new JsonObject { [ProblemJson.ContentType] = new JsonObject { ["schema"] = new JsonObject { ["$ref"] = "#/components/schemas/Problem" } } },
            });
        }

        return responses;
    }

    /// <summary>The function's own codes, and those that follow from what it is.</summary>
    private static HashSet<string> CodesOf(HttpFunction function, OperationAttribute described, bool isOpen)
    {
        var codes = new HashSet<string>(described.Codes, StringComparer.Ordinal) { "internal_error", "service_unavailable" };
        if (!isOpen)
        {
            codes.UnionWith(["unauthenticated", "forbidden"]);
        }

        if (described.Request is { } request)
        {
            codes.UnionWith(["malformed_json", "invalid_body", "payload_too_large", "unknown_field", "required", "invalid_field", "too_long", "validation_failed"]);
            if (HasMoney(request))
            {
                codes.Add("invalid_amount");
            }
        }
        else if (described.Key)
        {
            // Nothing is wanted, and what is sent all the same is looked at.
            codes.UnionWith(["malformed_json", "invalid_body", "payload_too_large", "unknown_field"]);
        }

        if (described.Query.Length > 0)
        {
            codes.Add("invalid_field");
        }

        if (described.IsList)
        {
            codes.UnionWith(["invalid_cursor", "invalid_field"]);
        }

        if (described.Key)
        {
            codes.UnionWith(["idempotency_key_required", "invalid_idempotency_key", "idempotency_key_in_flight", "idempotency_key_reused"]);
        }

        if (function.Route.Contains('{', StringComparison.Ordinal))
        {
            codes.Add("not_found");
        }

        return codes;
    }

    /// <summary>Whether an amount is among what is asked for.</summary>
    private static bool HasMoney(Type request) => Schemas.Of(request, closed: true).ToJsonString().Contains("#/components/schemas/Money", StringComparison.Ordinal);

    private static JsonObject ListOf(JsonNode item) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject
        {
            ["items"] = new JsonObject { ["type"] = "array", ["items"] = item },
            ["nextCursor"] = new JsonObject { ["type"] = new JsonArray("string", "null") },
        },
        ["required"] = new JsonArray("items", "nextCursor"),
    };

    private static string Tag(HttpFunction function)
    {
        var segments = function.Route.Split('/');
        return segments[0] == "v1" && segments.Length > 1 ? segments[1] : segments[0];
    }
}
