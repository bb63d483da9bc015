namespace WalletFunctions.Wallet;

/// <summary>Bounds of the ledger. The defaults are for production; tests shorten them.</summary>
internal sealed record LedgerOptions
{
    /// <summary>How long a command may be tried before its caller is told that storage is out of reach.</summary>
    public TimeSpan CommandBudget { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long one storage call may take. Independent of any caller: a batch belongs to many.</summary>
    public TimeSpan CallBudget { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a repeat waits for the first request with its key before it is told to come back.</summary>
    public TimeSpan RepeatWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a client waits for a transfer's credit before it is told that the money is in transit.</summary>
    public TimeSpan CreditWait { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The most books whose heads are kept in memory.</summary>
    public int CachedBooks { get; init; } = 20_000;

    /// <summary>The first pause after a fault or a lost race; doubled each time, with jitter, up to a second.</summary>
    public TimeSpan FirstPause { get; init; } = TimeSpan.FromMilliseconds(10);

    /// <summary>How old an intent must be before the sweep takes it for abandoned.</summary>
    public TimeSpan IntentAge { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long finished intents gather before they are deleted together.</summary>
    public TimeSpan ClearPause { get; init; } = TimeSpan.FromMilliseconds(250);
}
