using System.Globalization;
using System.Text.Json;
using WalletFunctions.Accounts;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Platform;

namespace WalletFunctions.Reconciliation.Anchors;

/// <summary>Reads the latest anchors again: each must be there, signed, whole, and linked to the one before.</summary>
internal sealed class AnchorAudit(AnchorStore store, SigningKeys keys, ReconciliationOptions options)
{
    /// <summary>Checks the anchors.</summary>
    /// <returns>What is wrong, and the newest anchor that is sound.</returns>
    public async Task<(IReadOnlyList<Finding> Findings, DateOnly? Sound)> RunAsync(CancellationToken cancellationToken)
    {
        var known = (await store.ListAsync(new Page(options.AnchorsChecked, null), cancellationToken)).Items.Reverse().ToList();
        var days = await store.DaysAsync(cancellationToken);
        var published = await keys.Anchors.PublishedAsync(cancellationToken);
        var found = new List<Finding>();
        DateOnly? sound = null;
        for (var i = 0; i < known.Count; i++)
        {
            var (day, before) = (known[i].Day, i == 0 ? null : known[i - 1]);
            for (var lost = before?.Day.AddDays(1) ?? day; lost < day; lost = lost.AddDays(1))
            {
                found.Add(Of(FindingKind.AnchorMissing, lost));
            }

            await using var content = days.Contains(day) ? await store.OpenAsync(day, cancellationToken) : null;
            if (content is null)
            {
                found.Add(Of(FindingKind.AnchorMissing, day));
                continue;
            }

            var check = await AnchorDocument.CheckAsync(content, day, published, cancellationToken);
            var fault = check.Fault != AnchorFault.None ? JsonNamingPolicy.SnakeCaseLower.ConvertName(check.Fault.ToString())
                : check.Jws != known[i].Jws ? "another_statement"
                : before is not null && check.Statement!.Previous != AnchorStatement.HashOf(before.Jws) ? "link_wrong"
                : null;
            if (fault is null)
            {
                sound = day;
            }
            else
            {
                found.Add(Of(FindingKind.AnchorChanged, day) with { Actual = fault });
            }
        }

        if (known.Count == 0)
        {
            // Nothing is remembered, and yet there are documents: the memory was taken away.
            found.AddRange(days.Select(day => Of(FindingKind.AnchorChanged, day) with { Actual = "not_remembered" }));
        }

        return (found, sound);
    }

    /// <summary>What an anchor says of every book, as it streams.</summary>
    public async IAsyncEnumerable<AnchoredHead> LinesAsync(DateOnly day, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var content = await store.OpenAsync(day, cancellationToken);
        if (content is not null)
        {
            await foreach (var line in AnchorDocument.LinesAsync(content, cancellationToken))
            {
                yield return line;
            }
        }
    }

    private static Finding Of(FindingKind kind, DateOnly day) => new(kind, day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
}
