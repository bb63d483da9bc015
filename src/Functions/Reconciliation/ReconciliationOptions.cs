using WalletFunctions.Domain.Books;

namespace WalletFunctions.Reconciliation;

/// <summary>Bounds of the reconciliation. The defaults are for production; tests shorten them.</summary>
internal sealed record ReconciliationOptions
{
    /// <summary>How far back the moment lies that books are compared as of: no clock in use may still write before it.</summary>
    public TimeSpan Lag { get; init; } = Book.MaxClockLag;

    /// <summary>How long a debit may wait for its credit before it is a finding; the sweep needs less than a minute.</summary>
    public TimeSpan CreditPatience { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>Two times of one item, ours and theirs, may fall on two days when no more than this lies between them.</summary>
    public TimeSpan DayGrace { get; init; } = TimeSpan.FromMinutes(30);

    /// <summary>How many closed days' files the very first run compares.</summary>
    public int DaysBack { get; init; } = 7;

    /// <summary>The most days whose files one run compares, of each counterparty.</summary>
    public int MostDays { get; init; } = 31;

    /// <summary>How many books are read at a time.</summary>
    public int BooksAtOnce { get; init; } = 4;

    /// <summary>How many of the latest anchors are read again by each run.</summary>
    public int AnchorsChecked { get; init; } = 10;

    /// <summary>How long a run may be silent before another host takes it up.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How old the answer under an idempotency key must be, by the service's own clock, to be deleted.</summary>
    public TimeSpan KeyAge { get; init; } = TimeSpan.FromDays(31);

    /// <summary>The most rows that one run of the cleaning deletes; the rest waits for the next.</summary>
    public int KeysPerRun { get; init; } = 20_000;
}
