using System.Text;

namespace MimeKit.Utils;

/// <summary>Charset names as they occur in mail, and decoding that never fails.</summary>
internal static class Charsets
{
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // Names that .NET does not know or knows too narrowly. GB2312 and GBK are declared for text that needs their superset GB18030;
    // KS C 5601 is declared for what is the Windows superset 949; Latin-1 for what is windows-1252.
    private static readonly Dictionary<string, string> Aliases = new(StringComparer.OrdinalIgnoreCase)
    {
        ["gb2312"] = "gb18030", ["gbk"] = "gb18030", ["gb_2312-80"] = "gb18030", ["gb-2312"] = "gb18030", ["cp936"] = "gb18030", ["x-gbk"] = "gb18030", ["euc-cn"] = "gb18030",
        ["utf8"] = "utf-8", ["utf-8-unicode"] = "utf-8", ["unicode-1-1-utf-8"] = "utf-8", ["x-unicode-2-0-utf-8"] = "utf-8",
        ["cp1250"] = "windows-1250", ["cp1251"] = "windows-1251", ["cp1252"] = "windows-1252", ["cp1254"] = "windows-1254",
        ["big5-hkscs"] = "big5", ["x-big5"] = "big5", ["cp950"] = "big5", ["x-sjis"] = "shift_jis", ["cp932"] = "shift_jis", ["ms_kanji"] = "shift_jis",
        ["ks_c_5601-1987"] = "ks_c_5601-1987", ["ks_c_5601"] = "ks_c_5601-1987", ["cp949"] = "ks_c_5601-1987", ["latin1"] = "iso-8859-1", ["8859-1"] = "iso-8859-1",
        ["ascii"] = "us-ascii", ["ansi_x3.4-1968"] = "us-ascii",
    };

    static Charsets() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>Null when nobody knows the name.</summary>
    public static Encoding? Find(string? name)
    {
        name = name?.Trim(' ', '\t', '"', '\'');
        if (string.IsNullOrEmpty(name) || name.Length > 40) return null;
        try
        {
            return Encoding.GetEncoding(Aliases.GetValueOrDefault(name, name));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return null; // unknown, or UTF-7, which .NET refuses
        }
    }

    /// <summary>By the declared charset; where none is known, or ASCII is declared for 8-bit text, UTF-8 if it fits, else Latin-1.</summary>
    public static string Decode(Encoding? encoding, ReadOnlySpan<byte> bytes)
    {
        if (encoding is null || encoding.CodePage == Encoding.ASCII.CodePage) return DecodeUndeclared(bytes);
        if (bytes.StartsWith(encoding.Preamble) && encoding.Preamble.Length > 0) bytes = bytes[encoding.Preamble.Length..];
        return encoding.GetString(bytes);
    }

    public static string DecodeUndeclared(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        if (bytes is [0xFF, 0xFE, ..]) return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes is [0xFE, 0xFF, ..]) return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        try
        {
            return StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }
}
