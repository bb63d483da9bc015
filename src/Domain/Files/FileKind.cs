using System.Text;
using System.Text.Unicode;

namespace WalletFunctions.Domain.Files;

/// <summary>The kinds of files that people may upload, told from their bytes and from nothing else.</summary>
/// <param name="MediaType">As it is served.</param>
/// <param name="Extensions">Those that fit, the usual one first.</param>
public sealed record FileKind(string MediaType, IReadOnlyList<string> Extensions)
{
    /// <summary>Photographs.</summary>
    public static FileKind Jpeg { get; } = new("image/jpeg", [".jpg", ".jpeg"]);

    /// <summary>Screenshots.</summary>
    public static FileKind Png { get; } = new("image/png", [".png"]);

    /// <summary>Pictures from the web.</summary>
    public static FileKind Webp { get; } = new("image/webp", [".webp"]);

    /// <summary>Documents.</summary>
    public static FileKind Pdf { get; } = new("application/pdf", [".pdf"]);

    /// <summary>Films of what was delivered.</summary>
    public static FileKind Mp4 { get; } = new("video/mp4", [".mp4", ".m4v"]);

    /// <summary>Plain text in UTF-8. What looks like a page is text as well, and is served as such.</summary>
    public static FileKind PlainText { get; } = new("text/plain; charset=utf-8", [".txt", ".log", ".csv"]);

    /// <summary>The brands of files that players of MP4 take (ISO/IEC 14496-12, registered at mp4ra.org); HEIC has others.</summary>
    private static readonly string[] Mp4Brands = ["avc1", "dash", "iso2", "iso4", "iso5", "iso6", "isom", "M4V ", "mp41", "mp42", "MSNV"];

    /// <summary>What a file is; null for what nobody may upload, an empty file included.</summary>
    public static FileKind? Of(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]))
        {
            return Jpeg;
        }

        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]))
        {
            return Png;
        }

        if (bytes.Length >= 12 && bytes.StartsWith("RIFF"u8) && bytes[8..].StartsWith("WEBP"u8))
        {
            return Webp;
        }

        if (bytes.StartsWith("%PDF-"u8))
        {
            return Pdf;
        }

        if (bytes.Length >= 12 && bytes[4..].StartsWith("ftyp"u8))
        {
            return Mp4Brands.Contains(Encoding.Latin1.GetString(bytes[8..12]), StringComparer.Ordinal) ? Mp4 : null;
        }

        return IsText(bytes) ? PlainText : null;
    }

    private static bool IsText(ReadOnlySpan<byte> bytes)
    {
        foreach (var one in bytes)
        {
            if (one is < 0x20 and not ((byte)'\t' or (byte)'\n' or (byte)'\r' or (byte)'\f') or 0x7F)
            {
                return false;
            }
        }

        return !bytes.IsEmpty && Utf8.IsValid(bytes);
    }
}
