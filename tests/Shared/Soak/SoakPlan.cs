namespace WalletFunctions.Soak;

/// <summary>One round, worked out from its seed: the same seed gives the same operations, clock jumps, faults and kills.</summary>
internal sealed record SoakPlan
{
    private static readonly TimeSpan Shanghai = TimeSpan.FromHours(8);

    public required int Seed { get; init; }

    /// <summary>Clients whose every answer is predicted; each has <see cref="WalletsPerExact"/> wallets of its own.</summary>
    public required int Exact { get; init; }

    /// <summary>Clients on common wallets.</summary>
    public required int Shared { get; init; }

    public const int WalletsPerExact = 3;

    public const int SharedWallets = 4;

    public int Customers => (Exact * WalletsPerExact) + SharedWallets;

    /// <summary>Of each client, in each phase.</summary>
    public required int OperationsPerPhase { get; init; }

    /// <summary>The business clock at the beginning of each phase; ten minutes apart at least, and never close to a change of period.</summary>
    public required IReadOnlyList<DateTimeOffset> Phases { get; init; }

    /// <summary>After how many operations of all clients a host is killed.</summary>
    public required IReadOnlyList<(int After, int Host)> Kills { get; init; }

    /// <summary>How many of each client's keys are asked again at the end.</summary>
    public required int KeysAskedAgain { get; init; }

    /// <summary>For CI: midnight, a night, year end, two kills; less than a minute.</summary>
    public static SoakPlan Short(int seed)
    {
        var random = new Random(seed);
        var eve = YearEnd();
        return new SoakPlan
        {
            Seed = seed,
            Exact = 3,
            Shared = 4,
            OperationsPerPhase = 14,
            Phases = [eve.AddHours(-13), eve.AddMinutes(-40), eve.AddMinutes(20), eve.AddHours(10)],
            Kills = Planned(random, 3 + 4, 4 * 14, 2),
            KeysAskedAgain = 12,
        };
    }

    /// <summary>One round of a long run.</summary>
    public static SoakPlan Long(int seed)
    {
        var random = new Random(seed);
        var (exact, shared, operations) = (random.Next(3, 7), random.Next(4, 17), random.Next(20, 60));
        var phases = new List<DateTimeOffset> { YearEnd().AddDays(-random.Next(1, 12)).AddHours(-14) };
        for (var phase = random.Next(3, 7); phase > 0; phase--)
        {
            phases.Add(After(phases[^1], random));
        }

        return new SoakPlan
        {
            Seed = seed,
            Exact = exact,
            Shared = shared,
            OperationsPerPhase = operations,
            Phases = phases,
            Kills = Planned(random, exact + shared, operations * phases.Count, random.Next(1, 6)),
            KeysAskedAgain = 100,
        };
    }

    private static List<(int After, int Host)> Planned(Random random, int clients, int operations, int kills) =>
        [.. Enumerable.Range(0, kills).Select(_ => (random.Next(clients * operations / 10, clients * operations * 9 / 10), random.Next(SoakHosts.Count))).OrderBy(kill => kill.Item1)];

    /// <summary>A later moment: half an hour, this night, tomorrow, next month, next year.</summary>
    private static DateTimeOffset After(DateTimeOffset now, Random random)
    {
        var morning = new DateTimeOffset(now.Year, now.Month, now.Day, 9, 0, 0, Shanghai);
        var night = morning.AddHours(14.3);
        return random.Next(6) switch
        {
            0 or 1 when now < night.AddHours(-7) => now.AddMinutes(30),
            2 when now < night.AddMinutes(-30) => night,
            3 => new DateTimeOffset(now.Year, now.Month, 1, 9, 0, 0, Shanghai).AddMonths(1),
            4 when now.Month == 12 => new DateTimeOffset(now.Year + 1, 1, 1, 0, 20, 0, Shanghai),
            _ => morning.AddDays(1),
        };
    }

    /// <summary>The first moment of the next year that is some days away, in Shanghai.</summary>
    private static DateTimeOffset YearEnd()
    {
        var year = TimeProvider.System.GetUtcNow().AddDays(20).Year;
        return new DateTimeOffset(year + 1, 1, 1, 0, 0, 0, Shanghai);
    }
}
