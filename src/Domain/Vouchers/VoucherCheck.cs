using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using WalletFunctions.Domain.Signing;

namespace WalletFunctions.Domain.Vouchers;

/// <summary>Checks a voucher, in whichever form it was handed on: the signed text alone, the API's JSON, or the printable page.</summary>
/// <param name="IsGood">Whether all of it is as it was issued.</param>
/// <param name="Finding">What was found, in one sentence.</param>
/// <param name="Voucher">What was signed; null when nothing can be trusted.</param>
/// <param name="KeyId">The key that the signed text names, as far as it could be read.</param>
public sealed partial record VoucherCheck(bool IsGood, Text Finding, Voucher? Voucher, string? KeyId)
{
    /// <summary>Checks a document against the keys that the issuer publishes. Never throws, whatever the text is.</summary>
    public static VoucherCheck Of(string document, PublicKeySet keys)
    {
        var text = document.Trim('\uFEFF', ' ', '\t', '\r', '\n');
        return text.StartsWith('{') ? OfJson(text, keys) : text.StartsWith('<') ? OfPage(text, keys) : OfSigned(text, keys);
    }

    private static VoucherCheck OfSigned(string text, PublicKeySet keys)
    {
        // Mail and paper break long lines; a space cannot change what was signed, for the signature covers no spaces.
        var check = CompactJws.Check(string.Concat(text.Where(c => !char.IsWhiteSpace(c))), Voucher.SignedType, keys);
        if (check.Fault != JwsFault.None)
        {
            return Bad(Words(check.Fault), check.KeyId);
        }

        return Voucher.Read(check.Payload) is { } voucher
            ? new VoucherCheck(true, new("凭证有效：签名正确，内容未被改动。", "The voucher is good: the signature holds, and nothing in it was changed."), voucher, check.KeyId)
            : Bad(new("签名正确，但本程序不认识这一版本的凭证。", "The signature holds, but this program does not know this form of voucher."), check.KeyId);
    }

    /// <summary>Beside the signed text the API says the same in plain JSON; that must not be another story.</summary>
    private static VoucherCheck OfJson(string text, PublicKeySet keys)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement;
            var check = OfSigned(Voucher.Text(root, "voucher"), keys);
            if (check.Voucher is not { } voucher)
            {
                return check;
            }

            using var signed = JsonDocument.Parse(voucher.Write());
            return (root.TryGetProperty("content", out var content) && !JsonElement.DeepEquals(content, signed.RootElement))
                || (root.TryGetProperty("keyId", out var keyId) && (keyId.ValueKind != JsonValueKind.String || keyId.GetString() != check.KeyId))
                ? check.But(new("签名正确，但签名以外的内容与之不符；只可信任以下各项。", "The signature holds, but what stands beside it says otherwise; trust only the lines below."))
                : check;
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return Bad(new("JSON 无法读取，或其中没有凭证。", "The JSON cannot be read, or has no voucher in it."), null);
        }
    }

    /// <summary>Each member stands once on the page, marked with its name, and must read as it was signed.</summary>
    private static VoucherCheck OfPage(string page, PublicKeySet keys)
    {
        var cells = Cell().Matches(page).Select(match => (Name: match.Groups["name"].Value, Value: WebUtility.HtmlDecode(match.Groups["value"].Value))).ToList();
        if (cells.Where(cell => cell.Name == "voucher").Select(cell => cell.Value).ToList() is not [var signed])
        {
            return Bad(new("页面里没有凭证，或不止一份。", "The page has no voucher in it, or more than one."), null);
        }

        var check = OfSigned(signed, keys);
        if (check.Voucher is not { } voucher)
        {
            return check;
        }

        var expected = voucher.Fields().Append(("voucher", signed)).Append(("keyId", check.KeyId!)).Order();
        return cells.Order().SequenceEqual(expected)
            ? check
            : check.But(new("签名正确，但页面上显示的内容与签名的不符；只可信任以下各项。", "The signature holds, but the page shows something else than was signed; trust only the lines below."));
    }

    private VoucherCheck But(Text finding) => this with { IsGood = false, Finding = finding };

    private static VoucherCheck Bad(Text finding, string? keyId) => new(false, finding, null, keyId);

    private static Text Words(JwsFault fault) => fault switch
    {
        JwsFault.NotCompact => new("这不是签名凭证：应为以点号相连的三段 base64url。", "This is no signed voucher: it should be three parts in base64url, joined by dots."),
        JwsFault.HeaderUnreadable => new("签名凭证的头部无法读取。", "The header of the signed text cannot be read."),
        JwsFault.OtherKind => new("这是签名文本，但不是以 ES256 签名的凭证。", "This is signed text, but not a voucher signed with ES256."),
        JwsFault.KeyUnknown => new("签名所用的密钥不在给出的公钥之中：请获取最新公钥；若仍找不到，则凭证系伪造。", "The key that signed it is not among the keys given: fetch them anew; if it is still not there, the voucher is forged."),
        JwsFault.SignatureWrong => new("签名不符：内容被改动，或由他人签名。", "The signature does not fit: something was changed, or somebody else signed it."),
        JwsFault.None => throw new ArgumentOutOfRangeException(nameof(fault), fault, "Nothing is wrong."),
    };

    /// <summary>What the page marks with <c>data-field</c>. Values are text, so they hold no markup.</summary>
    [GeneratedRegex("""<[a-z]+ data-field="(?<name>[A-Za-z]+)">(?<value>[^<]*)</""", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Cell();
}
