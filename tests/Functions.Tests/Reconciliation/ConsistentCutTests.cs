using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Reconciliation;
using WalletFunctions.Tests.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Reconciliation;

public sealed class ConsistentCutTests
{
    [Fact]
    public async Task A_past_moment_is_a_consistent_cut()
    {
        await using var books = await Books.OpenAsync();
        WalletId[] wallets = [await books.WalletWithAsync(1000), await books.WalletWithAsync(1000)];
        var moments = new List<DateTimeOffset>();
        for (var i = 0; i < 20; i++)
        {
            await books.SendAsync(wallets[i % 2], wallets[(i + 1) % 2], 10 + i);
            moments.Add(TimeProvider.System.GetUtcNow());
        }

        foreach (var moment in moments)
        {
            var report = await new LedgerCheck(books.Ledger, [], [], new ReconciliationOptions()).RunAsync(moment, CancellationToken.None);
            report.Findings.ShouldBeEmpty();
            report.Totals.Sum.ShouldBe(0);
            (report.Totals.Available + report.Totals.InTransit).ShouldBe(2000);
        }
    }
}
