using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using WalletFunctions.Domain.Calendar;

namespace WalletFunctions.Domain.Vouchers;

/// <summary>What we testify to of a transaction. Signed, it can be shown to anybody; nobody in it is named in full.</summary>
/// <param name="Version">The form of the voucher: <see cref="CurrentVersion"/>.</param>
/// <param name="TransactionId">The transaction.</param>
/// <param name="Kind">As in the list of transactions.</param>
/// <param name="Direction"><c>in</c> or <c>out</c>: the entry stands in the payee's book, or in the payer's.</param>
/// <param name="Status">What had become of it when this was issued.</param>
/// <param name="Amount">Without the fee.</param>
/// <param name="Fee">On top of the amount.</param>
/// <param name="Payer">Who paid.</param>
/// <param name="Payee">Who was paid.</param>
/// <param name="Time">When it was entered.</param>
/// <param name="Entry">The number of its entry in the book.</param>
/// <param name="EntryHash">The entry's link of the book's hash chain, in hexadecimal.</param>
/// <param name="Issuer">Who testifies.</param>
/// <param name="IssuedAt">When.</param>
public sealed record Voucher(
    int Version,
    TransactionId TransactionId,
    string Kind,
    string Direction,
    string Status,
    Money Amount,
    Money Fee,
    VoucherParty Payer,
    VoucherParty Payee,
    DateTimeOffset Time,
    long Entry,
    string EntryHash,
    string Issuer,
    DateTimeOffset IssuedAt)
{
    /// <summary>The transaction that had taken this one back when this was issued; null: none.</summary>
    public TransactionId? ReversedBy { get; init; }

    /// <summary>Of a refund: the payment that it refunds, in part or whole.</summary>
    public TransactionId? Refunds { get; init; }

    /// <summary>The only form there is so far.</summary>
    public const int CurrentVersion = 1;

    /// <summary>The <c>typ</c> of a signed voucher.</summary>
    public const string SignedType = "wallet-voucher+jws";

    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'";

    /// <summary>Chinese names stay readable to whoever decodes the payload by hand.</summary>
    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The bytes that are signed: JSON.</summary>
    public byte[] Write()
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteNumber("version", Version);
            json.WriteString("transactionId", TransactionId.Value);
            json.WriteString("kind", Kind);
            json.WriteString("direction", Direction);
            json.WriteString("status", Status);
            WriteMoney(json, "amount", Amount);
            WriteMoney(json, "fee", Fee);
            Payer.Write(json, "payer");
            Payee.Write(json, "payee");
            json.WriteString("time", Time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            json.WriteNumber("entry", Entry);
            json.WriteString("entryHash", EntryHash);
            json.WriteString("issuer", Issuer);
            json.WriteString("issuedAt", IssuedAt.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture));
            if (ReversedBy is { } reversal)
            {
                json.WriteString("reversedBy", reversal.Value);
            }

            if (Refunds is { } payment)
            {
                json.WriteString("refunds", payment.Value);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <returns>Null when it is something else, or a form that this program does not know.</returns>
    public static Voucher? Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { AllowDuplicateProperties = false });
            var root = document.RootElement;
            return root.GetProperty("version").GetInt32() != CurrentVersion
                ? null
                : new Voucher(
                    CurrentVersion,
                    new TransactionId(Text(root, "transactionId")),
                    Text(root, "kind"),
                    Text(root, "direction"),
                    Text(root, "status"),
                    ReadMoney(root.GetProperty("amount")),
                    ReadMoney(root.GetProperty("fee")),
                    VoucherParty.Read(root.GetProperty("payer")),
                    VoucherParty.Read(root.GetProperty("payee")),
                    root.GetProperty("time").GetDateTimeOffset(),
                    root.GetProperty("entry").GetInt64(),
                    Text(root, "entryHash"),
                    Text(root, "issuer"),
                    root.GetProperty("issuedAt").GetDateTimeOffset())
                {
                    ReversedBy = root.TryGetProperty("reversedBy", out _) ? new TransactionId(Text(root, "reversedBy")) : null,
                    Refunds = root.TryGetProperty("refunds", out _) ? new TransactionId(Text(root, "refunds")) : null,
                };
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Every member as people read it, the same in all languages; the page shows these, and its check compares them.</summary>
    public IReadOnlyList<(string Name, string Value)> Fields() =>
    [
        ("transactionId", TransactionId.Value),
        ("kind", Kind),
        ("direction", Direction),
        ("status", Status),
        ("amount", Amount.ToString()),
        ("fee", Fee.ToString()),
        ("payer", Payer.ToString()),
        ("payee", Payee.ToString()),
        ("time", InShanghai(Time)),
        ("entry", Entry.ToString(CultureInfo.InvariantCulture)),
        ("entryHash", EntryHash),
        ("issuer", Issuer),
        ("issuedAt", InShanghai(IssuedAt)),
        .. ReversedBy is { } reversal ? new[] { ("reversedBy", reversal.Value) } : [],
        .. Refunds is { } payment ? new[] { ("refunds", payment.Value) } : [],
    ];

    internal static string Text(JsonElement element, string name) => element.GetProperty(name).GetString() ?? throw new FormatException($"{name} is null.");

    private static string InShanghai(DateTimeOffset time) => time.ToOffset(Shanghai.Offset).ToString("yyyy-MM-dd HH:mm:ss 'UTC+8'", CultureInfo.InvariantCulture);

    private static void WriteMoney(Utf8JsonWriter json, string name, Money money)
    {
        json.WriteStartObject(name);
        json.WriteNumber("amount", money.Amount);
        json.WriteString("currency", money.Currency.Code);
        json.WriteEndObject();
    }

    private static Money ReadMoney(JsonElement money) => Currency.TryParse(Text(money, "currency"), out var currency)
        ? new Money(money.GetProperty("amount").GetInt64(), currency)
        : throw new FormatException("The currency is not known.");
}

/// <summary>A side of a transaction, as much of it as may be shown.</summary>
/// <param name="Name">A masked name, a bank card's last digits, a channel; null when there is none.</param>
/// <param name="Wallet">The end of the wallet's id; null when it is not one of ours.</param>
public sealed record VoucherParty(string? Name, string? Wallet)
{
    private const int Shown = 6;

    /// <summary>A side with a wallet here.</summary>
    public static VoucherParty Of(string? name, WalletId? wallet) => new(name, wallet is { Value: { } id } ? $"{WalletId.Prefix}…{id[^Shown..]}" : null);

    /// <summary>Name and wallet.</summary>
    public override string ToString() => string.Join(' ', new[] { Name, Wallet }.OfType<string>());

    internal void Write(Utf8JsonWriter json, string member)
    {
        json.WriteStartObject(member);
        if (Name is not null)
        {
            json.WriteString("name", Name);
        }

        if (Wallet is not null)
        {
            json.WriteString("wallet", Wallet);
        }

        json.WriteEndObject();
    }

    internal static VoucherParty Read(JsonElement party)
    {
        string? Optional(string name) => party.TryGetProperty(name, out var value) ? value.GetString() : null;
        return new VoucherParty(Optional("name"), Optional("wallet"));
    }
}
