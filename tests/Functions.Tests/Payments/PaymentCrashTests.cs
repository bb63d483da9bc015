using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Identity;
using WalletFunctions.Domain.Payments;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Payments;
using WalletFunctions.Platform;
using WalletFunctions.Tests.Wallet;
using WalletFunctions.Wallet;
using Xunit;

namespace Functions.Tests.Payments;

/// <summary>The process ends at each storage call of a payment, or of its reversal, in turn; the sweep of another one leaves all of it or nothing.</summary>
public sealed class PaymentCrashTests
{
    private static readonly AccountId Shop = AccountId.Of("acc_00000000000000000000000000");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Claim_row_debit_credit_and_sale_of_a_payment_are_all_there_or_none_is(bool after)
    {
        await using var survivor = await Books.OpenAsync();
        var merchant = await survivor.WalletWithAsync(1);
        for (var at = 1; ; at++)
        {
            var payer = await survivor.WalletWithAsync(1000);
            var (id, order) = (Books.NewId<PaymentId>(), $"order {after} {at}");
            var told = await DieAtAsync(survivor, at, after, victim => victim.Transfers.SendAsync(Order(id, payer, merchant, order), CancellationToken.None));

            var isMade = await survivor.Ledger.FindEntryAsync(payer, id.Value, CancellationToken.None) is not null;
            (await survivor.Ledger.FindEntryAsync(merchant, id.Value, CancellationToken.None) is not null).ShouldBe(isMade);
            (await FindAsync<PaymentRow>(survivor, payer, PaymentRow.KeyOf(id)) is not null).ShouldBe(isMade);
            (await FindAsync<SaleRow>(survivor, merchant, SaleRow.KeyOf(id)) is not null).ShouldBe(isMade);
            (await new Claims(survivor.Ledger).FindAsync(merchant, Payment.ClaimOf(Shop, order), CancellationToken.None) is not null).ShouldBe(isMade);
            isMade.ShouldBe(isMade || told);

            // The client repeats its request; from then on the order is paid for everybody.
            var repeat = await survivor.Transfers.SendAsync(Order(Books.NewId<PaymentId>(), payer, merchant, order), CancellationToken.None);
            (repeat is Outcome.Committed or Outcome.Replayed { Answer.Status: 201 }).ShouldBeTrue();
            (await survivor.BalancesAsync(payer)).Available.ShouldBe(700);
            var stranger = await survivor.WalletWithAsync(1000);
            (await survivor.Transfers.SendAsync(Order(Books.NewId<PaymentId>(), stranger, merchant, order), CancellationToken.None))
                .ShouldBeOfType<Outcome.Refused>().Error.Code.ShouldBe("order_paid");
            if (told)
            {
                break;
            }
        }

        await survivor.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reversal_returns_amount_and_fee_in_both_books_or_does_nothing(bool after)
    {
        await using var survivor = await Books.OpenAsync();
        var returns = new Returns(survivor.Ledger, survivor.Transfers);
        for (var at = 1; ; at++)
        {
            var (payer, merchant, id) = (await survivor.WalletWithAsync(1000), await survivor.WalletWithAsync(1), Books.NewId<PaymentId>());
            (await survivor.Transfers.SendAsync(Order(id, payer, merchant, "order") with { Terms = Books.Charging(7) }, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
            (await survivor.BalancesAsync(payer)).Available.ShouldBe(693);
            var move = (await returns.FindAsync(merchant, id.Value, CancellationToken.None))!;
            var told = await DieAtAsync(survivor, at, after, victim => victim.Transfers.SendAsync(Reversal(move), CancellationToken.None));

            var isMade = await returns.FindLinkAsync(merchant, id.Value, CancellationToken.None) is not null;
            (await returns.FindLinkAsync(payer, id.Value, CancellationToken.None) is not null).ShouldBe(isMade);
            ((await survivor.BalancesAsync(payer)).Available, (await survivor.BalancesAsync(merchant)).Available).ShouldBe(isMade ? (1000, 1) : (693, 301));
            isMade.ShouldBe(isMade || told);

            // Whoever asks again gets it done if it is not, and is refused if it is.
            var again = await survivor.Transfers.SendAsync(Reversal(move), CancellationToken.None);
            (again is Outcome.Committed).ShouldBe(!isMade);
            (await survivor.Transfers.SendAsync(Reversal(move), CancellationToken.None)).ShouldBeOfType<Outcome.Refused>().Error.Code.ShouldBe("already_reversed");
            var balances = await survivor.BalancesAsync(payer);
            (balances.Available, balances.Fees).ShouldBe((1000, 0));
            if (told)
            {
                break;
            }
        }

        await survivor.ShouldBeSoundAsync();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task While_a_person_looks_at_a_payment_nobody_else_can_pay_its_order(bool approve)
    {
        await using var books = await Books.OpenAsync();
        var (payer, other, merchant) = (await books.WalletWithAsync(5_000_000, AccountClass.III), await books.WalletWithAsync(1000), await books.WalletWithAsync(1));
        var id = Books.NewId<PaymentId>();
        var large = Order(id, payer, merchant, "order") with
        {
            Amount = Money.Fen(4_600_000),
            Terms = new SpendTerms(OperationKind.Payment, Rulebook.Default, "phone", Confirmation.Code),
        };
        (await books.Transfers.SendAsync(large, CancellationToken.None)).ShouldBeOfType<Outcome.Committed>();
        books.Reviews.Seen.ShouldHaveSingleItem();
        (await books.Transfers.SendAsync(large with { OperationId = Books.NewId<PaymentId>().Value }, CancellationToken.None)).ShouldBeOfType<Outcome.Replayed>();
        await books.Sweep.RunAsync(CancellationToken.None);
        (await books.Transfers.SendAsync(Order(Books.NewId<PaymentId>(), other, merchant, "order"), CancellationToken.None)).ShouldBeOfType<Outcome.Busy>();

        if (approve)
        {
            await books.Transfers.ApproveAsync(payer, id.Value, CancellationToken.None);
            (await FindAsync<SaleRow>(books, merchant, SaleRow.KeyOf(id))).ShouldNotBeNull();
        }
        else
        {
            await books.Transfers.DenyAsync(payer, id.Value, Transfers.Denied, CancellationToken.None);
            (await books.BalancesAsync(payer)).Available.ShouldBe(5_000_000);
        }

        var late = await books.Transfers.SendAsync(Order(Books.NewId<PaymentId>(), other, merchant, "order"), CancellationToken.None);
        (late is Outcome.Committed).ShouldBe(!approve);
        (await books.BalancesAsync(merchant)).Available.ShouldBe(approve ? 4_600_001 : 301);
        await books.ShouldBeSoundAsync();
    }

    /// <summary>Runs something in a process that ends at its nth storage call, and then the sweep of another one.</summary>
    /// <returns>Whether it came to its end first.</returns>
    private static async Task<bool> DieAtAsync(Books survivor, int at, bool after, Func<Books, Task> work)
    {
        var victim = survivor.Another();
        victim.Faults.Plan = (call, _) => call == at ? after ? Fault.EndAfter : Fault.EndBefore : Fault.None;
        var told = false;
        try
        {
            await work(victim);
            told = true;
        }
        catch (Exception fault) when (fault is ProcessEndedException or LedgerUnavailableException)
        {
            // As planned.
        }

        await victim.DisposeAsync();
        await survivor.Sweep.RunAsync(CancellationToken.None);
        return told;
    }

    private static TransferOrder Order(PaymentId id, WalletId payer, WalletId merchant, string order) => new(id.Value, payer, "*甲", merchant, "茶铺", Money.Fen(300), "茶")
    {
        Terms = Books.Free,
        Purpose = TransferPurpose.Payment,
        Key = Books.Key("k", order),
        Answer = _ => new StoredAnswer(201, id.Value),
        Refusal = error => new StoredAnswer(409, error.Code),
        Claim = new Claim(Payment.ClaimOf(Shop, order)),
        Taken = PaymentErrors.OrderPaid,
        Companions = decision =>
            [Companion.Add(PaymentRow.Of(new Payment(id, payer, "*甲", Shop, "茶铺", merchant, order, "茶", Money.Fen(300), Money.Fen(decision.Fee.Amount), decision.Entry!.At), false))],
        Memo = Shop.Value,
    };

    private static TransferOrder Reversal(SentMove move) => Returns.Order(
        move, Books.NewId<TransactionId>().Value, TransferPurpose.Reversal, SpendTerms.ByStaff(OperationKind.Transfer), "茶铺", "*甲", "重复扣款", null);

    private static Task<T?> FindAsync<T>(Books books, WalletId wallet, string key)
        where T : BookRow => books.Ledger.Store.FindAsync<T>(BookKeys.Partition(wallet), key, CancellationToken.None);
}
