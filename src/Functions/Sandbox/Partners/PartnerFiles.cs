using System.Text.Json;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Platform.Partners;

namespace WalletFunctions.Sandbox.Partners;

/// <summary>The daily files of the sandbox's partners, with the mistakes that a developer has planted.</summary>
internal static class PartnerFiles
{
    /// <summary>What moved on a Shanghai day, as this partner tells it.</summary>
    public static async Task<string> WriteAsync(SandboxPartner partner, DateOnly day, CancellationToken cancellationToken)
    {
        var (today, yesterday) = (await MistakesAsync(partner, day, cancellationToken), await MistakesAsync(partner, day.AddDays(-1), cancellationToken));
        var rows = (await RowsAsync(partner, day, cancellationToken))
            .Where(row => !today.Missing.Contains(row.Id) && !today.WrongDay.Contains(row.Id))
            .Select(row => today.WrongByAFen.Contains(row.Id) ? row with { Amount = row.Amount + new Money(1, row.Amount.Currency) } : row)
            .SelectMany(row => Enumerable.Repeat(row, today.Doubled.Contains(row.Id) ? 2 : 1));
        if (yesterday.WrongDay.Count > 0)
        {
            rows = rows.Concat((await RowsAsync(partner, day.AddDays(-1), cancellationToken))
                .Where(row => yesterday.WrongDay.Contains(row.Id))
                .Select(row => row with { SettledAt = row.SettledAt.AddDays(1) }));
        }

        return DailyFile.Write(day, rows.OrderBy(row => row.SettledAt), partner.Options.WebhookKey);
    }

    public static Task PlantAsync(SandboxPartner partner, DateOnly day, FileMistakes mistakes, CancellationToken cancellationToken) => partner.Table.PlantAsync(
        day,
        new MistakesRow
        {
            Missing = JsonSerializer.Serialize(mistakes.Missing),
            Doubled = JsonSerializer.Serialize(mistakes.Doubled),
            WrongByAFen = JsonSerializer.Serialize(mistakes.WrongByAFen),
            WrongDay = JsonSerializer.Serialize(mistakes.WrongDay),
        },
        cancellationToken);

    private static async Task<Planted> MistakesAsync(SandboxPartner partner, DateOnly day, CancellationToken cancellationToken)
    {
        var row = await partner.Table.MistakesAsync(day, cancellationToken);
        return new Planted(Ids(row.Missing), Ids(row.Doubled), Ids(row.WrongByAFen), Ids(row.WrongDay));

        static HashSet<string> Ids(string json) => new(JsonSerializer.Deserialize<string[]>(json)!, StringComparer.Ordinal);
    }

    /// <summary>An order that settled and came back on the same day has two rows.</summary>
    private static async Task<IReadOnlyList<DailyFileRow>> RowsAsync(SandboxPartner partner, DateOnly day, CancellationToken cancellationToken)
    {
        var (from, to) = (Shanghai.At(day, TimeOnly.MinValue), Shanghai.At(day.AddDays(1), TimeOnly.MinValue));
        var rows = new List<DailyFileRow>();
        foreach (var order in await partner.Table.MovedAsync(from, to, cancellationToken))
        {
            Add(order, order.SettledAt, DailyFileState.Settled);
            Add(order, order.ReturnedAt, DailyFileState.Returned);
        }

        return rows;

        void Add(OrderRow order, DateTimeOffset? at, DailyFileState state)
        {
            if (at >= from && at < to)
            {
                rows.Add(new DailyFileRow(order.OrderId, PartnerHttp.AmountOf(order), state, at.Value));
            }
        }
    }

    private sealed record Planted(HashSet<string> Missing, HashSet<string> Doubled, HashSet<string> WrongByAFen, HashSet<string> WrongDay);
}

/// <summary>Mistakes to make in a day's file, each a list of our ids of orders.</summary>
/// <param name="Missing">Left out.</param>
/// <param name="Doubled">Twice.</param>
/// <param name="WrongByAFen">With a fen more.</param>
/// <param name="WrongDay">In the next day's file instead.</param>
internal sealed record FileMistakes(IReadOnlyList<string> Missing, IReadOnlyList<string> Doubled, IReadOnlyList<string> WrongByAFen, IReadOnlyList<string> WrongDay);
