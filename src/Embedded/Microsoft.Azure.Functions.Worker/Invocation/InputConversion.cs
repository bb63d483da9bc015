using System.Text;
using Azure.Core.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>
/// What the worker's converters make of a value, in their order: the context, Guid, dates, memory, text to bytes, JSON.
/// </summary>
internal static class InputConversion
{
    /// <exception cref="FunctionInputConverterException">
    /// There is a value but it does not fit, or there is none and the parameter neither is nullable nor has a default.
    /// </exception>
    public static object? Convert(FunctionContext context, FunctionParameter parameter, object? source)
    {
        var type = parameter.Type;
        if (type.IsInstanceOfType(context)) return context;
        if (type == typeof(CancellationToken)) return context.CancellationToken;
        if (source is not null && type.IsInstanceOfType(source)) return source;
        if (TryConvert(Nullable.GetUnderlyingType(type) ?? type, source, context, parameter, out var value)) return value;
        if (parameter.HasDefaultValue) return parameter.DefaultValue;
        if (parameter.IsReferenceOrNullableType) return null;
        throw new FunctionInputConverterException(
            $"Function '{context.FunctionDefinition.Name}': there is no value for the parameter '{parameter.Name}'; give it a default or make it nullable.");
    }

    private static bool TryConvert(Type type, object? source, FunctionContext context, FunctionParameter parameter, out object? value)
    {
        value = null;
        if (source is BinaryData data) source = type == typeof(string) ? data.ToString() : data.ToMemory();
        if (source is string text)
        {
            if (type == typeof(string)) value = text;
            else if (type == typeof(Guid) && Guid.TryParse(text, out var id)) value = id;
            else if (type == typeof(DateTimeOffset) && DateTimeOffset.TryParse(text, out var offset)) value = offset;
            else if (type == typeof(DateTime) && DateTime.TryParse(text, out var time)) value = time;
            else if (type == typeof(byte[])) value = Encoding.UTF8.GetBytes(text);
            else if (type == typeof(ReadOnlyMemory<byte>)) value = new ReadOnlyMemory<byte>(Encoding.UTF8.GetBytes(text));
            else if (type == typeof(BinaryData)) value = BinaryData.FromString(text);
            else value = FromJson(Encoding.UTF8.GetBytes(text), type, context, parameter);
            return true;
        }
        if ((source is byte[] bytes ? bytes : source as ReadOnlyMemory<byte>?) is not { } memory) return false;
        if (type == typeof(string)) value = Encoding.UTF8.GetString(memory.Span);
        else if (type == typeof(byte[])) value = memory.ToArray();
        else if (type == typeof(ReadOnlyMemory<byte>)) value = memory;
        else if (type == typeof(BinaryData)) value = BinaryData.FromBytes(memory);
        else value = FromJson(memory, type, context, parameter);
        return true;
    }

    private static object? FromJson(ReadOnlyMemory<byte> json, Type type, FunctionContext context, FunctionParameter parameter)
    {
        try
        {
            using var stream = new MemoryStream(json.ToArray(), writable: false);
            return Serializer(context.InstanceServices).Deserialize(stream, type, context.CancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new FunctionInputConverterException(
                $"Function '{context.FunctionDefinition.Name}': the value of '{parameter.Name}' cannot be read as {type.FullName}: {e.Message}", e);
        }
    }

    public static ObjectSerializer Serializer(IServiceProvider services) => services.GetRequiredService<IOptions<WorkerOptions>>().Value.Serializer!;
}
