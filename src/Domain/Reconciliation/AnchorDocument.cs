using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using WalletFunctions.Domain.Signing;

namespace WalletFunctions.Domain.Reconciliation;

/// <summary>An anchor as it is kept: the signed statement in the first line, then a line for each book, ordered by partition. UTF-8, line feeds, also at the end.</summary>
public static class AnchorDocument
{
    /// <summary>Far longer than any statement: a first line without an end is not read into memory.</summary>
    private const int LongestLine = 4096;

    /// <summary>Checks an anchor as it stands, line by line, against keys that the reader trusts. Never throws for what it reads.</summary>
    /// <param name="content">The whole document.</param>
    /// <param name="day">The day it must be of; null: whichever.</param>
    /// <param name="keys">The published keys.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<AnchorCheck> CheckAsync(Stream content, DateOnly? day, PublicKeySet keys, CancellationToken cancellationToken)
    {
        using var reader = new LineReader(content, LongestLine);
        if (await reader.ReadAsync(cancellationToken) is not { } jws)
        {
            return new AnchorCheck(AnchorFault.Unreadable, null, null);
        }

        if (AnchorStatement.Read(jws, keys, out var fault) is not { } statement)
        {
            return new AnchorCheck(fault == JwsFault.KeyUnknown ? AnchorFault.KeyUnknown : AnchorFault.SignatureWrong, null, jws);
        }

        if (day is not null && statement.Day != day)
        {
            return new AnchorCheck(AnchorFault.OtherDay, statement, jws);
        }

        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var count = 0L;
        while (await reader.ReadAsync(cancellationToken) is { } line)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(line + '\n'));
            count++;
        }

        var isWhole = reader.IsSound && count == statement.Books && Convert.ToHexStringLower(hash.GetHashAndReset()) == statement.LinesSha256;
        return new AnchorCheck(isWhole ? AnchorFault.None : AnchorFault.LinesChanged, statement, jws);
    }

    /// <summary>The lines of an anchor, as they come.</summary>
    public static async IAsyncEnumerable<AnchoredHead> LinesAsync(Stream content, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var reader = new LineReader(content, LongestLine);
        await reader.ReadAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken) is { } line)
        {
            if (AnchoredHead.Parse(line) is { } head)
            {
                yield return head;
            }
        }
    }

    /// <summary>The name of a day's document.</summary>
    public static string NameOf(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture) + ".anchor";

    /// <summary>The day of a document's name; null when it is none of ours.</summary>
    public static DateOnly? DayOf(string name) =>
        name.EndsWith(".anchor", StringComparison.Ordinal) && DateOnly.TryParseExact(name[..^".anchor".Length], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
            ? day
            : null;

    /// <summary>Reads lines that end in a line feed, each up to a length.</summary>
    private sealed class LineReader(Stream content, int longest) : IDisposable
    {
        private readonly StreamReader reader = new(content, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false), detectEncodingFromByteOrderMarks: false);
        private readonly char[] buffer = new char[longest];
        private int at;
        private int filled;

        /// <summary>False once a line was too long, or the last had no end.</summary>
        public bool IsSound { get; private set; } = true;

        public async ValueTask<string?> ReadAsync(CancellationToken cancellationToken)
        {
            while (true)
            {
                var end = Array.IndexOf(buffer, '\n', at, filled - at);
                if (end >= 0)
                {
                    var line = new string(buffer, at, end - at);
                    at = end + 1;
                    return line;
                }

                Array.Copy(buffer, at, buffer, 0, filled - at);
                (at, filled) = (0, filled - at);
                var read = filled == buffer.Length ? 0 : await reader.ReadAsync(buffer.AsMemory(filled), cancellationToken);
                if (read == 0)
                {
                    IsSound &= filled == 0;
                    return null;
                }

                filled += read;
            }
        }

        public void Dispose() => reader.Dispose();
    }
}

/// <summary>What a check of an anchor found.</summary>
/// <param name="Fault">What is wrong.</param>
/// <param name="Statement">What is signed; null unless the signature holds.</param>
/// <param name="Jws">The first line, as far as there is one.</param>
public sealed record AnchorCheck(AnchorFault Fault, AnchorStatement? Statement, string? Jws);

/// <summary>Why an anchor is not accepted. The names are served in snake_case.</summary>
public enum AnchorFault
{
    /// <summary>It is accepted.</summary>
    None = 0,

    /// <summary>It has no first line.</summary>
    Unreadable,

    /// <summary>The key that it names is not among those published.</summary>
    KeyUnknown,

    /// <summary>The signature does not hold, or what is signed is no statement.</summary>
    SignatureWrong,

    /// <summary>It is the anchor of another day.</summary>
    OtherDay,

    /// <summary>The lines are not those that were signed.</summary>
    LinesChanged,
}
