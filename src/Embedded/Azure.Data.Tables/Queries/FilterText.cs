using System.Globalization;
using System.Text;
using System.Xml;

namespace Azure.Data.Tables.Queries;

/// <summary>Values in the filter language. Source: learn.microsoft.com/rest/api/storageservices/querying-tables-and-entities.</summary>
internal static class FilterText
{
    public static string Format(FormattableString filter)
    {
        if (filter is null) return null;
        var arguments = filter.GetArguments();
        var literals = new object[arguments.Length];
        for (var i = 0; i < arguments.Length; i++) literals[i] = Literal(arguments[i]);
        return string.Format(CultureInfo.InvariantCulture, filter.Format, literals);
    }

    /// <exception cref="ArgumentException">No column has such a type.</exception>
    public static string Literal(object value) => value switch
    {
        string v => $"'{v.Replace("'", "''", StringComparison.Ordinal)}'",
        char or StringBuilder => Literal(value.ToString()),
        bool v => v ? "true" : "false",
        sbyte or byte or short or ushort or int or uint => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        long v => v.ToString(CultureInfo.InvariantCulture) + "L",
        ulong v => v.ToString(CultureInfo.InvariantCulture) + "L",
        double or float or decimal => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        DateTimeOffset v => Time(v.UtcDateTime),
        DateTime v => Time(v.ToUniversalTime()),
        Guid v => $"guid'{v}'",
        byte[] v => $"X'{Convert.ToHexString(v)}'",
        BinaryData v => $"X'{Convert.ToHexString(v.ToMemory().Span)}'",
        null => throw new NotSupportedException("A filter cannot test for null: the service has no such comparison."),
        _ => throw new ArgumentException($"A {value.GetType().Name} cannot be compared with a column.", nameof(value)),
    };

    public static string Time(DateTime time) => $"datetime'{XmlConvert.ToString(time, XmlDateTimeSerializationMode.RoundtripKind)}'";
}
