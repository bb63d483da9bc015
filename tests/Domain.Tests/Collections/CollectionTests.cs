using System.Security.Cryptography;
using Shouldly;
using WalletFunctions.Domain.Collections;
using Xunit;

namespace WalletFunctions.Domain.Tests.Collections;

public sealed class CollectionTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private static readonly WalletId Payee = WalletId.Of("wal_payee");
    private static readonly WalletId Payer = WalletId.Of("wal_payer");

    [Fact]
    public void Its_status_follows_what_was_paid_then_what_its_creator_did_then_the_clock()
    {
        var one = Make(1);
        one.StatusAt(0, Start).ShouldBe(CollectionStatus.Open);
        one.StatusAt(0, Start.AddDays(1).AddTicks(-1)).ShouldBe(CollectionStatus.Open);
        one.StatusAt(0, Start.AddDays(1)).ShouldBe(CollectionStatus.Expired);
        one.StatusAt(1, Start.AddDays(1)).ShouldBe(CollectionStatus.Paid);
        var cancelled = one.Cancel(0, Start).Value!;
        cancelled.StatusAt(0, Start.AddDays(2)).ShouldBe(CollectionStatus.Cancelled);
        cancelled.Cancel(0, Start).Value.ShouldBeSameAs(cancelled);
        one.Cancel(1, Start).Error!.Code.ShouldBe("collection_paid");
        one.Cancel(0, Start.AddDays(1)).Error!.Code.ShouldBe("collection_expired");
        Make(3).StatusAt(2, Start).ShouldBe(CollectionStatus.Open);
        Make(3).Cancel(2, Start).Value!.StatusAt(2, Start).ShouldBe(CollectionStatus.Cancelled);
    }

    [Fact]
    public void A_payer_pays_what_is_asked_for_or_says_how_much()
    {
        var asked = Make(1) with { Amount = Money.Fen(500) };
        asked.AskOf(Payer, null, Start).Value.ShouldBe(Money.Fen(500));
        asked.AskOf(Payer, Money.Fen(500), Start).Value.ShouldBe(Money.Fen(500));
        asked.AskOf(Payer, Money.Fen(499), Start).Error!.Code.ShouldBe("collection_amount_differs");
        asked.AskOf(Payee, null, Start).Error!.Code.ShouldBe("payee_is_self");
        asked.AskOf(Payer, null, Start.AddDays(1)).Error!.Code.ShouldBe("collection_expired");
        asked.Cancel(0, Start).Value!.AskOf(Payer, null, Start).Error!.Code.ShouldBe("collection_cancelled");
        var open = Make(1);
        open.AskOf(Payer, null, Start).Error!.Code.ShouldBe("collection_amount_required");
        open.AskOf(Payer, Money.Fen(7), Start).Value.ShouldBe(Money.Fen(7));
    }

    [Fact]
    public void A_code_is_read_as_people_type_it()
    {
        var code = CollectionCode.New(RandomNumberGenerator.GetBytes(CollectionCode.RandomBytes));
        code.Value.Length.ShouldBe(10);
        foreach (var typed in new[] { code.Value, code.Value.ToLowerInvariant(), code.Value[..5] + "-" + code.Value[5..], " " + code.Value.Replace('0', 'o').Replace('1', 'L') })
        {
            CollectionCode.TryParse(typed, out var read).ShouldBeTrue(typed);
            read.ShouldBe(code);
        }

        CollectionCode.TryParse(code.Value + "0", out _).ShouldBeFalse();
        CollectionCode.TryParse("UUUUUUUUUU", out _).ShouldBeFalse();
        CollectionCode.TryParse(null, out _).ShouldBeFalse();
    }

    [Fact]
    public void Codes_use_all_their_characters()
    {
        var codes = Enumerable.Range(0, 500).Select(_ => CollectionCode.New(RandomNumberGenerator.GetBytes(CollectionCode.RandomBytes)).Value).ToList();
        codes.Distinct().Count().ShouldBe(500);
        for (var at = 0; at < 10; at++)
        {
            codes.Select(code => code[at]).Distinct().Count().ShouldBeGreaterThan(28);
        }
    }

    private static Collection Make(int maxPayers) => new(
        CollectionId.Of("col_x"), new CollectionCode("0123456789"), Payee, "*乙", null, null, maxPayers, Start, Start.AddDays(1));
}
