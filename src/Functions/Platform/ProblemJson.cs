using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform;

/// <summary>Writes a refusal as application/problem+json (RFC 9457).</summary>
internal static class ProblemJson
{
    public const string ContentType = "application/problem+json";

    /// <summary>docs/errors.md as the running app serves it; a reference relative to the request (RFC 9457, 3.1.1).</summary>
    public const string TypeBase = "/api/docs/errors.md#";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The exact text that is stored and sent.</summary>
    /// <param name="instance">The path that was asked for.</param>
    /// <param name="status">Null: the status of the error's kind.</param>
    public static string Serialize(DomainError error, Caller caller, string instance, int? status = null)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(buffer, Options))
        {
            writer.WriteStartObject();
            writer.WriteString("type", TypeBase + error.Code);
            writer.WriteString("title", error.Title.In(caller.Language));
            writer.WriteNumber("status", status ?? ErrorStatus.Of(error.Kind));
            writer.WriteString("detail", error.Detail.In(caller.Language));
            writer.WriteString("instance", instance);
            writer.WriteString("code", error.Code);
            writer.WriteString("requestId", caller.RequestId);
            WriteFields(writer, error.Fields, caller.Language);
            WriteNextSteps(writer, error.NextSteps);
            foreach (var (name, value) in error.Extensions)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(AnswerJson.Serialize(value));
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static void WriteFields(Utf8JsonWriter writer, IReadOnlyList<FieldError> fields, Language language)
    {
        if (fields.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("errors");
        foreach (var field in fields)
        {
            writer.WriteStartObject();
            writer.WriteString("field", field.Field);
            writer.WriteString("code", field.Code);
            writer.WriteString("detail", field.Detail.In(language));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void WriteNextSteps(Utf8JsonWriter writer, IReadOnlyList<NextStep> steps)
    {
        if (steps.Count == 0)
        {
            return;
        }

        writer.WriteStartArray("nextSteps");
        foreach (var step in steps)
        {
            writer.WriteStartObject();
            writer.WriteString("action", step.Action);
            writer.WriteString("route", step.Route);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }
}
