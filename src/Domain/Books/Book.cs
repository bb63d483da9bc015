using System.Runtime.InteropServices;
using WalletFunctions.Domain.Limits;

namespace WalletFunctions.Domain.Books;

/// <summary>Decides moves over a book's head. Pure: the same head, move and time give the same decision.</summary>
public static class Book
{
    /// <summary>How far a clock may be behind a book's last entry before it counts as broken.</summary>
    public static readonly TimeSpan MaxClockLag = TimeSpan.FromMinutes(5);

    /// <summary>Decides a move.</summary>
    /// <param name="head">The book as it is.</param>
    /// <param name="move">What is wanted.</param>
    /// <param name="operation">The operation's id, kept in the entry.</param>
    /// <param name="now">The business clock. The entry's time is the latest of it, the last entry's and the debit's.</param>
    /// <returns>What to store, or the refusal.</returns>
    /// <exception cref="ClockBehindException">The clock is more than <see cref="MaxClockLag"/> behind the book.</exception>
    public static Result<Decision> Decide(BookHead head, BookMove move, string operation, DateTimeOffset now)
    {
        if (now < head.LastAt - MaxClockLag)
        {
            throw new ClockBehindException($"The clock says {now:O}; the book's last entry is of {head.LastAt:O}.");
        }

        return move.Decide(head, new Step(head, operation, TimeOf(head, move, now)));
    }

    /// <summary>What <see cref="Decide"/> looks at in a move that spends; null for any other.</summary>
    public static SpendInputs? Inputs(BookHead head, BookMove move, DateTimeOffset now) => move.Inputs(head, TimeOf(head, move, now));

    private static DateTimeOffset TimeOf(BookHead head, BookMove move, DateTimeOffset now)
    {
        var at = now > head.LastAt ? now : head.LastAt;
        return at > move.NotBefore ? at : move.NotBefore;
    }
}

/// <summary>The clock is so far behind a book that no entry may be written: a fault of the machine, not a refusal.</summary>
public sealed class ClockBehindException : Exception
{
    /// <summary>With what the clock and the book say.</summary>
    public ClockBehindException(string message)
        : base(message)
    {
    }

    /// <summary>Without words.</summary>
    public ClockBehindException()
    {
    }

    /// <summary>With what led to it.</summary>
    public ClockBehindException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}

/// <summary>One step of a book: makes the entry and the head that belong to a set of postings.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Step(BookHead Head, string Operation, DateTimeOffset At)
{
    /// <summary>The step with what it counts.</summary>
    internal Step Counting(Counted? counted) =>
        counted is null ? this : this with { Head = Head with { Usage = Head.Usage.At(At).Add(counted, At) } };

    /// <summary>The step with what it gives back.</summary>
    internal Step Uncounting(Counted? counted) =>
        counted is null ? this : this with { Head = Head with { Usage = Head.Usage.Without(counted, At) } };

    /// <summary>The step with the payee (a wallet, or a bank card) and the device it makes known; null where there is none.</summary>
    /// <remarks>A further device is known once a move from it was confirmed: a thief's small first move must not make his own device a trusted one.</remarks>
    internal Step Meeting(string? payee, SpendTerms? terms)
    {
        if (payee is null && terms is not { Counts: true })
        {
            return this;
        }

        var (payees, devices) = (Head.Usage.Payees, Head.Usage.Devices);
        var device = terms?.Device ?? "";
        var isTrusted = terms is { Counts: true } && (devices.IsEmpty || devices.Has(device) || terms.Confirmed != Risk.Confirmation.None);
        var usage = Head.Usage with
        {
            Payees = payee is null ? payees : payees.With(payee, Usage.MostPayees),
            Devices = isTrusted ? devices.With(device, Usage.MostDevices) : devices,
        };
        return this with { Head = Head with { Usage = usage } };
    }

    internal Decision Commit(EntryKind kind, Party? party, string? note, params Posting[] postings) =>
        Commit(kind, party, note, null, postings);

    internal Decision Commit(EntryKind kind, Party? party, string? note, Hold? hold, params Posting[] postings)
    {
        var balances = Head.Balances.After(postings);
        if (balances.Available < 0 || balances.Held < 0)
        {
            throw new InvalidOperationException("A decision would make a balance negative.");
        }

        var entry = new Entry(Head.Wallet, Head.LastNumber + 1, At, kind, Operation, postings, party, note,
            balances.Available, balances.Held, Head.LastHash);
        var head = Head with { Balances = balances, LastNumber = entry.Number, LastAt = At, LastHash = entry.Hash() };
        return new Decision(head, entry, hold);
    }
}
