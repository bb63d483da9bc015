using System.Globalization;
using Microsoft.AspNetCore.Http;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Platform;

namespace WalletFunctions.Wallet.History;

/// <summary>Which transactions are wanted.</summary>
/// <param name="Kinds">The entries' kinds; empty: none can match.</param>
/// <param name="From">Not before this.</param>
/// <param name="To">Not after this.</param>
/// <param name="Party">The other side's wallet.</param>
/// <param name="Name">Part of the other side's name, whatever its case.</param>
/// <param name="Statuses">Empty: any.</param>
/// <param name="MinAmount">Not less, in minor units; without the fee.</param>
/// <param name="MaxAmount">Not more, in minor units; without the fee.</param>
internal sealed record TransactionFilter(
    IReadOnlyList<EntryKind> Kinds,
    DateTimeOffset? From,
    DateTimeOffset? To,
    WalletId? Party,
    string? Name,
    IReadOnlyCollection<string> Statuses,
    long? MinAmount,
    long? MaxAmount)
{
    private const int LongestName = 64;

    /// <summary>Reads <c>kind</c>, <c>direction</c>, <c>from</c>, <c>to</c>, <c>counterparty</c>, <c>status</c>, <c>minAmount</c> and <c>maxAmount</c>.</summary>
    public static Result<TransactionFilter> Read(HttpRequest request)
    {
        var mistakes = new List<FieldError>();
        var kinds = Names(request, "kind", TransactionKinds.Names, mistakes);
        var directions = Names(request, "direction", ["in", "out"], mistakes);
        var statuses = Names(request, "status", TransactionView.Statuses, mistakes);
        var from = Time(request, "from", QueryTime.From, mistakes);
        var to = Time(request, "to", QueryTime.Until, mistakes);
        var (min, max) = (Amount(request, "minAmount", mistakes), Amount(request, "maxAmount", mistakes));
        if (from > to)
        {
            mistakes.Add(FieldErrors.Invalid("to", new("不得早于 from。", "it must not be before from.")));
        }

        if (min > max)
        {
            mistakes.Add(FieldErrors.Invalid("maxAmount", new("不得小于 minAmount。", "it must not be less than minAmount.")));
        }

        var (party, name) = Counterparty(request, mistakes);
        bool? isIn = directions.Count == 1 ? directions.Contains("in", StringComparer.Ordinal) : null;
        return mistakes.Count > 0
            ? PlatformErrors.Validation(mistakes)
            : new TransactionFilter(TransactionKinds.Matching(kinds, isIn), from, to, party, name, statuses, min, max);
    }

    /// <summary>Whether a row may belong to a transaction that is wanted, as far as the row can tell.</summary>
    public bool MayShow(EntryRow row) =>
        Kinds.Contains((EntryKind)row.Kind)
        && (Party is not { } wallet || row.PartyWallet == wallet.Value)
        && (Name is null || row.PartyName?.Contains(Name, StringComparison.OrdinalIgnoreCase) == true);

    /// <summary>Whether a transaction of a row that <see cref="MayShow"/> is wanted.</summary>
    public bool Shows(TransactionView view) =>
        (Statuses.Count == 0 || Statuses.Contains(view.Status, StringComparer.Ordinal)) && !(view.Amount.Amount < MinAmount) && !(view.Amount.Amount > MaxAmount);

    private static HashSet<string> Names(HttpRequest request, string field, IReadOnlyList<string> known, List<FieldError> mistakes)
    {
        var asked = request.Query[field].SelectMany(value => (value ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)).ToHashSet(StringComparer.Ordinal);
        if (asked.Any(name => !known.Contains(name, StringComparer.Ordinal)))
        {
            var names = string.Join(", ", known);
            mistakes.Add(FieldErrors.Invalid(field, new($"可用的值：{names}。", $"it must be one or several of {names}.")));
        }

        return asked;
    }

    private static DateTimeOffset? Time(HttpRequest request, string field, Func<string, DateTimeOffset?> parse, List<FieldError> mistakes)
    {
        var text = request.Query[field].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        var time = parse(text);
        if (time is null)
        {
            mistakes.Add(FieldErrors.Invalid(field, QueryTime.WantedOrDay));
        }

        return time;
    }

    private static long? Amount(HttpRequest request, string field, List<FieldError> mistakes)
    {
        var text = request.Query[field].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var amount) && amount <= Money.MaxRequest)
        {
            return amount;
        }

        mistakes.Add(FieldErrors.Invalid(field, new("须为以分为单位的整数，最多 12 位。", "it must be a whole number of minor units, of at most 12 digits.")));
        return null;
    }

    private static (WalletId? Party, string? Name) Counterparty(HttpRequest request, List<FieldError> mistakes)
    {
        var text = request.Query["counterparty"].ToString();
        if (text.Length > LongestName)
        {
            mistakes.Add(FieldErrors.Longer("counterparty", LongestName));
        }
        else if (Id.TryParse<WalletId>(text, out var wallet))
        {
            return (wallet, null);
        }
        else if (text.StartsWith(WalletId.Prefix, StringComparison.Ordinal))
        {
            mistakes.Add(FieldErrors.Invalid("counterparty", new("不是有效的钱包编号。", "this is no wallet id.")));
        }

        return (null, text.Length == 0 ? null : text);
    }
}
