using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Reconciliation;

namespace WalletFunctions.Tests.EndToEnd;

/// <summary>The ledger's promises, checked on what is stored, by the same reconciliation that production runs.</summary>
internal static class Invariants
{
    /// <summary>Every book sums to zero and is chained, holds agree, and no transfer is under way.</summary>
    public static async Task ShouldHoldAsync(IServiceProvider app, string run)
    {
        var report = await app.GetRequiredService<LedgerCheck>().RunAsync(DateTimeOffset.MaxValue, CancellationToken.None);
        report.Findings.ShouldBeEmpty(run);
        report.InTransit.ShouldBeEmpty(run);
    }
}
