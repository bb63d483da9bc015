using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using WalletFunctions.Domain;

namespace WalletFunctions.Platform.Partners;

/// <summary>One line of a partner's daily file.</summary>
/// <param name="Id">Our id of the order: a payout's (<c>po_…</c>), or a charge's, which is its top-up's (<c>top_…</c>).</param>
/// <param name="Amount">What moved.</param>
/// <param name="State">Which way it moved.</param>
/// <param name="SettledAt">When it moved, by the business clock; for a returned payout, when it came back.</param>
internal sealed record DailyFileRow(string Id, Money Amount, DailyFileState State, DateTimeOffset SettledAt);

/// <summary>What a line of a daily file tells.</summary>
internal enum DailyFileState
{
    /// <summary>The money arrived: at the payee's card, or from the payer's.</summary>
    Settled,

    /// <summary>It had arrived, and came back on this day.</summary>
    Returned,
}

/// <summary>
/// What a partner says it moved on one Asia/Shanghai day: JSON lines, one movement each, oldest first, and a last line that
/// counts and signs them. A payout that settles on one day and comes back on another is in both files.
/// </summary>
/// <remarks>The signature is HMAC-SHA256 over the day and a line feed, then every line with its line feed.</remarks>
internal static class DailyFile
{
    public const string MediaType = "application/jsonl";

    /// <summary>Writes a file.</summary>
    public static string Write(DateOnly day, IEnumerable<DailyFileRow> rows, ReadOnlySpan<byte> key)
    {
        var text = new StringBuilder();
        using var signature = Begin(day, key);
        var count = 0;
        foreach (var row in rows)
        {
            var line = JsonSerializer.Serialize(
                new Line(row.Id, new(row.Amount.Amount, row.Amount.Currency.Code), row.State.ToString().ToLowerInvariant(), row.SettledAt), JsonSerializerOptions.Web);
            Sign(signature, line);
            text.Append(line).Append('\n');
            count++;
        }

        return text.Append(JsonSerializer.Serialize(new LastLine(count, End(signature)), JsonSerializerOptions.Web)).Append('\n').ToString();
    }

    /// <summary>Reads a file as it comes in. Its rows count only once the reading has ended without a throw.</summary>
    /// <exception cref="InvalidDataException">The file is cut off, forged or malformed.</exception>
    public static async IAsyncEnumerable<DailyFileRow> ReadAsync(Stream content, DateOnly day, byte[] key, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(content, Encoding.UTF8);
        using var signature = Begin(day, key);
        var count = 0;
        while (await reader.ReadLineAsync(cancellationToken) is { } text)
        {
            var line = Parse(text);
            if (line.Signature is { } claimed)
            {
                if (line.Rows != count
                    || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(claimed), Encoding.UTF8.GetBytes(End(signature)))
                    || await reader.ReadLineAsync(cancellationToken) is not null)
                {
                    throw new InvalidDataException($"The file of {day:yyyy-MM-dd} is not what its last line signs.");
                }

                yield break;
            }

            Sign(signature, text);
            count++;
            yield return RowOf(line, day);
        }

        throw new InvalidDataException($"The file of {day:yyyy-MM-dd} is cut off after {count} lines.");
    }

    private static AnyLine Parse(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<AnyLine>(text, JsonSerializerOptions.Web) ?? throw new InvalidDataException("A line of a daily file is empty.");
        }
        catch (JsonException malformed)
        {
            throw new InvalidDataException("A line of a daily file cannot be read.", malformed);
        }
    }

    private static DailyFileRow RowOf(AnyLine line, DateOnly day) =>
        line is { Id: { } id, Amount: { Amount: > 0 } amount, SettledAt: { } at }
            && Currency.TryParse(amount.Currency, out var currency)
            && StateOf(line.State) is { } state
            ? new DailyFileRow(id, new Money(amount.Amount, currency), state, at)
            : throw new InvalidDataException($"A line of the file of {day:yyyy-MM-dd} lacks something.");

    private static DailyFileState? StateOf(string? state) => state switch
    {
        "settled" => DailyFileState.Settled,
        "returned" => DailyFileState.Returned,
        _ => null,
    };

    private static IncrementalHash Begin(DateOnly day, ReadOnlySpan<byte> key)
    {
        var signature = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Sign(signature, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        return signature;
    }

    private static void Sign(IncrementalHash signature, string line) => signature.AppendData(Encoding.UTF8.GetBytes(line + '\n'));

    private static string End(IncrementalHash signature) => "v1," + Convert.ToBase64String(signature.GetHashAndReset());

    private sealed record AmountBody(long Amount, string Currency);

    private sealed record Line(string Id, AmountBody Amount, string State, DateTimeOffset SettledAt);

    private sealed record LastLine(int Rows, string Signature);

    private sealed record AnyLine(string? Id, AmountBody? Amount, string? State, DateTimeOffset? SettledAt, int? Rows, string? Signature);
}
