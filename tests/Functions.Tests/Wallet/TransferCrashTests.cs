using Shouldly;
using WalletFunctions.Platform;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

/// <summary>The process ends at each storage call of a transfer in turn; the sweep of another one brings it to its end.</summary>
public sealed class TransferCrashTests
{
    [Theory]
    [InlineData(false, null)]
    [InlineData(true, null)]
    [InlineData(false, "order 7")]
    [InlineData(true, "order 7")]
    public async Task Wherever_the_process_ends_the_sweep_leaves_either_both_legs_or_none(bool after, string? claim)
    {
        await using var survivor = await Books.OpenAsync();
        var ended = 0;
        for (var at = 1; ; at++)
        {
            var (payer, payee) = (await survivor.WalletWithAsync(1000), await survivor.WalletWithAsync(1));
            var victim = survivor.Another();
            victim.Faults.Plan = (call, _) => call == at ? after ? Fault.EndAfter : Fault.EndBefore : Fault.None;
            Outcome? told = null;
            try
            {
                told = await victim.SendAsync(payer, payee, 300, "k", claim);
            }
            catch (Exception fault) when (fault is ProcessEndedException or LedgerUnavailableException)
            {
                ended++;
            }

            // What clears the intents of a transfer that has come to its end is not walked: it may end anywhere.
            await victim.DisposeAsync();
            await survivor.Sweep.RunAsync(CancellationToken.None);
            var (left, arrived) = ((await survivor.BalancesAsync(payer)).Available, (await survivor.BalancesAsync(payee)).Available);
            (left, arrived).ShouldBeOneOf((1000L, 1L), (700L, 301L));
            if (told is not null)
            {
                (left, arrived).ShouldBe((700L, 301L));
            }

            // The client repeats its request, which has the claim or gets it.
            var repeat = await survivor.SendAsync(payer, payee, 300, "k", claim);
            LedgerFaultTests.AnswerOf(repeat)!.Status.ShouldBe(201);
            (await survivor.BalancesAsync(payer)).Available.ShouldBe(700);
            (await survivor.BalancesAsync(payee)).Available.ShouldBe(301);
            if (claim is not null)
            {
                await survivor.Sweep.RunAsync(CancellationToken.None);
                var other = await survivor.WalletWithAsync(1000);
                ((Outcome.Refused)await survivor.SendAsync(other, payee, 300, "k", claim)).Error.Code.ShouldBe("already_claimed");
            }

            if (told is not null)
            {
                break;
            }
        }

        ended.ShouldBeGreaterThanOrEqualTo(4);
        await TestSupport.Eventually.True("the sweep clears what the dead left", async () =>
        {
            await survivor.Sweep.RunAsync(CancellationToken.None);
            return await survivor.CountIntentsAsync() == 0;
        });
        await survivor.ShouldBeSoundAsync();
    }

    [Fact]
    public async Task A_debit_that_arrives_after_its_tombstone_does_not_happen()
    {
        await using var books = await Books.OpenAsync();
        var (payer, payee) = (await books.WalletWithAsync(1000), await books.WalletWithAsync(1));
        var id = Books.NewId<Domain.TransactionId>().Value;
        var intent = await books.Intents.AddAsync(new Intent(Transfers.IntentKind, id, payer), CancellationToken.None);
        (await books.Sweep.RunAsync(CancellationToken.None)).ShouldBe(1);
        var late = new TransferOrder(id, payer, null, payee, null, Domain.Money.Fen(300), null)
        {
            Terms = Books.Free,
            Key = Books.Key("k"),
            Answer = _ => new StoredAnswer(201, ""),
            Refusal = error => new StoredAnswer(422, error.Code),
        };
        (await books.Transfers.SendAsync(late, CancellationToken.None)).ShouldBeOfType<Outcome.Swept>();
        (await books.BalancesAsync(payer)).Available.ShouldBe(1000);
        await books.ShouldBeSoundAsync();
        intent.Group.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_debit_whose_credit_is_missing_is_credited_by_a_repeat_before_it_is_answered()
    {
        await using var survivor = await Books.OpenAsync();
        var (payer, payee) = (await survivor.WalletWithAsync(1000), await survivor.WalletWithAsync(1));
        var victim = survivor.Another();
        var writes = 0;
        victim.Faults.Plan = (_, isWrite) => isWrite && ++writes == 3 ? Fault.EndBefore : Fault.None;
        await Should.ThrowAsync<ProcessEndedException>(() => victim.SendAsync(payer, payee, 300, "k"));
        (await survivor.ShouldBeSoundAsync(inTransit: 1)).Totals.InTransit.ShouldBe(300);
        (await survivor.SendAsync(payer, payee, 300, "k")).ShouldBeOfType<Outcome.Replayed>().Answer!.Status.ShouldBe(201);
        (await survivor.BalancesAsync(payee)).Available.ShouldBe(301);
        await survivor.ShouldBeSoundAsync();
    }
}
