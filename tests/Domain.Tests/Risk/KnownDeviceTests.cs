using Shouldly;
using WalletFunctions.Domain.Books;
using WalletFunctions.Domain.Fees;
using WalletFunctions.Domain.Limits;
using WalletFunctions.Domain.Risk;
using WalletFunctions.Domain.Rules;
using Xunit;

namespace WalletFunctions.Domain.Tests.Risk;

public sealed class KnownDeviceTests
{
    private static readonly Rulebook Rules = Rulebook.Of(FeeSchedule.None, LimitSchedule.None, RiskPolicy.None);

    [Fact]
    public void A_further_device_is_known_only_once_a_move_from_it_was_confirmed()
    {
        var head = Book.Decide(BookHead.Opened(WalletId.Of("wal_a"), Currency.Cny), new BookMove.CreditTopUp(Money.Fen(1_000), "x"), "top", DateTimeOffset.UnixEpoch).Value!.Head;
        IsNew(head, "phone").ShouldBeFalse("the first one is the owner's");
        head = Pay(head, "phone", Confirmation.None);
        IsNew(head, "phone").ShouldBeFalse();
        IsNew(head, "thief").ShouldBeTrue();

        head = Pay(head, "thief", Confirmation.None);
        IsNew(head, "thief").ShouldBeTrue("a small first move is no proof of anything");
        IsNew(head, null).ShouldBeTrue("who does not say from what is a device of its own");
        head = Pay(head, "tablet", Confirmation.DeviceKey);
        IsNew(head, "tablet").ShouldBeFalse();
        IsNew(head, "phone").ShouldBeFalse();
    }

    private static bool IsNew(BookHead head, string? device) => Book.Inputs(head, Move(device, Confirmation.None), DateTimeOffset.UnixEpoch)!.IsNewDevice;

    private static BookHead Pay(BookHead head, string? device, Confirmation confirmed) => Book.Decide(head, Move(device, confirmed), "txn", DateTimeOffset.UnixEpoch).Value!.Head;

    private static BookMove.DebitTransfer Move(string? device, Confirmation confirmed) => new(
        Money.Fen(1), new Party(WalletId.Of("wal_b"), null), null, TransferPurpose.Transfer, new SpendTerms(OperationKind.Transfer, Rules, device, confirmed));
}
