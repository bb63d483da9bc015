using System.Buffers.Text;
using System.Text;

namespace MimeKit.Utils;

/// <summary>Content transfer encodings. Decoding takes whatever it finds: what is not of the encoding is passed over (base64) or kept as it is (quoted-printable).</summary>
internal static class TransferCodec
{
    private const int Base64LineLength = 76;

    public static byte[] Decode(ContentEncoding encoding, ReadOnlySpan<byte> bytes) => encoding switch
    {
        ContentEncoding.Base64 => DecodeBase64(bytes),
        ContentEncoding.QuotedPrintable => DecodeQuotedPrintable(bytes, inHeader: false),
        ContentEncoding.UUEncode => DecodeUu(bytes),
        _ => bytes.ToArray(),
    };

    public static byte[] Encode(ContentEncoding encoding, ReadOnlySpan<byte> bytes) => encoding switch
    {
        ContentEncoding.Base64 => EncodeBase64(bytes),
        ContentEncoding.QuotedPrintable => EncodeQuotedPrintable(bytes),
        ContentEncoding.UUEncode => throw new NotSupportedException("Writing uuencoded content is not implemented; choose Base64."),
        _ => bytes.ToArray(),
    };

    public static byte[] DecodeBase64(ReadOnlySpan<byte> bytes)
    {
        var result = new byte[(bytes.Length / 4 * 3) + 3];
        int length = 0, bits = 0, count = 0;
        foreach (var b in bytes)
        {
            var value = b switch
            {
                >= (byte)'A' and <= (byte)'Z' => b - 'A',
                >= (byte)'a' and <= (byte)'z' => b - 'a' + 26,
                >= (byte)'0' and <= (byte)'9' => b - '0' + 52,
                (byte)'+' or (byte)'-' => 62,
                (byte)'/' or (byte)'_' => 63,
                (byte)'=' => -2,
                _ => -1,
            };
            if (value == -1) continue;
            if (value == -2) // padding ends a quantum; some senders join several padded blocks
            {
                if (count == 2) result[length++] = (byte)(bits >> 4);
                if (count == 3) { result[length++] = (byte)(bits >> 10); result[length++] = unchecked((byte)(bits >> 2)); }
                bits = count = 0;
                continue;
            }
            bits = (bits << 6) | value;
            if (++count < 4) continue;
            result[length++] = (byte)(bits >> 16);
            result[length++] = unchecked((byte)(bits >> 8));
            result[length++] = unchecked((byte)bits);
            bits = count = 0;
        }
        if (count == 2) result[length++] = (byte)(bits >> 4);
        if (count == 3) { result[length++] = (byte)(bits >> 10); result[length++] = unchecked((byte)(bits >> 2)); }
        return result.AsSpan(0, length).ToArray();
    }

    /// <summary>With <paramref name="inHeader"/> the Q encoding of RFC 2047, where an underscore is a space.</summary>
    public static byte[] DecodeQuotedPrintable(ReadOnlySpan<byte> bytes, bool inHeader)
    {
        var result = new byte[bytes.Length];
        var length = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (inHeader && b == '_') { result[length++] = (byte)' '; continue; }
            if (b != '=') { result[length++] = b; continue; }
            if (i + 2 < bytes.Length && Hex(bytes[i + 1]) is >= 0 and var high && Hex(bytes[i + 2]) is >= 0 and var low)
            {
                result[length++] = (byte)((high << 4) | low);
                i += 2;
                continue;
            }
            var end = i + 1; // a soft line break, white space before the line end being allowed
            while (end < bytes.Length && bytes[end] is (byte)' ' or (byte)'\t' or (byte)'\r') end++;
            if (!inHeader && (end == bytes.Length || bytes[end] == '\n')) i = end;
            else result[length++] = b;
        }
        return result.AsSpan(0, length).ToArray();
    }

    /// <summary>Lines of at most 76 characters, joined by LF: whoever writes converts line breaks.</summary>
    private static byte[] EncodeBase64(ReadOnlySpan<byte> bytes)
    {
        using var result = new MemoryStream((bytes.Length * 3 / 2) + 2);
        Span<byte> line = stackalloc byte[Base64LineLength + 1];
        for (var i = 0; i < bytes.Length; i += 57)
        {
            Base64.EncodeToUtf8(bytes.Slice(i, Math.Min(57, bytes.Length - i)), line, out _, out var written);
            line[written] = (byte)'\n';
            result.Write(line[..(written + 1)]);
        }
        return result.ToArray();
    }

    private static byte[] EncodeQuotedPrintable(ReadOnlySpan<byte> bytes)
    {
        var result = new StringBuilder(bytes.Length + (bytes.Length / 4));
        var column = 0;
        for (var i = 0; i < bytes.Length; i++)
        {
            var b = bytes[i];
            if (b == '\n') { result.Append('\n'); column = 0; continue; }
            if (b == '\r' && i + 1 < bytes.Length && bytes[i + 1] == '\n') continue;
            var lastOnLine = i + 1 == bytes.Length || bytes[i + 1] is (byte)'\n' or (byte)'\r';
            var leading = column == 0 && b is (byte)'.' or (byte)'F'; // a lone dot ends SMTP data, "From " splits mailboxes
            var literal = (b is > 32 and < 127 && b != '=' && !leading) || (b is (byte)' ' or (byte)'\t' && !lastOnLine);
            if (column + (literal ? 1 : 3) > 75) { result.Append("=\n"); column = 0; }
            if (literal) { result.Append((char)b); column++; }
            else { result.Append('=').Append(b.ToString("X2", null)); column += 3; }
        }
        return Encoding.ASCII.GetBytes(result.ToString());
    }

    private static byte[] DecodeUu(ReadOnlySpan<byte> bytes)
    {
        using var result = new MemoryStream(bytes.Length);
        foreach (var range in bytes.Split((byte)'\n'))
        {
            var line = bytes[range].TrimEnd((byte)'\r');
            if (line.IsEmpty || line.StartsWith("begin "u8)) continue;
            if (line.SequenceEqual("end"u8)) break;
            var left = (line[0] - 32) & 63;
            for (var i = 1; left > 0 && i < line.Length; i += 4)
            {
                var quad = 0;
                for (var k = 0; k < 4; k++) quad = (quad << 6) | (i + k < line.Length ? (line[i + k] - 32) & 63 : 0);
                for (var shift = 16; shift >= 0 && left > 0; shift -= 8, left--) result.WriteByte(unchecked((byte)(quad >> shift)));
            }
        }
        return result.ToArray();
    }

    internal static int Hex(byte b) => b switch
    {
        >= (byte)'0' and <= (byte)'9' => b - '0',
        >= (byte)'A' and <= (byte)'F' => b - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => b - 'a' + 10,
        _ => -1,
    };
}
