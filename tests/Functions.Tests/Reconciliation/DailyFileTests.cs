using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Calendar;
using WalletFunctions.Domain.Reconciliation;
using WalletFunctions.Domain.Withdrawals;
using WalletFunctions.Reconciliation;
using Xunit;

namespace WalletFunctions.Tests.Reconciliation;

/// <summary>Our books beside the bank's daily files, with each mistake that a file can have.</summary>
[Collection(ReconciliationStage.Collection)]
public sealed class DailyFileTests(ReconciliationStage stage)
{
    private static readonly ReconciliationOptions Options = new();

    [Fact]
    public async Task Files_that_are_right_are_no_finding()
    {
        var report = await CompareAsync(stage.Day);
        report.Findings.ShouldBeEmpty();
        report.FileItems.ShouldBe(6); // five that settled, and the one of them that came back
        (await CompareAsync(stage.Day.AddDays(1))).Findings.ShouldBeEmpty();
        var charges = await CompareAsync(Party("acquirer"), stage.Day);
        charges.Findings.ShouldBeEmpty();
        charges.FileItems.ShouldBe(1);
    }

    [Theory]
    [InlineData("bank", "missing", FindingKind.ItemMissing)]
    [InlineData("bank", "doubled", FindingKind.ItemDoubled)]
    [InlineData("bank", "wrongByAFen", FindingKind.ItemAmountDiffers)]
    [InlineData("bank", "wrongDay", FindingKind.ItemWrongDay)]
    [InlineData("acquirer", "missing", FindingKind.ItemMissing)]
    [InlineData("acquirer", "doubled", FindingKind.ItemDoubled)]
    [InlineData("acquirer", "wrongByAFen", FindingKind.ItemAmountDiffers)]
    [InlineData("acquirer", "wrongDay", FindingKind.ItemWrongDay)]
    public async Task A_mistake_in_a_daily_file_is_found_as_what_it_is(string party, string mistake, FindingKind kind)
    {
        var (item, wallet) = party == "bank"
            ? (Withdrawal.PayoutIdOf(WithdrawalId.Of(stage.Withdrawals["settled"]), stage.Wallets[0]), stage.Wallets[0])
            : (stage.Charge, stage.Wallets[1]);
        await PlantAsync(party, mistake, item);
        try
        {
            var found = (await CompareAsync(Party(party), stage.Day)).Findings;

            found.ShouldHaveSingleItem().Kind.ShouldBe(kind);
            found[0].Book.ShouldBe(wallet);
            found[0].Subject.ShouldBe($"{party} {item}:settled");
            if (mistake == "wrongDay")
            {
                // Seen from the other day it is the same finding.
                (await CompareAsync(Party(party), stage.Day.AddDays(1))).Findings.ShouldHaveSingleItem().Id.ShouldBe(found[0].Id);
            }
        }
        finally
        {
            await PlantAsync(party, mistake);
        }
    }

    [Fact]
    public async Task What_the_bank_paid_and_we_never_booked_is_found()
    {
        var known = await TheirsAsync(stage.Day);
        var found = await CompareAsync(new ListedFile([.. known, new FileItem("po_unknown:settled", 7, known[0].At)]), stage.Day);
        found.Findings.ShouldHaveSingleItem().Kind.ShouldBe(FindingKind.ItemUnknown);
    }

    [Fact]
    public async Task A_payout_heard_of_just_after_midnight_is_no_finding()
    {
        var known = await TheirsAsync(stage.Day);
        var midnight = Shanghai.At(stage.Day.AddDays(1), TimeOnly.MinValue);
        var late = known[0].Reference;
        var file = new ListedFile([.. known.Select(item => item with { At = item.Reference == late ? midnight.AddMinutes(-1) : item.At })]) { Moved = (late, midnight.AddMinutes(2)) };
        (await CompareAsync(file, stage.Day)).Findings.ShouldBeEmpty();
        (await CompareAsync(new ListedFile([]) { Moved = (late, midnight.AddMinutes(2)), Before = file }, stage.Day.AddDays(1))).Findings.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_that_does_not_come_is_a_finding_after_a_day()
    {
        var file = new ListedFile([]) { Fault = new TimeoutException() };
        (await CompareAsync(file, stage.Day)).Findings.ShouldBeEmpty();
        var report = await stage.Check.RunAsync(Shanghai.EndOf(stage.Day).AddDays(2), stage.Now, null, [new FileComparison(file, stage.Day, Options)], CancellationToken.None);
        report.Findings.ShouldHaveSingleItem().Kind.ShouldBe(FindingKind.FileMissing);
        report.ComparedFiles.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_file_with_a_wrong_signature_is_a_finding() =>
        (await CompareAsync(new ListedFile([]) { Fault = new InvalidDataException() }, stage.Day)).Findings.ShouldHaveSingleItem().Kind.ShouldBe(FindingKind.FileUnreadable);

    private Task<LedgerReport> CompareAsync(DateOnly day) => CompareAsync(Bank, day);

    private Task<LedgerReport> CompareAsync(ICounterparty party, DateOnly day) =>
        stage.Check.RunAsync(stage.Now, stage.Now, null, [new FileComparison(party, day, Options)], CancellationToken.None);

    private ICounterparty Bank => Party("bank");

    private ICounterparty Party(string name) => stage.App.Services.GetServices<ICounterparty>().Single(party => party.Name == name);

    private async Task<List<FileItem>> TheirsAsync(DateOnly day)
    {
        var items = new List<FileItem>();
        await foreach (var item in Bank.FileAsync(day, CancellationToken.None))
        {
            items.Add(item);
        }

        return items;
    }

    private async Task PlantAsync(string party, string mistake, params string[] items)
    {
        var mistakes = new Dictionary<string, string[]>(StringComparer.Ordinal) { ["missing"] = [], ["doubled"] = [], ["wrongByAFen"] = [], ["wrongDay"] = [] };
        mistakes[mistake] = items;
        (await stage.App.Anonymous.PutAsync($"sandbox/{party}/files/{stage.Day:yyyy-MM-dd}/mistakes", mistakes)).Must(HttpStatusCode.OK);
    }

    /// <summary>A file made by hand; ours are the bank's, one of them perhaps booked at another moment.</summary>
    private sealed class ListedFile(IReadOnlyList<FileItem> items) : ICounterparty
    {
        public Exception? Fault { get; init; }

        public (string Reference, DateTimeOffset At)? Moved { get; init; }

        public ListedFile? Before { get; init; }

        public string Name => "bank";

        public FileItem? Of(Entry entry) => new Withdrawals.PayoutFile(null!).Of(entry) is { } item
            ? Moved is { } moved && moved.Reference == item.Reference ? item with { At = moved.At } : item
            : null;

        public async IAsyncEnumerable<FileItem> FileAsync(DateOnly day, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
        {
            await Task.Yield();
            if (Fault is { } fault)
            {
                throw fault;
            }

            // The first day asked about is this file's; the day before is the one named.
            asked ??= day;
            foreach (var item in day == asked ? items : day < asked ? Before?.Items ?? [] : [])
            {
                yield return item;
            }
        }

        private IReadOnlyList<FileItem> Items => items;

        private DateOnly? asked;
    }
}
