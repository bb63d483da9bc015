using Shouldly;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Wallet;
using Xunit;

namespace WalletFunctions.Tests.Wallet;

public sealed class ConfirmedRepeatClaimTests
{
    private static SpendTerms Asking(Confirmation confirmed) => new(OperationKind.Payment,
        Rulebook.Of(FeeSchedule.None, LimitSchedule.None, new RiskPolicy([new() { LargeAmount = 100 }, new() { LargeAmount = 100 }, new() { LargeAmount = 100 }])), "phone", confirmed);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_without_confirm_does_not_give_back_the_claim_of_its_confirmed_repeat(bool crash)
    {
        await using var survivor = await Books.OpenAsync();
        var (payer, payee) = (await survivor.WalletWithAsync(1000), await survivor.WalletWithAsync(1));
        await using var first = survivor.Another();
        var second = survivor.Another();

        using var refused = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        var writes = 0;
        first.Faults.Plan = (_, isWrite) =>
        {
            // 1 intent, 2 claim, 3 the refusal, 4 the tombstone of the claim's step
            if (isWrite && ++writes == 4)
            {
                refused.Set();
                go.Wait();
            }

            return Fault.None;
        };
        var unconfirmed = Task.Run(() => first.SendAsync(payer, payee, 300, "k", "order 7", Asking(Confirmation.None)));
        refused.Wait();

        using var debited = new ManualResetEventSlim();
        using var go2 = new ManualResetEventSlim();
        var writes2 = 0;
        second.Faults.Plan = (_, isWrite) =>
        {
            // 1 intent, 2 claim (conflict), 3 claim, 4 debit, 5 credit
            if (!isWrite)
            {
                return Fault.None;
            }

            writes2++;
            if (crash)
            {
                return writes2 == 4 ? Fault.EndAfter : Fault.None;
            }

            if (writes2 == 5)
            {
                debited.Set();
                go2.Wait();
            }

            return Fault.None;
        };
        var confirmed = Task.Run(() => second.SendAsync(payer, payee, 300, "k", "order 7", Asking(Confirmation.PaymentPassword)));
        if (crash)
        {
            await Should.ThrowAsync<Exception>(confirmed);
        }
        else
        {
            debited.Wait();
        }

        go.Set();
        var answer = await unconfirmed;
        answer.ShouldBeOfType<Outcome.Refused>().Error.Code.ShouldBe("confirmation_required");
        go2.Set();
        if (!crash)
        {
            (await confirmed).ShouldBeOfType<Outcome.Committed>();
        }

        await second.DisposeAsync();
        await survivor.Sweep.RunAsync(CancellationToken.None);
        await survivor.Sweep.RunAsync(CancellationToken.None);
        (await survivor.BalancesAsync(payer)).Available.ShouldBe(700);
        (await survivor.BalancesAsync(payee)).Available.ShouldBe(301);

        var again = await survivor.SendAsync(payer, payee, 300, "k2", "order 7", Asking(Confirmation.PaymentPassword));
        again.ShouldBeOfType<Outcome.Refused>().Error.Code.ShouldBe("already_claimed");
    }
}
