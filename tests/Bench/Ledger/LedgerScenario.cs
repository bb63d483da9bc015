using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using WalletFunctions.Reconciliation;

namespace WalletFunctions.Bench;

/// <summary>The ledger over HTTP, beside raw transactions of the same rows: spread evenly, with one hot book, and alone.</summary>
/// <remarks>
/// Each round begins on a storage that holds the books and nothing more: what the emulator takes for a row grows with the rows of
/// its table, so that a second round on the same one would measure another thing than the first. The last round's books are checked.
/// </remarks>
internal sealed class LedgerScenario : IScenario
{
    private const int Books = 1000;
    private const int Many = 64;

    private static readonly int[] Clients = [1, 16, Many];

    public string Name => "ledger";

    public async Task RunAsync(BenchRun run)
    {
        BenchRun.Title($"Ledger over HTTP, {Books} books. A transfer is a debit and a credit. Raw: bare entity group transactions of the same rows, without HTTP.");
        var baseline = Clients.ToDictionary(clients => clients, _ => new Tally());
        var uniform = Clients.ToDictionary(clients => clients, _ => new Tally());
        var (serial, topUps, payer, payee) = (new Tally(), new Tally(), new Tally(), new Tally());
        var check = "";
        for (var round = 0; round < run.Rounds; round++)
        {
            await using var stage = await LedgerStage.OpenAsync(Books);
            var (customers, raw, calls) = (stage.Customers, stage.Raw, stage.Host.Calls);
            Task Uniform(int client) => customers.TransferAsync(customers.Any(), customers.Any());
            if (round == 0)
            {
                await new Tally().TurnAsync(Many, run.WarmUp, calls, Uniform);
                await new Tally().TurnAsync(Many, run.WarmUp, raw.Counter, client => raw.OneAsync(client, Many));
            }

            foreach (var clients in Clients)
            {
                await baseline[clients].TurnAsync(clients, run.Turn, raw.Counter, client => raw.OneAsync(client, clients));
                await uniform[clients].TurnAsync(clients, run.Turn, calls, Uniform);
            }

            await serial.TurnAsync(1, run.Turn, raw.Counter, _ => raw.SerialAsync());
            await topUps.TurnAsync(Many, run.Turn, calls, _ => customers.TopUpAsync(0));
            await payer.TurnAsync(Many, run.Turn, calls, _ => customers.TransferAsync(0, customers.Any()));
            await payee.TurnAsync(Many, run.Turn, calls, _ => customers.TransferAsync(customers.Any(), 0));
            check = round == run.Rounds - 1 ? await CheckAsync(stage.Host) : "";
        }

        foreach (var clients in Clients)
        {
            var what = clients == 1 ? "1 client" : string.Create(CultureInfo.InvariantCulture, $"{clients} clients");
            BenchRun.Report($"raw transactions, {what}", baseline[clients]);
            BenchRun.Report($"transfers, uniform, {what}", uniform[clients], baseline[clients]);
        }

        BenchRun.Report($"transfers, hot payer, {Many} clients", payer, uniform[Many]);
        BenchRun.Report($"transfers, hot payee, {Many} clients", payee, uniform[Many]);
        BenchRun.Report("raw transactions, one partition", serial);
        BenchRun.Report($"top-ups, hot book, {Many} clients", topUps, serial);
        BenchRun.Say("calls of a uniform transfer: " + uniform[Many].CallsBy(name => name));
        Goal("uniform transfers to raw transactions, 64 clients", uniform[Many].PerSecond / baseline[Many].PerSecond, 0.30, isLeast: true);
        Goal("top-ups into one book to raw serial ones", topUps.PerSecond / serial.PerSecond, 3, isLeast: true);
        Goal("hot payer to uniform", payer.PerSecond / uniform[Many].PerSecond, 1, isLeast: true);
        Goal("hot payee to uniform", payee.PerSecond / uniform[Many].PerSecond, 1, isLeast: true);
        Goal("median of a transfer to a raw transaction's, 1 client", uniform[1].MedianMilliseconds / baseline[1].MedianMilliseconds, 3.5, isLeast: false);
        Goal("storage calls of a transfer, 64 clients", uniform[Many].Calls, 2.6, isLeast: false);
        BenchRun.Say(check);
    }

    private static void Goal(string what, double measured, double goal, bool isLeast)
    {
        var isMet = isLeast ? measured >= goal : measured <= goal;
        BenchRun.Say(string.Create(CultureInfo.InvariantCulture, $"{(isMet ? "met   " : "MISSED")} {what}: {measured:0.00} ({(isLeast ? "at least" : "at most")} {goal:0.00})"));
    }

    private static async Task<string> CheckAsync(BenchHost host)
    {
        var report = await host.Services.GetRequiredService<LedgerCheck>().RunAsync(DateTimeOffset.MaxValue, CancellationToken.None);
        return report.Findings.Count == 0 && report.InTransit.Count == 0
            ? $"checked: {report.Books} books, {report.Entries} entries, every invariant holds"
            : $"BROKEN: {string.Join("; ", report.Findings.Take(5))}";
    }
}
