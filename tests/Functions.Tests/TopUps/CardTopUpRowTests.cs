using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using WalletFunctions.Domain;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Rules;
using WalletFunctions.Domain.TopUps;
using WalletFunctions.TopUps;
using Xunit;

namespace Functions.Tests.TopUps;

public class CardTopUpRowTests
{
    private static readonly DateTimeOffset Monday = new(2026, 11, 23, 2, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Whatever_happened_to_a_top_up_its_row_keeps_it() =>
        Prop.ForAll(Gen.Choose(0, 7).ArrayOf().ToArbitrary(), happenings =>
        {
            var topUp = happenings.Aggregate(Begun(), After);
            return JsonSerializer.Serialize(CardTopUpRow.From(topUp).ToDomain()) == JsonSerializer.Serialize(topUp);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void A_row_of_a_newer_version_is_refused_clearly()
    {
        var row = CardTopUpRow.From(Begun());
        row.Version = 2;
        Should.Throw<InvalidDataException>(row.ToDomain).Message.ShouldContain("schema 2");
    }

    [Fact]
    public void Newer_top_ups_come_first_in_their_partition()
    {
        var ids = Enumerable.Range(0, 200).Select(i => Id.From<TopUpId>(Monday.AddMinutes(i * i), [(byte)i])).ToList();
        ids.OrderBy(TopUpTable.RowKey, StringComparer.Ordinal).ShouldBe(ids.AsEnumerable().Reverse());
    }

    private static CardTopUp After(CardTopUp topUp, int happening) => happening switch
    {
        0 => topUp.Taken(),
        1 => topUp.Fail("card_declined", Monday.AddMinutes(1)),
        2 => topUp.Fail("channel_unavailable", Monday.AddMinutes(2)),
        3 when topUp.IsParked => topUp.Resume(Begun().Counted, Monday.AddMinutes(3)),
        4 => topUp.Succeed(Monday.AddMinutes(4), 5_00, inSuspense: true),
        5 => topUp with { ConversationId = ConversationId.Of("cnv_00000000000000000000000001") },
        6 => topUp with { PaysFor = "txn_00000000000000000000000001" },
        7 => topUp with { IsLate = true, LateConversationId = topUp.IsLate ? ConversationId.Of("cnv_00000000000000000000000002") : null },
        _ => topUp,
    };

    private static CardTopUp Begun() => new()
    {
        Id = TopUpId.Of("top_00000000000000000000000001"),
        WalletId = WalletId.Of("wal_00000000000000000000000001"),
        AccountId = AccountId.Of("acc_00000000000000000000000001"),
        Amount = Money.Fen(100),
        Card = new ChargedCard(BankCardId.Of("card_00000000000000000000000001"), "1234", "DEMO"),
        SealedCard = "sealed",
        RequestedAt = Monday,
        SentAt = Monday,
        Counted = new Counted(OperationKind.TopUp, 100, 20_000, false, 0, 0),
    };
}
