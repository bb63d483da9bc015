using Azure;
using Azure.Data.Tables;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

public sealed class ReconciliationTests
{
    [Fact]
    public async Task A_changed_entry_is_found() =>
        await FindsAsync(async (table, partition) =>
        {
            var row = (await table.GetEntityAsync<TableEntity>(partition, BookKeys.Entry(2))).Value;
            row["t"] = "another note";
            await table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
        }, "entry 2 does not continue the hash chain");

    [Fact]
    public async Task A_missing_entry_is_found() =>
        await FindsAsync((table, partition) => table.DeleteEntityAsync(partition, BookKeys.Entry(2), ETag.All), "stands where entry 2 should");

    [Fact]
    public async Task Money_added_to_a_head_is_found() =>
        await FindsAsync(async (table, partition) =>
        {
            var row = (await table.GetEntityAsync<TableEntity>(partition, BookKeys.Head)).Value;
            row["a"] = row.GetInt64("a") + 1;
            await table.UpdateEntityAsync(row, ETag.All, TableUpdateMode.Replace);
        }, "entries and head do not add up");

    [Fact]
    public async Task A_credit_without_a_debit_is_found()
    {
        await using var books = await Books.OpenAsync();
        var payee = await books.WalletWithAsync(1);
        var credit = new Domain.Books.BookMove.CreditTransfer(Money.Fen(5), new Domain.Books.Party(Books.NewWallet(), null), null, DateTimeOffset.UnixEpoch);
        await books.Ledger.ExecuteAsync(payee, new BookCommand("txn_forged", credit), CancellationToken.None);
        var report = await new Reconciliation(books.Ledger).RunAsync(DateTimeOffset.MaxValue, CancellationToken.None);
        report.Findings.ShouldContain(finding => finding.Contains("txn_forged", StringComparison.Ordinal));
    }

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
            var report = await new Reconciliation(books.Ledger).RunAsync(moment, CancellationToken.None);
            report.Findings.ShouldBeEmpty();
            report.Totals.Sum.ShouldBe(0);
            (report.Totals.Available + report.Totals.InTransit).ShouldBe(2000);
        }
    }

    private static async Task FindsAsync(Func<TableClient, string, Task> tamper, string finding)
    {
        await using var books = await Books.OpenAsync();
        var (payer, payee) = (await books.WalletWithAsync(1000), await books.WalletWithAsync(1000));
        await books.SendAsync(payer, payee, 10);
        await books.SendAsync(payee, payer, 20);
        await books.ShouldBeSoundAsync();
        await tamper(books.Table, BookKeys.Partition(payer));
        var report = await new Reconciliation(books.Ledger).RunAsync(DateTimeOffset.MaxValue, CancellationToken.None);
        report.Findings.ShouldContain(found => found.Contains(finding, StringComparison.Ordinal));
    }
}
