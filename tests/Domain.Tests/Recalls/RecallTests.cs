using Shouldly;
using WalletFunctions.Domain.Recalls;
using Xunit;

namespace WalletFunctions.Domain.Tests.Recalls;

public sealed class RecallTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 8, 0, 0, TimeSpan.Zero);
    private static readonly TransactionId Transfer = TransactionId.Of("txn_00000000000000000000000001");
    private static readonly Recall Asked = new(
        Recall.IdOf(Transfer), Transfer, WalletId.Of("wal_a"), "*甲", WalletId.Of("wal_b"), "*乙", Money.Fen(5), "填错了号码", Start, Start + Recall.Patience);

    [Fact]
    public void One_transfer_has_one_recall()
    {
        Recall.IdOf(Transfer).Value.ShouldBe("rcl_00000000000000000000000001");
        Recall.TransferOf(Recall.IdOf(Transfer)).ShouldBe(Transfer);
    }

    [Fact]
    public void It_is_answered_once_and_in_review_still()
    {
        var back = TransactionId.Of("txn_00000000000000000000000002");
        var review = Asked.Escalate(ConversationId.Of("cnv_x"), Start + Recall.Patience)!;
        foreach (var open in new[] { Asked, review })
        {
            var agreed = open.Agree(back, Start.AddDays(4)).Value!;
            (agreed.Status, agreed.ReturnedBy).ShouldBe((RecallStatus.Agreed, back));
            agreed.Decline(Start).Error!.Code.ShouldBe("recall_decided");
            var declined = open.Decline(Start.AddDays(4)).Value!;
            declined.Status.ShouldBe(RecallStatus.Declined);
            declined.Agree(back, Start).Error!.Code.ShouldBe("recall_decided");
            declined.Escalate(ConversationId.Of("cnv_y"), Start.AddDays(9)).ShouldBeNull();
        }
    }

    [Fact]
    public void Silence_goes_to_a_person_when_its_time_is_over_and_once()
    {
        Asked.Escalate(ConversationId.Of("cnv_x"), Start + Recall.Patience - TimeSpan.FromTicks(1)).ShouldBeNull();
        var review = Asked.Escalate(ConversationId.Of("cnv_x"), Start + Recall.Patience)!;
        (review.Status, review.ConversationId).ShouldBe((RecallStatus.InReview, ConversationId.Of("cnv_x")));
        review.Escalate(ConversationId.Of("cnv_x"), Start.AddDays(9)).ShouldBeNull();
    }
}
