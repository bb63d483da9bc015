using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Platform;

namespace WalletFunctions.Reconciliation;

/// <summary>Compares what our books say of a closed day in Asia/Shanghai with the file that somebody outside sends of it. Fixed memory; see <see cref="Tally"/>.</summary>
/// <remarks>
/// An item belongs to the day of its entry here and to the day of its file there. Where they differ it is found as of the
/// wrong day, not as missing, if it stands in the file of the day before or after; and it is no finding at all when the two
/// times are of either side of a midnight and no more than a grace apart, for a word spoken at 23:59 may be heard at 0:01.
/// </remarks>
internal sealed class FileComparison(ICounterparty party, DateOnly day, ReconciliationOptions options)
{
    private const int Buckets = 8192;
    private const int Most = 10_000;

    private readonly Tally tally = new(Buckets);
    private readonly Lock gate = new();
    private readonly Dictionary<string, List<FileItem>> ours = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<FileItem>> theirs = new(StringComparer.Ordinal);
    private long count;
    private bool isUnreadable;

    /// <summary>Whether both sides are the same, as far as they were counted.</summary>
    public bool IsEven => tally.IsEven;

    public string Party => party.Name;

    public DateOnly Day => day;

    private bool HasFile { get; set; }

    /// <summary>First round, theirs.</summary>
    public async Task CountTheirsAsync(CancellationToken cancellation)
    {
        HasFile = await ReadAsync(day, item =>
        {
            tally.Take(item.Reference, item.Amount);
            count++;
        }, cancellation);
    }

    /// <summary>First round, ours: every entry of every book.</summary>
    public void Count(Entry entry)
    {
        if (HasFile && party.Of(entry) is { } item && DayOf(item) == day)
        {
            tally.Add(item.Reference, item.Amount);
        }
    }

    /// <summary>Second round, theirs; comes before <see cref="Collect"/>.</summary>
    public async Task CollectTheirsAsync(CancellationToken cancellation)
    {
        HasFile = await ReadAsync(day, item =>
        {
            if (tally.IsOff(item.Reference))
            {
                Keep(theirs, item);
            }
        }, cancellation);
    }

    /// <summary>Second round, ours: of this day what is in question, of any day what stands in their file.</summary>
    public void Collect(Entry entry)
    {
        if (HasFile && party.Of(entry) is { } item && tally.IsOff(item.Reference) && (DayOf(item) == day || theirs.ContainsKey(item.Reference)))
        {
            lock (gate)
            {
                Keep(ours, item);
            }
        }
    }

    /// <summary>Tells the findings.</summary>
    public async Task CloseAsync(LedgerReport report, CancellationToken cancellation)
    {
        if (isUnreadable)
        {
            report.Add(new Finding(FindingKind.FileUnreadable, $"{party.Name} {day:yyyy-MM-dd}"));
        }
        else if (!HasFile)
        {
            // A file may be late; it is asked for at every run, and after a day its absence is a finding.
            if (report.AsOf > Shanghai.EndOf(day).AddDays(1))
            {
                report.Add(new Finding(FindingKind.FileMissing, $"{party.Name} {day:yyyy-MM-dd}"));
            }
        }
        else
        {
            await TellAsync(report, cancellation);
        }
    }

    private async Task TellAsync(LedgerReport report, CancellationToken cancellation)
    {
        report.FileItems += count;
        report.ComparedFiles.Add((party.Name, day));
        foreach (var (reference, items) in theirs)
        {
            if (Judge(items, ours.GetValueOrDefault(reference)) is { } finding)
            {
                report.Add(finding);
            }
        }

        var lost = ours.Values.Select(items => items[0]).Where(item => !theirs.ContainsKey(item.Reference)).ToDictionary(item => item.Reference, StringComparer.Ordinal);
        await SeekBesideAsync(lost, report, cancellation);
        foreach (var item in lost.Values)
        {
            report.Add(Of(FindingKind.ItemMissing, item) with { Amount = item.Amount });
        }
    }

    /// <summary>What their file of this day has, against ours of any day.</summary>
    private Finding? Judge(List<FileItem> items, List<FileItem>? known) => known switch
    {
        null => Of(FindingKind.ItemUnknown, items[0]) with { Amount = items[0].Amount },
        _ when items.Count > 1 => Of(FindingKind.ItemDoubled, known[0]) with { Amount = items[0].Amount, Expected = "1", Actual = $"{items.Count}" },
        _ when items[0].Amount != known[0].Amount => Of(FindingKind.ItemAmountDiffers, known[0]) with
        {
            Amount = Math.Abs(unchecked(items[0].Amount - known[0].Amount)),
            Expected = $"{known[0].Amount}",
            Actual = $"{items[0].Amount}",
        },
        _ when DayOf(known[0]) != day => WrongDay(known[0], items[0], day),
        _ => null,
    };

    /// <summary>Looks for what their file lacks in those of the day before and after.</summary>
    private async Task SeekBesideAsync(Dictionary<string, FileItem> lost, LedgerReport report, CancellationToken cancellation)
    {
        foreach (var other in lost.Count == 0 ? [] : new[] { day.AddDays(-1), day.AddDays(1) })
        {
            await ReadAsync(other, item =>
            {
                if (lost.Remove(item.Reference, out var known) && WrongDay(known, item, other) is { } finding)
                {
                    report.Add(finding);
                }
            }, cancellation);
        }
    }

    /// <returns>False when they do not give the file now, or what they give is not sound.</returns>
    private async Task<bool> ReadAsync(DateOnly fileDay, Action<FileItem> onItem, CancellationToken cancellation)
    {
        try
        {
            await foreach (var item in party.FileAsync(fileDay, cancellation))
            {
                onItem(item);
            }

            return true;
        }
        catch (InvalidDataException)
        {
            isUnreadable |= fileDay == day;
            return false;
        }
        catch (Exception fault) when (!cancellation.IsCancellationRequested && Faults.IsOutOfReach(fault))
        {
            return false;
        }
    }

    private Finding? WrongDay(FileItem known, FileItem item, DateOnly fileDay)
    {
        var midnight = Shanghai.At(DayOf(known) < fileDay ? fileDay : DayOf(known), TimeOnly.MinValue);
        var apart = (known.At!.Value - (item.At ?? midnight)).Duration();
        var isBeside = Math.Abs(DayOf(known).DayNumber - fileDay.DayNumber) == 1;
        return isBeside && apart <= options.DayGrace
            ? null
            : Of(FindingKind.ItemWrongDay, known) with { Amount = known.Amount, Expected = $"{DayOf(known):yyyy-MM-dd}", Actual = $"{fileDay:yyyy-MM-dd}" };
    }

    private Finding Of(FindingKind kind, FileItem item) => new(kind, $"{party.Name} {item.Reference}") { Book = item.Book, Operation = item.Reference };

    private static DateOnly DayOf(FileItem ourItem) => Shanghai.DayOf(ourItem.At!.Value);

    private static void Keep(Dictionary<string, List<FileItem>> side, FileItem item)
    {
        if (side.TryGetValue(item.Reference, out var known))
        {
            known.Add(item);
        }
        else if (side.Count < Most)
        {
            side[item.Reference] = [item];
        }
    }
}
