namespace WalletFunctions.Soak;

/// <summary>What counts towards which limit.</summary>
internal enum Spend
{
    Transfer,
    Collection,
    Payment,
    Bill,
    Withdrawal,
    CardTopUp,
}

/// <summary>How a move ends by the rules.</summary>
internal enum Verdict
{
    Done,
    Refused,
    Confirm,
    Review,
}

/// <summary>What the rules say to a move.</summary>
/// <param name="Code">Of a refusal.</param>
/// <param name="Fee">On top, in fen.</param>
/// <param name="FreeMonthly">What the fee's free allowance of the month covers.</param>
/// <param name="FreeEver">What the fee's free allowance of the lifetime covers.</param>
internal sealed record ModelDecision(Verdict Verdict, string? Code, long Fee, long FreeMonthly, long FreeEver);

/// <summary>What a move has counted, to be given back if it does not come about.</summary>
internal sealed record ModelCount(Spend Kind, long Amount, DateOnly Day, bool Unconfirmed, long FreeMonthly, long FreeEver);

/// <summary>A line of the transaction list, as it must be told.</summary>
internal sealed record ModelLine(string Id, string Kind, string Direction, long Amount, long Fee, long BalanceAfter)
{
    public string Status { get; set; } = "completed";
}

/// <summary>A wallet as the contract describes it, worked out from the published numbers alone, not by the product's code.</summary>
internal sealed class ModelWallet(string walletId, char @class, long available)
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    private readonly List<string> payees = [];
    private readonly List<string> devices = [];
    private DateOnly day;
    private long spentToday;
    private long withdrawnToday;
    private long toppedUpToday;
    private long unconfirmedToday;
    private long spentThisYear;
    private long spentEver;
    private long freeThisMonth;
    private long freeEver;
    private DateTimeOffset windowStart;
    private int windowMoves;
    private long windowAmount;

    public string WalletId => walletId;

    /// <summary>1 to 3.</summary>
    public int Class { get; set; } = @class - '0';

    public long Available { get; private set; } = available;

    public long Held { get; private set; }

    public long? OwnPerTransaction { get; set; }

    public long? OwnDaily { get; set; }

    /// <summary>By the customer or by staff.</summary>
    public bool IsFrozen { get; set; }

    /// <summary>Oldest first.</summary>
    public List<ModelLine> Lines { get; } = [];

    /// <summary>Of spending; null where the class has no such limit.</summary>
    private (long PerTransaction, long? Daily, long? Yearly, long? Lifetime) SpendingLimits => Class switch
    {
        1 => (100_000, null, null, 100_000),
        2 => (5_000_000, 5_000_000, 10_000_000, null),
        _ => (5_000_000, 10_000_000, 20_000_000, null),
    };

    /// <summary>What the wallet must say about its limits and free allowances now.</summary>
    public (string Path, object? Value)[] LimitsTold(DateTimeOffset now)
    {
        Turn(now);
        var (_, daily, yearly, lifetime) = SpendingLimits;
        return
        [
            ("limits.spending.daily.left.amount", Left(daily, spentToday)),
            ("limits.spending.ownDaily.left.amount", Left(OwnDaily, spentToday)),
            ("limits.spending.yearly.left.amount", Left(yearly, spentThisYear)),
            ("limits.spending.lifetime.left.amount", Left(lifetime, spentEver)),
            ("limits.withdrawal.daily.used.amount", withdrawnToday),
            ("limits.topup.daily.used.amount", toppedUpToday),
            ("limits.freeAllowance.monthly.left.amount", Left(Class == 3 ? 500_000 : null, freeThisMonth)),
            ("limits.freeAllowance.lifetime.left.amount", Left(100_000, freeEver)),
        ];
    }

    /// <summary>What the rules say, in the order that the contract gives: status, funds, limits, risk.</summary>
    /// <param name="payee">A wallet, or the own bank card.</param>
    /// <param name="isFunded">Whether the money comes from elsewhere, so that the balance does not matter.</param>
    public ModelDecision Decide(Spend kind, long amount, string? payee, string device, bool isConfirmed, DateTimeOffset now, bool isFunded = false)
    {
        Turn(now);
        var (fee, monthly, ever) = FeeOf(kind, amount);
        if (Refusal(kind, amount, fee, isFunded) is { } code)
        {
            return new ModelDecision(Verdict.Refused, code, fee, monthly, ever);
        }

        var verdict = kind == Spend.CardTopUp ? Verdict.Done : Risk(kind, amount, payee, device, isConfirmed, now);
        return new ModelDecision(verdict, verdict == Verdict.Confirm ? "confirmation_required" : null, fee, monthly, ever);
    }

    /// <summary>Counts a move that was let through, and remembers to whom and from where.</summary>
    public ModelCount Count(Spend kind, long amount, string? payee, string? device, bool isConfirmed, ModelDecision decision, DateTimeOffset now)
    {
        var count = new ModelCount(kind, amount, day, !isConfirmed && kind != Spend.CardTopUp, decision.FreeMonthly, decision.FreeEver);
        Add(count, 1, day: true, month: true, year: true);
        if (kind != Spend.CardTopUp)
        {
            windowStart = windowMoves == 0 ? now : windowStart;
            windowMoves++;
            windowAmount += amount;
        }

        // A device that has shown nothing but small moves stays new until one of them is confirmed.
        Meet(payee, devices.Count == 0 || isConfirmed || (device is not null && devices.Contains(device)) ? device : null);
        return count;
    }

    /// <summary>Gives back what a move had counted, as far as the period is still the same.</summary>
    public void Uncount(ModelCount count, DateTimeOffset now)
    {
        Turn(now);
        Add(count, -1, day == count.Day, (day.Year, day.Month) == (count.Day.Year, count.Day.Month), day.Year == count.Day.Year);
    }

    public void Meet(string? payee, string? device)
    {
        Remember(payees, payee, 32);
        Remember(devices, device, 8);
    }

    /// <summary>Money comes or goes, and the list says so.</summary>
    public ModelLine Move(string id, string kind, long amount, long fee = 0)
    {
        Available += amount - fee;
        var line = new ModelLine(id, kind, amount > 0 ? "in" : "out", Math.Abs(amount), fee, Available);
        Lines.Add(line);
        return line;
    }

    /// <summary>Money is set aside.</summary>
    public ModelLine Hold(string id, string kind, long amount, long fee)
    {
        Held += amount + fee;
        var line = Move(id, kind, -amount, fee);
        line.Status = "pending";
        return line;
    }

    /// <summary>Money set aside leaves.</summary>
    public void Capture(long total) => Held -= total;

    /// <summary>Money set aside is free again.</summary>
    public void Release(long total) => (Held, Available) = (Held - total, Available + total);

    public override string ToString() =>
        $"{WalletId} class {Class} available {Available} held {Held} today {spentToday} withdrawn {withdrawnToday} unconfirmed {unconfirmedToday} year {spentThisYear} window {windowMoves}/{windowAmount} payees {string.Join(',', payees)} devices {string.Join(',', devices)}";

    private static long? Left(long? limit, long used) => limit is { } most ? Math.Max(0, most - used) : null;

    private static void Remember(List<string> things, string? thing, int most)
    {
        if (thing is null)
        {
            return;
        }

        things.Remove(thing);
        things.Insert(0, thing);
        if (things.Count > most)
        {
            things.RemoveAt(most);
        }
    }

    private string? Refusal(Spend kind, long amount, long fee, bool isFunded)
    {
        var spends = kind is not (Spend.Withdrawal or Spend.CardTopUp);
        var (perTransaction, daily, yearly, lifetime) = kind switch
        {
            Spend.Withdrawal when Class == 1 => (100_000, 100_000, null, null),
            Spend.Withdrawal or Spend.CardTopUp => (5_000_000, 10_000_000, null, null),
            _ => SpendingLimits,
        };
        var today = kind switch
        {
            Spend.Withdrawal => withdrawnToday,
            Spend.CardTopUp => toppedUpToday,
            _ => spentToday,
        };
        return kind switch
        {
            _ when IsFrozen => "account_frozen",
            not Spend.CardTopUp when !isFunded && amount + fee > Available => "insufficient_funds",
            _ when amount > perTransaction => "limit_per_transaction",
            _ when spends && (amount > OwnPerTransaction || spentToday + amount > OwnDaily) => "own_limit",
            _ when today + amount > daily => "limit_daily",
            _ when spends && spentThisYear + amount > yearly => "limit_yearly",
            _ when spends && spentEver + amount > lifetime => "limit_lifetime",
            _ => null,
        };
    }

    private Verdict Risk(Spend kind, long amount, string? payee, string device, bool isConfirmed, DateTimeOffset now)
    {
        var (large, unconfirmed, toNew, toNewAtNight) = Class switch
        {
            1 => (100_000L, 100_000L, 50_000L, 200_000L),
            2 => (500_000, 500_000, 500_000, 200_000),
            _ => (2_000_000, 5_000_000, 1_500_000, 1_000_000),
        };

        // The own card's being new asks for a person, never for a confirmation.
        var isNew = payee is not null && !payees.Contains(payee);
        var isNewPayee = isNew && kind != Spend.Withdrawal;
        var isNewDevice = devices.Count > 0 && !devices.Contains(device);
        var hour = now.ToOffset(Shanghai).Hour;
        var asks = amount > large
            || unconfirmedToday + amount > unconfirmed
            || (isNewPayee && amount > toNew)
            || (isNewDevice && amount > 200_000)
            || (isNewPayee && amount > toNewAtNight && hour is >= 23 or < 6)
            || (windowMoves + 1 > 20 && windowAmount + amount > 2_000_000);
        if (asks && !isConfirmed)
        {
            return Verdict.Confirm;
        }

        return isNew && (amount > 4_500_000 || (isNewDevice && amount > 2_000_000)) ? Verdict.Review : Verdict.Done;
    }

    /// <summary>Only withdrawals cost: 0.1 %, half up, at least 10 fen, on what neither the month's nor the lifetime's allowance covers.</summary>
    private (long Fee, long Monthly, long Ever) FeeOf(Spend kind, long amount)
    {
        if (kind != Spend.Withdrawal)
        {
            return default;
        }

        var monthly = Math.Min(amount, Math.Max(0, (Class == 3 ? 500_000 : 0) - freeThisMonth));
        var ever = Math.Min(amount - monthly, Math.Max(0, 100_000 - freeEver));
        var charged = amount - monthly - ever;
        return (charged == 0 ? 0 : Math.Max(10, (long)Math.Round(charged / 1000m, MidpointRounding.AwayFromZero)), monthly, ever);
    }

    private void Turn(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.ToOffset(Shanghai).DateTime);
        if (today != day)
        {
            (spentToday, withdrawnToday, toppedUpToday, unconfirmedToday) = (0, 0, 0, 0);
            freeThisMonth = (today.Year, today.Month) == (day.Year, day.Month) ? freeThisMonth : 0;
            spentThisYear = today.Year == day.Year ? spentThisYear : 0;
            day = today;
        }

        if (now - windowStart >= TimeSpan.FromMinutes(10))
        {
            (windowMoves, windowAmount) = (0, 0);
        }
    }

    private void Add(ModelCount count, int sign, bool day, bool month, bool year)
    {
        var (amount, spends) = (sign * count.Amount, count.Kind is not (Spend.Withdrawal or Spend.CardTopUp));
        spentToday += day && spends ? amount : 0;
        withdrawnToday += day && count.Kind == Spend.Withdrawal ? amount : 0;
        toppedUpToday += day && count.Kind == Spend.CardTopUp ? amount : 0;
        unconfirmedToday += day && count.Unconfirmed ? amount : 0;
        spentThisYear += year && spends ? amount : 0;
        spentEver += spends ? amount : 0;
        freeThisMonth += month ? sign * count.FreeMonthly : 0;
        freeEver += sign * count.FreeEver;
    }
}
